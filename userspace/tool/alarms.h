/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_ALARMS_H
#define TOOL_ALARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "maps.h"

#define ALARM_RULES_MAX 32

/**
 * struct alarm - a rule of a map's, and whether it holds
 * @rule: its name
 * @on: it has been raised, and not cleared since
 * @since_ns: of the last change, of CLOCK_BOOTTIME
 * @raised: how often
 * @figure: what was seen when it was raised last, in the rule's own unit
 * @threshold: beyond which it is raised
 * @owner_pid: of the descriptor with the largest share of the bytes then, or 0
 * @owner_share: its share in percent
 * @command: of that process, printable
 */
struct alarm {
	char rule[24];
	bool on;
	uint64_t since_ns;
	uint64_t raised;
	uint64_t figure;
	uint64_t threshold;
	uint64_t owner_pid;
	uint64_t owner_share;
	char command[72];
};

/**
 * struct alarms - all rules of a map
 * @alarm: in the kernel's order
 * @count: how many
 */
struct alarms {
	struct alarm alarm[ALARM_RULES_MAX];
	size_t count;
};

/* Reads a map's file of this name in debugfs.  Returns -1 with errno. */
int alarms_read(FILE *file, struct alarms *alarms);

/* Of a map in debugfs; none where this user, or this kernel, has no such file. */
int alarms_of(uint64_t id, struct alarms *alarms);

/* Those of each map, for free(); NULL with errno. */
struct alarms *alarms_of_maps(const struct maps *maps);

/* The rule of that name, or NULL. */
const struct alarm *alarms_find(const struct alarms *alarms, const char *rule);

#endif /* TOOL_ALARMS_H */
