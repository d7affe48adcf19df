// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Eviction
 *
 * Owns the epochs and the choice of victims. There is no LRU list. Each slot
 * keeps the epoch of its last use, and the epoch advances every capacity/64
 * insertions. The victim is the oldest in four consecutive buckets under a hand
 * that moves through the table; while that oldest is younger than nine tenths of
 * the mean age of recent victims the hand goes on, 64 buckets at most. Counting
 * insertions rather than uses keeps ages from saturating where the hit ratio is
 * high.
 *
 * Each CPU has a hand and a mean of its own, so that evictions share no line.
 *
 * When each epoch began is kept, and says for how long an entry has been idle: as
 * exactly as the epochs are long. So that they do not become too long where little is
 * inserted, the next one may also begin when a 64th of the map's life has passed since
 * the last; who looks at the ages asks for that. In the time in which as much is
 * inserted as the map holds it adds 44 epochs at most: with the 64 that insertions
 * make, ages still tell old from older.
 *
 * Locks: buckets are sampled under RCU alone; the victim's segment is then
 * locked and the victim looked at again. An inserter holds no lock when it
 * evicts, but for tm_evict_from(), where it holds the segment's.
 */
#include <linux/minmax.h>
#include <linux/prefetch.h>
#include <linux/slab.h>

#include "capacity.h"
#include "clock.h"
#include "evict.h"
#include "memory.h"

#define EPOCHS		64	/* an age in which the whole map is inserted anew */
#define EPOCHS_KEPT	(U8_MAX + 1)
#define BEGAN_BYTES	(EPOCHS_KEPT * sizeof(u32))
/* Of as many entries as have an exact LRU, it takes so many uses until one is too old. */
#define RANK_USES	(TM_AGE_MAX + 1 - TM_LRU_EXACT)
#define LOOK_TICKS	(NSEC_PER_SEC >> TM_TICK_SHIFT)
#define LOOK_MIN	4	/* buckets */
#define LOOK_MAX	64
#define MEAN_SHIFT	4
/* The hand's lowest bits, free in every prefix, hold the index of a bucket. */
#define HAND_BUCKET	15ULL

struct victim {
	struct tm_segment *seg;
	struct tm_entry *entry;
	struct tm_pos pos;
	int age;
};

/* The ages of a small map, youngest first, become 1, 2, 3 and so on. */
static void set_ranks(struct tm_segment *seg, u8 epoch, u8 *rank, bool apply)
{
	unsigned int i, slot;
	u8 *age;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			if (!rcu_access_pointer(seg->bucket[i].slot[slot]))
				continue;
			age = &seg->bucket[i].age[slot];
			if (apply)
				WRITE_ONCE(*age, epoch - rank[(u8)(epoch - READ_ONCE(*age))]);
			else
				rank[(u8)(epoch - READ_ONCE(*age))] = 1;
		}
	}
}

static void for_ranks(struct ttlmap *map, u8 epoch, u8 *rank, bool apply)
{
	struct tm_segment *seg;
	u64 hash = 0;

	do {
		seg = tm_table_segment(&map->table, hash);
		set_ranks(seg, epoch, rank, apply);
		hash = tm_segment_end(seg);
	} while (hash);
}

/* What began at @age now does at its rank, which is at most one above it. */
static void move_began(struct ttlmap *map, u8 epoch, u8 *rank)
{
	u32 began, older = READ_ONCE(map->began[epoch]);
	unsigned int age;
	u8 next = 1;

	for (age = 0; age <= U8_MAX; age++) {
		began = older;
		older = READ_ONCE(map->began[(u8)(epoch - age - 1)]);
		if (!rank[age])
			continue;
		rank[age] = next;
		WRITE_ONCE(map->began[(u8)(epoch - next++)], began);
	}
}

static void rank_ages(struct ttlmap *map)
{
	u8 rank[U8_MAX + 1] = {}, epoch = READ_ONCE(map->epoch);

	for_ranks(map, epoch, rank, false);
	move_began(map, epoch, rank);
	for_ranks(map, epoch, rank, true);
}

static u32 tick_of(u64 now)
{
	return tm_tick(now);
}

static void next_epoch(struct ttlmap *map)
{
	u8 next = READ_ONCE(map->epoch) + 1;

	WRITE_ONCE(map->began[next], tick_of(tm_last_tick()));
	WRITE_ONCE(map->epoch, next);
}

/* Every age is as old as the map. Returns 0 or -ENOMEM. */
int tm_lru_init(struct ttlmap *map)
{
	unsigned int i;

	/* By the clock of the epochs, which runs behind: none begins before it. */
	map->made = tick_of(tm_last_tick());
	map->began = kmalloc(BEGAN_BYTES, TM_GFP);
	if (!map->began)
		return -ENOMEM;
	for (i = 0; i < EPOCHS_KEPT; i++)
		map->began[i] = map->made;
	return 0;
}

/**
 * tm_lru_idle_ns() - for how long has an entry not been used?
 * @map: the map
 * @used: epoch of its last use
 * @now: CLOCK_BOOTTIME ns
 *
 * Context: Any.
 * Return: since that epoch began: too long by its length at most. What is older
 * than TM_AGE_MAX epochs may count as that old.
 */
u64 tm_lru_idle_ns(const struct ttlmap *map, u8 used, u64 now)
{
	u32 life = tick_of(now) - map->made, idle = tick_of(now) - READ_ONCE(map->began[used]);

	/* An epoch may have begun since @now. */
	return idle > life ? 0 : tm_tick_ns(idle);
}

/**
 * tm_lru_look() - somebody is about to look at the ages
 * @map: the map
 *
 * Begins another epoch if the last one has become long.
 *
 * Context: Any.
 */
void tm_lru_look(struct ttlmap *map)
{
	u32 now = tick_of(tm_last_tick());
	u32 length = now - READ_ONCE(map->began[READ_ONCE(map->epoch)]);

	if (!tm_lru_exact(map) && length >= LOOK_TICKS && length >= (now - map->made) / EPOCHS)
		next_epoch(map);
}

/*
 * The epoch of a small map goes around quickly; before an age could pass the highest
 * that is told apart, those of all of its few entries become ranks. Context: RCU read section.
 */
void tm_lru_used_exactly(struct ttlmap *map)
{
	next_epoch(map);
	if (!(READ_ONCE(map->epoch) % RANK_USES))
		rank_ages(map);
}

static unsigned long epoch_inserts(const struct ttlmap *map)
{
	u64 capacity = READ_ONCE(map->limits.max_entries);

	if (READ_ONCE(map->limits.max_bytes))
		capacity = min_t(u64, capacity, atomic_long_read(&map->entries));
	return capacity / EPOCHS + 1;
}

/**
 * tm_lru_inserted() - an entry is about to be inserted
 * @map: the map
 *
 * Context: RCU read section, preemption disabled.
 */
void tm_lru_inserted(struct ttlmap *map)
{
	struct tm_lru *lru = this_cpu_ptr(map->lru);
	unsigned long n = epoch_inserts(map);
	long sum;

	tm_lru_used(map);
	if (tm_lru_exact(map) || ++lru->inserts <= n / 16)
		return;
	sum = atomic_long_add_return(lru->inserts, &map->inserts);
	lru->inserts = 0;
	if (sum >= n && atomic_long_cmpxchg(&map->inserts, sum, 0) == sum)
		next_epoch(map);
}

/* Look for a victim older than the best so far in one bucket. */
static unsigned int sample(struct tm_segment *seg, unsigned int i, u8 epoch,
			   struct victim *best)
{
	struct tm_bucket *bucket = &seg->bucket[i];
	u64 used = tm_tags_used(READ_ONCE(bucket->tags));
	u64 ages = tm_bucket_clamp_ages(bucket, used, epoch);
	u64 older = tm_ages_above(ages, best->age) & used;
	unsigned int slot;
	int age;

	for (; older; older &= older - 1) {
		slot = tm_match_slot(older);
		age = tm_age_of(ages, slot);
		if (age <= best->age)
			continue;
		best->seg = seg;
		best->pos.bucket = i;
		best->pos.slot = slot;
		best->entry = rcu_dereference(bucket->slot[slot]);
		best->age = age;
	}
	return hweight64(used);
}

/* Is the best of what was looked at good enough? */
static bool settled(const struct ttlmap *map, const struct tm_lru *lru,
		    const struct victim *best, unsigned int looked, unsigned int seen)
{
	if (tm_lru_exact(map))
		return looked >= READ_ONCE(map->table.segments) * TM_SEGMENT_BUCKETS;
	if (looked >= LOOK_MAX)
		return true;
	if (looked < LOOK_MIN || seen < LOOK_MIN)
		return false;
	return (best->age << MEAN_SHIFT) * 10 >= READ_ONCE(lru->mean_age) * 9;
}

/* By the time of the next eviction they have come. */
static void prefetch_next(const struct tm_segment *seg, unsigned int bucket)
{
	unsigned int end = min_t(unsigned int, bucket + LOOK_MIN, TM_SEGMENT_BUCKETS);

	for (; bucket < end; bucket++)
		prefetch(&seg->bucket[bucket]);
}

/*
 * Move the hand on until it has a victim, or has looked at LOOK_MAX buckets.
 * Returns how many it looked at.
 */
static unsigned int sweep(struct ttlmap *map, struct tm_lru *lru, struct victim *best)
{
	u64 hand = READ_ONCE(lru->hand), pos = hand & ~HAND_BUCKET;
	struct tm_segment *seg = tm_table_segment(&map->table, pos);
	unsigned int bucket = hand & HAND_BUCKET, looked = 0, seen = 0;
	u8 epoch = READ_ONCE(map->epoch);

	while (!settled(map, lru, best, looked, seen)) {
		if (bucket == TM_SEGMENT_BUCKETS) {
			pos = tm_segment_end(seg);
			seg = tm_table_segment(&map->table, pos);
			bucket = 0;
		}
		seen += sample(seg, bucket++, epoch, best);
		looked++;
	}
	WRITE_ONCE(lru->hand, pos | bucket);
	prefetch_next(seg, bucket);
	return looked;
}

/* Unlink the victim if it still is where it was seen. */
static bool claim(struct ttlmap *map, const struct victim *best, enum tm_stat why,
		  struct tm_place *place)
{
	struct tm_segment *seg = best->seg;
	bool claimed;

	spin_lock_bh(&seg->lock);
	claimed = best->entry && !seg->moved && !READ_ONCE(map->frozen) &&
		  tm_segment_entry(seg, best->pos.bucket, best->pos.slot) == best->entry;
	if (claimed)
		tm_capacity_take(map, seg, &best->pos, why, place);
	spin_unlock_bh(&seg->lock);
	return claimed;
}

static bool evict_once(struct ttlmap *map, unsigned long *looked, enum tm_stat why,
		       struct tm_place *place)
{
	struct tm_lru *lru = raw_cpu_ptr(map->lru);
	struct victim best = { .age = -1 };
	u32 mean;

	*looked += sweep(map, lru, &best);
	if (best.age < 0 || !claim(map, &best, why, place))
		return false;
	mean = READ_ONCE(lru->mean_age);
	WRITE_ONCE(lru->mean_age, mean - (mean >> MEAN_SHIFT) + best.age);
	return true;
}

/**
 * tm_evict_for() - evict one entry, and keep its place
 * @map: a map that is full
 * @why: what to count
 * @place: where its place in the map is added
 *
 * The hand looks at a few buckets; where the table is nearly empty it may have
 * to go all around it.
 *
 * Context: Any but under a segment's lock.
 * Return: false if there was nothing to evict, or others were quicker.
 */
bool tm_evict_for(struct ttlmap *map, enum tm_stat why, struct tm_place *place)
{
	unsigned long looked = 0, all = (READ_ONCE(map->table.segments) + 8) * TM_SEGMENT_BUCKETS;
	bool evicted;

	do {
		rcu_read_lock();
		evicted = evict_once(map, &looked, why, place);
		rcu_read_unlock();
	} while (!evicted && looked < all);
	tm_stat_worst(map->stats, TM_WORST_BUCKETS, looked);
	return evicted;
}

/* Evict one entry from a map that has to shrink. */
bool tm_evict(struct ttlmap *map, enum tm_stat why)
{
	struct tm_place place = {};
	bool evicted = tm_evict_for(map, why, &place);

	tm_capacity_release(map, &place);
	return evicted;
}

/**
 * tm_evict_from() - evict the oldest entry of a segment in which hashes collide
 * @map: the map
 * @seg: a full segment
 *
 * Context: the segment's lock.
 */
void tm_evict_from(struct ttlmap *map, struct tm_segment *seg)
{
	struct tm_pos pos;

	if (!tm_segment_oldest(seg, READ_ONCE(map->epoch), &pos))
		return;
	tm_capacity_unlink(map, seg, &pos, TM_COLLISION_EVICTED);
}
