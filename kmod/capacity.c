// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Capacity
 *
 * Owns what a map holds against its limits: entries and bytes. An insert
 * reserves its place before it links its entry, and whoever unlinks an entry
 * gives its place back, or keeps it for an entry of its own, so that neither sum
 * ever exceeds its limit and nothing is evicted below it.
 *
 * Locks: none; the sums are atomic.
 */
#include <linux/ttlmap.h>

#include "capacity.h"
#include "listen.h"
#include "owner.h"
#include "trace.h"

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

	/* Most replacements: others' CPUs need not see the line change hands. */
	if (!bytes)
		return true;
	if (bytes > 0 && limit)
		return add_below(&map->bytes, bytes, limit);
	atomic_long_add(bytes, &map->bytes);
	return true;
}

/**
 * tm_capacity_reserve() - room for one more entry
 * @map: the map
 * @place: what the caller holds already; the entry's in the end, or kept
 * @bytes: its size as allocated
 *
 * Context: Any.
 * Return: false if the map is full.
 */
bool tm_capacity_reserve(struct ttlmap *map, struct tm_place *place, size_t bytes)
{
	if (!place->held && !add_below(&map->entries, 1, READ_ONCE(map->max_entries)))
		return false;
	place->held = true;
	if (!tm_capacity_resize(map, bytes - place->bytes))
		return false;
	*place = (struct tm_place){};
	return true;
}

/* Give a place back, if there is one. Context: Any. */
void tm_capacity_release(struct ttlmap *map, struct tm_place *place)
{
	if (!place->held)
		return;
	atomic_long_sub(place->bytes, &map->bytes);
	atomic_long_dec(&map->entries);
	*place = (struct tm_place){};
}

/* Now and then, so that a segment that stays small does not ask at each delete. */
static bool may_be_merged(const struct ttlmap *map, const struct tm_segment *seg)
{
	return seg->count <= TM_MERGE_COUNT / 2 && !(seg->count % 4) &&
	       seg->depth > map->table.min_bits;
}

/* The reasons of which listeners are told have the same numbers. */
static_assert(TTLMAP_EVENT_EXPIRED == (int)TTLMAP_EXPIRED &&
	      TTLMAP_EVENT_EVICTED == (int)TTLMAP_EVICTED &&
	      TTLMAP_EVENT_DELETED == (int)TTLMAP_DELETED &&
	      TTLMAP_EVENT_REPLACED == (int)TTLMAP_REPLACED &&
	      TTLMAP_EVENT_POPPED == (int)TTLMAP_POPPED &&
	      TTLMAP_EVENT_OWNER_GONE == (int)TTLMAP_OWNER_GONE &&
	      TTLMAP_EVENT_CLEARED == (int)TTLMAP_CLEARED);

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

static void trace_removal(const struct ttlmap *map, const struct tm_entry *entry,
			  enum tm_stat why)
{
	switch (why) {
	case TM_EXPIRED:
		trace_ttlmap_expire(map, entry, why);
		break;
	case TM_EVICTED:
	case TM_RECLAIMED:
	case TM_COLLISION_EVICTED:
		trace_ttlmap_evict(map, entry, why);
		break;
	default:
		trace_ttlmap_delete(map, entry, why);
	}
}

/**
 * tm_capacity_retire() - an entry was unlinked or replaced
 * @map: the map
 * @entry: freed after a grace period
 * @bytes: of it
 * @why: what to count
 *
 * Context: the segment's lock.
 */
void tm_capacity_retire(struct ttlmap *map, struct tm_entry *entry, size_t bytes,
			enum tm_stat why)
{
	tm_owner_unlink(map, entry);
	tm_account_leave(map, entry, bytes);
	if (trace_ttlmap_expire_enabled() || trace_ttlmap_evict_enabled() ||
	    trace_ttlmap_delete_enabled())
		trace_removal(map, entry, why);
	trace_ttlmap_retire(map, bytes);
	if (map->kind.removed)
		tm_entry_gone(entry, reason_of(why));
	tm_retire(map->retirer, entry, bytes);
	tm_stat_inc(map->stats, why);
}

/**
 * tm_capacity_take() - take an entry out of the map, and keep its place
 * @map: the map
 * @seg: where it is
 * @pos: its place there
 * @why: what to count
 * @place: what is held already; its place in the map is added
 *
 * Whoever evicts an entry to insert another leaves the map's sums alone: where
 * several CPUs do that, they would take the line from each other four times each.
 *
 * Context: the segment's lock. The entry is freed after a grace period.
 */
void tm_capacity_take(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
		      enum tm_stat why, struct tm_place *place)
{
	struct tm_entry *entry = tm_segment_entry(seg, pos->bucket, pos->slot);
	size_t bytes = tm_entry_bytes(&map->kind, entry);

	tm_listen_removed(map, seg, pos, reason_of(why));
	tm_segment_remove(seg, pos);
	if (place->held)
		atomic_long_dec(&map->entries);
	place->held = true;
	place->bytes += bytes;
	tm_capacity_retire(map, entry, bytes, why);
	if (may_be_merged(map, seg))
		tm_table_want(&map->table, seg);
}

/* The same, giving the place back. */
void tm_capacity_unlink(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
			enum tm_stat why)
{
	struct tm_place place = {};

	tm_capacity_take(map, seg, pos, why, &place);
	tm_capacity_release(map, &place);
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
