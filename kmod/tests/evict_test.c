// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../clock.h"
#include "../evict.h"
#include "fixture.h"

static void nothing_to_evict_is_said(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, tm_evict(tm_test_map(test, 0, 10), TM_EVICTED));
	KUNIT_EXPECT_FALSE(test, tm_evict(tm_test_map(test, 0, 10000), TM_EVICTED));
}

static void small_map_evicts_the_least_recently_used(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 5);

	tm_test_fill(test, map, 0, 5);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 0));
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 2));
	/* Looking is no use. */
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	tm_test_fill(test, map, 5, 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 5);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 0));
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 2));
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 3));
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 4));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 3);
}

/* Compared with a list, over so many uses that the epoch wraps many times. */
static void small_map_is_an_exact_lru(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, TM_LRU_EXACT);
	u64 last_use[2 * TM_LRU_EXACT] = {}, i, step, key, oldest;
	u32 random = 1;

	for (step = 1; step < 5000; step++) {
		random = random * 1664525 + 1013904223;
		key = (random >> 16) % (2 * TM_LRU_EXACT);
		if (!tm_test_use(map, key)) {
			oldest = U64_MAX;
			for (i = 0; i < 2 * TM_LRU_EXACT; i++)
				if (last_use[i] && (oldest == U64_MAX ||
						    last_use[i] < last_use[oldest]))
					oldest = i;
			if (atomic_long_read(&map->entries) == TM_LRU_EXACT)
				last_use[oldest] = 0;
			KUNIT_ASSERT_EQ(test, tm_test_insert(map, key, 0), 0);
		}
		last_use[key] = step;
		for (i = 0; i < 2 * TM_LRU_EXACT && step % 16 == 0; i++)
			KUNIT_ASSERT_EQ(test, tm_test_peek(map, i), !!last_use[i]);
	}
	KUNIT_EXPECT_GT(test, tm_test_stat(map, TM_EVICTED), 1000);
}

static void capacity_is_reached_before_anything_goes(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 3000);

	tm_test_fill(test, map, 0, 3000);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 3000);
	tm_test_fill(test, map, 3000, 100);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 100);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 3000);
}

static void epoch_advances_with_insertions(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 64 * 64);
	unsigned int i;

	tm_test_fill(test, map, 0, 64);
	KUNIT_EXPECT_EQ(test, map->epoch, 0);
	tm_test_fill(test, map, 64, 6);
	KUNIT_EXPECT_EQ(test, map->epoch, 1);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_TRUE(test, tm_test_use(map, i % 64));
	KUNIT_EXPECT_EQ(test, map->epoch, 1);
	tm_test_fill(test, map, 1000, 64 * 64);
	KUNIT_EXPECT_GE(test, map->epoch, 60);
	KUNIT_EXPECT_LE(test, map->epoch, 66);
}

/* Where bytes bind, the entries that there are say what an epoch is. */
static void epoch_follows_the_population_of_a_map_with_a_limit_of_bytes(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 1000000,
			    .max_bytes = 40 * 1000 },
	};
	struct ttlmap *map = tm_test_map_of(test, &params);

	tm_test_fill(test, map, 0, 1000);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1000);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 0);
	KUNIT_EXPECT_GT(test, map->epoch, 30);
	tm_test_fill(test, map, 1000, 500);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 40 * 1000);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 500);
}

/* What is used all the time stays while ten times the capacity goes through. */
static void used_entries_stay_in_a_large_map(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	u64 i, used, lost = 0;

	tm_test_fill(test, map, 0, 20);
	for (i = 0; i < 10000; i++) {
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1000 + i, 0), 0);
		if (i % 50)
			continue;
		for (used = 0; used < 20; used++)
			lost += !tm_test_use(map, used);
	}
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1000);
}

/* For how long the entry of a number has been idle. */
static u64 idle_of(struct kunit *test, struct ttlmap *map, u64 number)
{
	struct tm_segment *seg;
	struct tm_key key;
	struct tm_pos pos;
	u64 idle = 0;

	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	seg = tm_table_segment(&map->table, key.hash);
	KUNIT_EXPECT_NOT_NULL(test, tm_segment_find(seg, &key, &pos));
	idle = tm_lru_idle_ns(map, seg->bucket[pos.bucket].age[pos.slot], tm_now());
	rcu_read_unlock();
	return idle;
}

#define TICK	BIT_ULL(TM_TICK_SHIFT)

/* Compared with the times of the uses, while ages become ranks many times. */
static void small_map_knows_when_each_entry_was_used(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 20);
	u64 used[20], step, key, idle;
	u32 random = 1;

	for (key = 0; key < 20; key++) {
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, key, 0), 0);
		used[key] = tm_now();
	}
	for (step = 0; step < 2000; step++) {
		random = random * 1664525 + 1013904223;
		tm_test_clock_advance((random >> 8) % 500 * NSEC_PER_MSEC);
		/* Some are hardly ever used. */
		key = (random >> 24) % 20 * ((random >> 16) % 20) / 20;
		KUNIT_ASSERT_TRUE(test, tm_test_use(map, key));
		used[key] = tm_now();
		for (key = 0; key < 20; key++) {
			idle = idle_of(test, map, key);
			KUNIT_ASSERT_LE(test, idle, tm_now() - used[key] + TICK);
			KUNIT_ASSERT_GE(test, idle + TICK, tm_now() - used[key]);
		}
	}
}

/* The clock of the epochs may be late, and is so for map and entry alike. */
static void late_clock_makes_nothing_young(struct kunit *test)
{
	struct ttlmap *map;

	tm_test_tick_late(200 * NSEC_PER_MSEC);
	map = tm_test_map(test, 0, 20);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 0, 0), 0);
	tm_test_clock_advance(NSEC_PER_SEC);
	KUNIT_EXPECT_GE(test, idle_of(test, map, 0), NSEC_PER_SEC);
}

static void idle_time_counts_from_the_epoch(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 64 * 64);
	u64 made = tm_now(), began, i;

	tm_test_fill(test, map, 0, 10);
	tm_test_clock_advance(10 * NSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, idle_of(test, map, 0), 10 * NSEC_PER_SEC + TICK);
	KUNIT_EXPECT_GE(test, idle_of(test, map, 0) + TICK, 10 * NSEC_PER_SEC);
	tm_test_fill(test, map, 100, 70);
	KUNIT_ASSERT_EQ(test, map->epoch, 1);
	began = tm_now();
	tm_test_clock_advance(20 * NSEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 0));
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_LE(test, idle_of(test, map, 0), tm_now() - began + TICK);
		KUNIT_EXPECT_GE(test, idle_of(test, map, 0) + TICK, tm_now() - began);
		KUNIT_EXPECT_GE(test, idle_of(test, map, 1) + TICK, tm_now() - made);
		KUNIT_EXPECT_LE(test, idle_of(test, map, 1), tm_now() - made);
		tm_test_clock_advance(20 * NSEC_PER_SEC);
	}
}

/* Looking every second makes no more epochs than ages can tell apart. */
static void looking_ends_an_epoch_that_has_become_long(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 64 * 64);
	unsigned int second, epochs = 0, before = 0;
	u8 last = map->epoch;

	tm_lru_look(map);
	KUNIT_EXPECT_EQ(test, map->epoch, 0);
	for (second = 1; second < 20000; second++) {
		tm_test_clock_advance(NSEC_PER_SEC);
		tm_lru_look(map);
		epochs += (u8)(map->epoch - last);
		last = map->epoch;
		if (second == 10000)
			before = epochs;
		if (second == 10)
			KUNIT_EXPECT_GE(test, epochs, 8);
	}
	KUNIT_EXPECT_LE(test, epochs - before, 46);
	KUNIT_EXPECT_GE(test, epochs - before, 40);
}

static void frozen_map_is_not_evicted_from(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);

	tm_test_fill(test, map, 0, 10);
	WRITE_ONCE(map->frozen, true);
	KUNIT_EXPECT_FALSE(test, tm_evict(map, TM_EVICTED));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 10);
}

/* The hand goes all around a table in which hardly anything is left. */
static void last_entry_of_a_large_table_is_found(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_PREALLOC, 20000);
	unsigned int i;

	tm_test_fill(test, map, 0, 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, tm_evict(map, TM_RECLAIMED));
	KUNIT_EXPECT_FALSE(test, tm_evict(map, TM_RECLAIMED));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_RECLAIMED), 3);
}

static void collision_evicts_the_oldest_of_the_segment(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 50);
	struct tm_segment *seg;
	u64 hash, left = 0;

	tm_test_fill(test, map, 0, 50);
	rcu_read_lock();
	for (hash = 0; left < 2; left++) {
		seg = tm_table_lock(&map->table, hash);
		tm_evict_from(map, seg);
		hash = tm_segment_end(seg);
		spin_unlock_bh(&seg->lock);
		if (!hash)
			break;
	}
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_COLLISION_EVICTED),
			50 - atomic_long_read(&map->entries));
	KUNIT_EXPECT_LT(test, atomic_long_read(&map->entries), 50);
}

static void collision_in_an_empty_segment_evicts_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 50);
	struct tm_segment *seg;

	rcu_read_lock();
	seg = tm_table_lock(&map->table, 0);
	tm_evict_from(map, seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_COLLISION_EVICTED), 0);
}

static struct kunit_case evict_cases[] = {
	KUNIT_CASE(nothing_to_evict_is_said),
	KUNIT_CASE(small_map_evicts_the_least_recently_used),
	KUNIT_CASE(small_map_is_an_exact_lru),
	KUNIT_CASE(capacity_is_reached_before_anything_goes),
	KUNIT_CASE(epoch_advances_with_insertions),
	KUNIT_CASE(epoch_follows_the_population_of_a_map_with_a_limit_of_bytes),
	KUNIT_CASE(used_entries_stay_in_a_large_map),
	KUNIT_CASE(small_map_knows_when_each_entry_was_used),
	KUNIT_CASE(late_clock_makes_nothing_young),
	KUNIT_CASE(idle_time_counts_from_the_epoch),
	KUNIT_CASE(looking_ends_an_epoch_that_has_become_long),
	KUNIT_CASE(frozen_map_is_not_evicted_from),
	KUNIT_CASE(last_entry_of_a_large_table_is_found),
	KUNIT_CASE(collision_evicts_the_oldest_of_the_segment),
	KUNIT_CASE(collision_in_an_empty_segment_evicts_nothing),
	{}
};

static struct kunit_suite evict_suite = {
	.name = "ttlmap_evict",
	.init = tm_fakes_init,
	.test_cases = evict_cases,
};

kunit_test_suite(evict_suite);
