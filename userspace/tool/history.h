/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_HISTORY_H
#define TOOL_HISTORY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct period - what a map was like at the end of a while, and did in it
 * @period_s: how long it was
 * @time_ns: its end, of CLOCK_BOOTTIME
 * @entries: then
 * @live_bytes: then
 * @stale_bytes: then
 * @retired_bytes: then
 * @table_bytes: then
 * @unread_bytes: then
 * @hits: within the period, as all that follow
 * @misses: lookups without
 * @inserts: of keys that were not there
 * @evicted: for want of room
 * @expired: removed
 */
struct period {
	uint64_t period_s;
	uint64_t time_ns;
	uint64_t entries;
	uint64_t live_bytes;
	uint64_t stale_bytes;
	uint64_t retired_bytes;
	uint64_t table_bytes;
	uint64_t unread_bytes;
	uint64_t hits;
	uint64_t misses;
	uint64_t inserts;
	uint64_t evicted;
	uint64_t expired;
};

/**
 * struct history - oldest first, and coarser the older
 * @period: each while
 * @count: how many
 */
struct history {
	struct period *period;
	size_t count;
};

/* Reads a map's file of this name in debugfs.  Returns -1 with errno. */
int history_read(FILE *file, struct history *history);
void history_free(struct history *history);

uint64_t period_resident(const struct period *period);

#endif /* TOOL_HISTORY_H */
