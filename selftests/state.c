// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "state.h"

/* A call may be counted, and what it looked at may be known to have been read. */
static void forget_uses(struct ttlmap_stat *stat)
{
	stat->hits = 0;
	stat->misses = 0;
	stat->no_memory = 0;
	stat->retired_entries = 0;
	stat->retired_bytes = 0;
	stat->retire_waits = 0;
	stat->resident_bytes = 0;
	stat->unread_bytes = 0;
	/* What comes back to the pool is table. */
	if (stat->flags & TTLMAP_F_PREALLOC)
		stat->table_bytes = 0;
}

/* When entries were used, and whether they were read. */
void state_forget_reads(u64 *records, u32 bytes)
{
	for_each_record(record, records, bytes) {
		record->flags &= ~(u32)TTLMAP_RECORD_READ;
		record->idle_ns = 0;
	}
}

/* Of a map of a few entries that do not expire. */
int state_take(int map, struct state *state)
{
	struct ttlmap_scan scan = { };
	int rc;

	memset(state, 0, sizeof(*state));
	rc = map_stat(map, &state->stat);
	rc = rc ?: map_scan(map, &scan, state->records, sizeof(state->records), 0);
	state->bytes = scan.bytes;
	state->names = named_maps();
	forget_uses(&state->stat);
	state_forget_reads(state->records, state->bytes);
	return rc ?: scan.done ? 0 : -E2BIG;
}

bool state_is(int map, const struct state *before)
{
	static struct state after;

	return !state_take(map, &after) && !memcmp(before, &after, sizeof(after));
}
