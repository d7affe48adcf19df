// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The census
 *
 * Owns the histograms of all entries: for how long they have been idle, what is left
 * of their TTLs, how large they are. Each entry that is there throughout is counted
 * once, in one walk.
 *
 * Locks: none, as walks have it.
 */
#include <linux/time64.h>

#include "census.h"
#include "clock.h"
#include "evict.h"
#include "histogram.h"
#include "walk.h"

static const u64 ttl_limits[] = {
	[TM_TTL_EXPIRED] = 0,
	[TM_TTL_1S] = NSEC_PER_SEC,
	[TM_TTL_10S] = 10 * NSEC_PER_SEC,
	[TM_TTL_1MIN] = 60 * NSEC_PER_SEC,
	[TM_TTL_10MIN] = 600 * NSEC_PER_SEC,
	[TM_TTL_1H] = 3600 * NSEC_PER_SEC,
	[TM_TTL_LATER] = TTLMAP_TTL_NEVER - 1,
	[TM_TTL_NEVER] = TTLMAP_TTL_NEVER,
};

struct taking {
	struct tm_census *census;
	u64 now;
};

static enum tm_ttl ttl_class(const struct tm_entry *entry, u64 now)
{
	u64 left = tm_entry_left(entry, now);
	unsigned int class = 0;

	while (left > ttl_limits[class])
		class++;
	return class;
}

static void count_entry(const struct ttlmap *map, const struct taking *taking,
			const struct tm_entry *entry, u8 used)
{
	u64 idle = tm_lru_idle_ns(map, used, taking->now);
	u64 bytes = tm_entry_bytes(&map->kind, entry);
	unsigned int size = tm_class_of(bytes, TM_SIZE_CLASSES);
	struct tm_census *census = taking->census;

	census->idle[tm_class_of(idle / NSEC_PER_SEC, TM_AGE_CLASSES)]++;
	census->ttl[ttl_class(entry, taking->now)]++;
	census->size[size]++;
	census->size_bytes[size] += bytes;
}

static void visit_entry(const struct tm_walk *walk, const struct tm_segment *seg,
			struct tm_entry *entry, u8 used)
{
	if (!tm_walk_visited(walk, seg, entry))
		count_entry(walk->map, walk->arg, entry, used);
}

/**
 * tm_census() - count all entries by age, TTL and size
 * @map: the map
 * @census: zeroed
 *
 * Context: Process, may sleep; takes a walk through the whole table.
 */
void tm_census(struct ttlmap *map, struct tm_census *census)
{
	struct taking taking = { .census = census, .now = tm_now() };
	struct tm_walk walk = { .map = map, .arg = &taking, .entry = visit_entry };

	tm_lru_look(map);
	tm_walk_entries(&walk);
}
