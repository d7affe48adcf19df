// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Capacity
 *
 * Owns what a map holds against its limits: entries and bytes. An insert
 * reserves its place before it links its entry, and whoever unlinks an entry
 * gives its place back, so that neither sum ever exceeds its limit and nothing
 * is evicted below it.
 *
 * Locks: none; the sums are atomic.
 */
#include <linux/ttlmap.h>

#include "capacity.h"
#include "owner.h"

static bool add_below(atomic_long_t *sum, long n, u64 limit)
{
	long old = atomic_long_read(sum);

	do {
		if (old + n > limit)
			return false;
	} while (!atomic_long_try_cmpxchg(sum, &old, old + n));
	return true;
}

/**
 * tm_capacity_resize() - an entry is replaced by one of another size
 * @map: the map
 * @bytes: how much larger it is
 *
 * Context: Any.
 * Return: false if the map is full.
 */
bool tm_capacity_resize(struct ttlmap *map, long bytes)
{
	u64 limit = READ_ONCE(map->max_bytes);

	if (bytes > 0 && limit)
		return add_below(&map->bytes, bytes, limit);
	atomic_long_add(bytes, &map->bytes);
	return true;
}

/**
 * tm_capacity_reserve() - room for one more entry
 * @map: the map
 * @bytes: its size as allocated
 *
 * Context: Any.
 * Return: false if the map is full.
 */
bool tm_capacity_reserve(struct ttlmap *map, size_t bytes)
{
	if (!add_below(&map->entries, 1, READ_ONCE(map->max_entries)))
		return false;
	if (tm_capacity_resize(map, bytes))
		return true;
	atomic_long_dec(&map->entries);
	return false;
}

/* Now and then, so that a segment that stays small does not ask at each delete. */
static bool may_be_merged(const struct ttlmap *map, const struct tm_segment *seg)
{
	return seg->count <= TM_MERGE_COUNT / 2 && !(seg->count % 4) &&
	       seg->depth > map->table.min_bits;
}

static enum ttlmap_reason reason_of(enum tm_stat why)
{
	switch (why) {
	case TM_EXPIRED:
		return TTLMAP_EXPIRED;
	case TM_DELETES:
		return TTLMAP_DELETED;
	case TM_REPLACES:
		return TTLMAP_REPLACED;
	case TM_POPPED:
		return TTLMAP_POPPED;
	case TM_OWNER_GONE:
		return TTLMAP_OWNER_GONE;
	case TM_CLEARED:
		return TTLMAP_CLEARED;
	default:
		return TTLMAP_EVICTED;
	}
}

/**
 * tm_capacity_retire() - an entry was unlinked or replaced
 * @map: the map
 * @entry: freed after a grace period
 * @why: what to count
 *
 * Context: the segment's lock.
 */
void tm_capacity_retire(struct ttlmap *map, struct tm_entry *entry, enum tm_stat why)
{
	tm_owner_unlink(map, entry);
	if (map->kind.removed)
		tm_entry_gone(entry, reason_of(why));
	tm_retire(map->retirer, entry);
	tm_stat_inc(map->stats, why);
}

/**
 * tm_capacity_unlink() - take an entry out of the map
 * @map: the map
 * @seg: where it is
 * @pos: its place there
 * @why: what to count
 *
 * Context: the segment's lock. The entry is freed after a grace period.
 */
void tm_capacity_unlink(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
			enum tm_stat why)
{
	struct tm_entry *entry = tm_segment_entry(seg, pos->bucket, pos->slot);

	tm_segment_remove(seg, pos);
	atomic_long_sub(tm_entry_bytes(&map->kind, entry), &map->bytes);
	atomic_long_dec(&map->entries);
	tm_capacity_retire(map, entry, why);
	if (may_be_merged(map, seg))
		tm_table_want(&map->table, seg);
}

/**
 * tm_capacity_throttle() - wait if this CPU has unlinked more than RCU can follow
 * @map: the map
 *
 * Context: Process, may sleep.
 */
void tm_capacity_throttle(struct ttlmap *map)
{
	if (tm_retire_throttle(map->retirer))
		tm_stat_inc(map->stats, TM_RETIRE_WAITS);
}
