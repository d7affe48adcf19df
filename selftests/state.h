/* SPDX-License-Identifier: GPL-2.0 */
/* All that a map is, to be compared with what it is later. */
#ifndef TTLMAP_SELFTEST_STATE_H
#define TTLMAP_SELFTEST_STATE_H

#include "common.h"

/**
 * struct state - a map at one moment
 * @stat: but for what uses change, and what is in transit
 * @records: all entries, by hash
 * @bytes: of these
 * @names: named maps
 */
struct state {
	struct ttlmap_stat stat;
	u64 records[1024];
	u32 bytes;
	int names;
};

void state_forget_reads(u64 *records, u32 bytes);
int state_take(int map, struct state *state);
bool state_is(int map, const struct state *before);

#endif
