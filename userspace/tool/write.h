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

enum {
	WRITE_OPT_TTL = 512,
	WRITE_OPT_KEEP_TTL,
	WRITE_OPT_EXTEND_TTL,
	WRITE_OPT_IF_VERSION,
	WRITE_OPT_PRINT_VERSION,
};

#define WRITE_OPTIONS \
	{ "ttl", WRITE_OPT_TTL, "DURATION", 0, \
	  "TTL from now on, or `never' (the map's default)", 0 }, \
	{ "keep-ttl", WRITE_OPT_KEEP_TTL, NULL, 0, \
	  "a replaced entry expires when it would have anyway", 0 }, \
	{ "extend-ttl", WRITE_OPT_EXTEND_TTL, NULL, 0, \
	  "a replaced entry never expires sooner than it would have anyway", 0 }, \
	{ "if-version", WRITE_OPT_IF_VERSION, "NUMBER", 0, \
	  "only if the entry has this version", 0 }, \
	{ "print-version", WRITE_OPT_PRINT_VERSION, NULL, 0, \
	  "print the version that the entry has now", 0 }

/* Takes one of WRITE_OPTIONS; the check is for the end of all options. */
error_t write_parse(int key, char *arg, struct argp_state *state, struct write *write);
void write_check(const struct write *write, const struct argp_state *state);

/* Returns what the tool exits with. */
int write_run(struct write *write);

#endif /* TOOL_WRITE_H */
