/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_WRITE_H
#define TOOL_WRITE_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "typed.h"

/**
 * struct write - what to write to the entry of a key, and when
 * @map: name of the map
 * @key: the key
 * @value: the new value
 * @expected: the value that it must have, if its text is not NULL
 * @if_version: it must have the version
 * @version: that it must have, then the one that it has
 * @print_version: say the version that the entry has then
 * @ttl_ns: its TTL, 0 for the map's default
 * @flags: TTLMAP_NEW and others that ttlmap_update() takes
 */
struct write {
	const char *map;
	const char *key;
	struct typed value;
	struct typed expected;
	bool if_version;
	uint64_t version;
	bool print_version;
	uint64_t ttl_ns;
	unsigned int flags;
};

/* Options of a struct write, as a child of a command's. */
extern const struct argp write_argp;

/* Returns what the tool exits with. */
int write_run(struct write *write);

#endif /* TOOL_WRITE_H */
