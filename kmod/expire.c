// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Expiry
 *
 * Owns the removal of entries that have expired. To readers an entry is gone at
 * its very deadline, whether it has been removed or not; here its memory is
 * given back. The timer of the wheel queues a worker that takes out one segment
 * after the other and looks into those of its buckets that are due.
 *
 * The written bound: an entry is unlinked within 100 ms of its deadline as long
 * as the worker keeps up. 16.8 ms of that is the tick; the rest is for the timer
 * and the scheduling of the worker. stale_entries and oldest_stale_ns in the
 * statistics tell when it does not.
 *
 * Locks: a segment's lock, for at most 90 entries at a time; the wheel's within.
 */
#include "capacity.h"
#include "clock.h"
#include "compat.h"
#include "expire.h"
#include "latency.h"
#include "work.h"

VISIBLE_IF_KUNIT enum hrtimer_restart tm_expire_fire(struct hrtimer *timer)
{
	struct ttlmap *map = container_of(timer, struct ttlmap, wheel.timer);

	queue_work(tm_workqueue, &map->expire_work);
	return HRTIMER_NORESTART;
}

static void sweep_bucket(struct ttlmap *map, struct tm_segment *seg, unsigned int bucket,
			 u64 now)
{
	struct tm_pos pos = { .bucket = bucket };
	struct tm_entry *entry;

	for (pos.slot = 0; pos.slot < TM_BUCKET_SLOTS; pos.slot++) {
		entry = tm_segment_entry(seg, bucket, pos.slot);
		if (!entry || !tm_entry_expired(entry, now))
			continue;
		tm_stat_lag(map->stats, now - READ_ONCE(entry->expires));
		tm_capacity_unlink(map, seg, &pos, TM_EXPIRED);
	}
}

static void sweep_segment(struct ttlmap *map, struct tm_segment *seg, u64 now)
{
	u64 tick = tm_tick(now);
	unsigned int i;

	lockdep_assert_held(&seg->lock);
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		if (seg->bucket[i].deadline != TM_DEADLINE_NONE &&
		    seg->base + seg->bucket[i].deadline <= tick)
			sweep_bucket(map, seg, i, now);
	tm_segment_rebase(seg, tick);
	tm_wheel_add(&map->wheel, seg, tick);
}

/**
 * tm_expire_step() - remove what has expired from one segment
 * @map: the map
 *
 * Context: Any but under a segment's lock.
 * Return: false if nothing was due.
 */
bool tm_expire_step(struct ttlmap *map)
{
	u64 now = tm_now(), began = tm_latency_begin();
	struct tm_segment *seg;
	bool more;

	rcu_read_lock();
	seg = tm_wheel_pop(&map->wheel, tm_tick(now), &more);
	if (seg) {
		spin_lock_bh(&seg->lock);
		if (!seg->moved && !READ_ONCE(map->frozen))
			sweep_segment(map, seg, now);
		spin_unlock_bh(&seg->lock);
		tm_latency_end(map, TM_LATENCY_EXPIRE, began);
	}
	rcu_read_unlock();
	return more;
}

static void expire_work(struct work_struct *work)
{
	struct ttlmap *map = container_of(work, struct ttlmap, expire_work);

	while (tm_expire_step(map))
		cond_resched();
}

void tm_expire_init(struct ttlmap *map)
{
	INIT_WORK(&map->expire_work, expire_work);
	tm_wheel_init(&map->wheel, tm_expire_fire);
}

/* Context: Process, waits for the worker. */
void tm_expire_stop(struct ttlmap *map)
{
	tm_wheel_stop(&map->wheel);
	cancel_work_sync(&map->expire_work);
}
