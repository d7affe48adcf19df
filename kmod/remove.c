// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Removal
 *
 * Owns how entries leave a map because somebody asks for it: delete, pop, clear.
 * Whoever unlinks an entry, under its segment's lock, is the one who removed it.
 *
 * Locks: one segment's at a time, for at most 90 entries.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>

#include "capacity.h"
#include "clock.h"
#include "remove.h"

/**
 * tm_map_take() - remove an entry if it is still there
 * @map: not frozen
 * @key: its key
 * @entry: as it was found
 * @why: what to count
 *
 * Context: RCU read section.
 * Return: whether it was this caller that removed it.
 */
bool tm_map_take(struct ttlmap *map, const struct tm_key *key, struct tm_entry *entry,
		 enum tm_stat why)
{
	struct tm_segment *seg = tm_table_lock(&map->table, key->hash);
	struct tm_pos pos;
	bool taken;

	taken = tm_segment_find(seg, key, &pos) == entry && !READ_ONCE(map->frozen);
	if (taken)
		tm_capacity_unlink(map, seg, &pos, why);
	spin_unlock_bh(&seg->lock);
	return taken;
}

/* Context: the segment's lock. */
static int delete_entry(struct ttlmap *map, struct tm_segment *seg, const struct tm_key *key,
			u32 flags, const struct tm_entry *expected)
{
	struct tm_entry *entry;
	struct tm_pos pos;
	bool expired;
	u64 now = 0;

	if (READ_ONCE(map->frozen))
		return -EROFS;
	entry = tm_segment_find(seg, key, &pos);
	if (expected && entry != expected)
		return -EAGAIN;
	if (!entry)
		return -ENOENT;
	expired = tm_clock_passed(READ_ONCE(entry->expires), &now);
	if ((flags & TTLMAP_IF_EXPIRED) && !expired) {
		tm_stat_inc(map->stats, TM_CANCELED);
		return -ECANCELED;
	}
	if (expired)
		tm_stat_lag(map->stats, now - READ_ONCE(entry->expires));
	tm_capacity_unlink(map, seg, &pos, expired ? TM_EXPIRED : TM_DELETES);
	return expired && !(flags & TTLMAP_IF_EXPIRED) ? -ENOENT : 0;
}

/* Returns -EAGAIN if the entry was replaced between the condition and the lock. */
static int try_delete(struct ttlmap *map, const struct tm_key *key, u32 flags,
		      struct tm_condition *condition)
{
	struct tm_entry *expected = NULL;
	struct tm_segment *seg;
	int ret;

	if (flags & TM_IF)
		expected = tm_condition_find(map, key, condition, tm_now());
	if (IS_ERR(expected))
		return PTR_ERR(expected);
	seg = tm_table_lock(&map->table, key->hash);
	ret = delete_entry(map, seg, key, flags, expected);
	spin_unlock_bh(&seg->lock);
	return ret;
}

/**
 * tm_map_delete() - remove an entry
 * @map: the map
 * @key: its key
 * @flags: TTLMAP_IF_* or none
 * @condition: for TTLMAP_IF_VALUE and TTLMAP_IF_VERSION; else NULL
 *
 * Context: Any.
 * Return: 0, -ENOENT, -ECANCELED or -EROFS.
 */
int tm_map_delete(struct ttlmap *map, const struct tm_key *key, u32 flags,
		  struct tm_condition *condition)
{
	int ret;

	do {
		rcu_read_lock();
		ret = try_delete(map, key, flags, condition);
		rcu_read_unlock();
	} while (ret == -EAGAIN);
	return ret;
}

static u64 clear_segment(struct ttlmap *map, u64 hash)
{
	struct tm_segment *seg;
	struct tm_pos pos;
	u64 end;

	rcu_read_lock();
	seg = tm_table_lock(&map->table, hash);
	for (pos.bucket = 0; pos.bucket < TM_SEGMENT_BUCKETS; pos.bucket++)
		for (pos.slot = 0; pos.slot < TM_BUCKET_SLOTS; pos.slot++)
			if (!READ_ONCE(map->frozen) &&
			    tm_segment_entry(seg, pos.bucket, pos.slot))
				tm_capacity_unlink(map, seg, &pos, TM_CLEARED);
	end = tm_segment_end(seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	return end;
}

/**
 * tm_map_clear() - remove all entries that are there
 * @map: the map
 *
 * Context: Process, may sleep.
 * Return: 0, -EROFS, or -EINTR after some have gone.
 */
int tm_map_clear(struct ttlmap *map)
{
	u64 hash = 0;

	do {
		if (READ_ONCE(map->frozen))
			return -EROFS;
		if (signal_pending(current))
			return -EINTR;
		hash = clear_segment(map, hash);
		tm_capacity_throttle(map);
		cond_resched();
	} while (hash);
	return 0;
}
