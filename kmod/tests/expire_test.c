// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../expire.h"
#include "../tune.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC

static void nothing_due_leaves_all_alone(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_EXPECT_FALSE(test, tm_expire_step(map));
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 2, 50 * MS), 0);
	KUNIT_EXPECT_FALSE(test, tm_expire_step(map));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 2);
}

static void expired_entry_is_gone_at_once_and_freed_at_the_next_tick(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 50 * MS), 0);
	tm_test_clock_advance(50 * MS - 1);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	tm_test_clock_advance(1);
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	tm_test_clock_set(tm_tick_ns(tm_tick_due(TM_TEST_NOW + 50 * MS)) - 1);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	tm_test_clock_advance(1);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EXPIRED), 1);
}

static void timer_is_set_for_the_first_deadline(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_EXPECT_EQ(test, map->wheel.armed, TM_TICK_NEVER);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 500 * MS), 0);
	KUNIT_EXPECT_EQ(test, map->wheel.armed, tm_tick_due(TM_TEST_NOW + 500 * MS));
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 2, 100 * MS), 0);
	KUNIT_EXPECT_EQ(test, map->wheel.armed, tm_tick_due(TM_TEST_NOW + 100 * MS));
	tm_test_clock_advance(NSEC_PER_SEC);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
	KUNIT_EXPECT_EQ(test, map->wheel.armed, TM_TICK_NEVER);
}

static void timer_has_the_worker_expire(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 50 * MS), 0);
	tm_test_clock_advance(NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, tm_expire_fire(&map->wheel.timer), HRTIMER_NORESTART);
	flush_work(&map->expire_work);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static void each_goes_at_its_own_time(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	u64 i;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, (1 + i) * 100 * MS), 0);
	for (i = 0; i < 1000; i += 10) {
		tm_test_clock_set(tm_tick_ns(tm_tick_due(TM_TEST_NOW + (i + 10) * 100 * MS)));
		tm_test_expire(map);
		KUNIT_ASSERT_EQ(test, atomic_long_read(&map->entries), 990 - i);
	}
	KUNIT_EXPECT_LT(test, tm_stat_largest(map->stats, TM_WORST_LAG), 1000 * MS);
}

static void lag_is_that_of_the_latest(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 100 * MS), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 2, 300 * MS), 0);
	tm_test_clock_advance(700 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_LAG), 600 * MS);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 3, 100 * MS), 0);
	tm_test_clock_advance(200 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_LAG), 600 * MS);
}

static void entry_whose_ttl_grew_stays(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 100 * MS), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 1000 * MS), 0);
	tm_test_clock_advance(200 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_EQ(test, map->wheel.armed, tm_tick_due(TM_TEST_NOW + 1000 * MS));
	tm_test_clock_advance(900 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

/* Beyond what a bucket can say: 2^16 ticks are 18 minutes. */
static void far_deadlines_are_kept(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	u64 day = 24 * 3600 * NSEC_PER_SEC, hour;

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, day), 0);
	for (hour = 0; hour < 24; hour++) {
		tm_test_expire(map);
		KUNIT_ASSERT_TRUE(test, tm_test_peek(map, 1));
		tm_test_clock_advance(3600 * NSEC_PER_SEC);
	}
	tm_test_clock_advance(20 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static void frozen_map_keeps_what_has_expired(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 100 * MS), 0);
	WRITE_ONCE(map->frozen, true);
	tm_test_clock_advance(NSEC_PER_SEC);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 1));
}

/* However splits and merges move it about, an entry goes in time. */
static void deadlines_survive_splits_and_merges(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	u64 i;

	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, 2 * NSEC_PER_SEC), 0);
	tm_test_fill(test, map, 1000, 4000);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_GT(test, map->table.splits, 30);
	for (i = 1000; i < 5000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_delete(map, i), 0);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_GT(test, map->table.merges, 30);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 100);
	tm_test_clock_advance(2 * NSEC_PER_SEC + 20 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static struct kunit_case expire_cases[] = {
	KUNIT_CASE(nothing_due_leaves_all_alone),
	KUNIT_CASE(expired_entry_is_gone_at_once_and_freed_at_the_next_tick),
	KUNIT_CASE(timer_is_set_for_the_first_deadline),
	KUNIT_CASE(timer_has_the_worker_expire),
	KUNIT_CASE(each_goes_at_its_own_time),
	KUNIT_CASE(lag_is_that_of_the_latest),
	KUNIT_CASE(entry_whose_ttl_grew_stays),
	KUNIT_CASE(far_deadlines_are_kept),
	KUNIT_CASE(frozen_map_keeps_what_has_expired),
	KUNIT_CASE(deadlines_survive_splits_and_merges),
	{}
};

static struct kunit_suite expire_suite = {
	.name = "ttlmap_expire",
	.init = tm_fakes_init,
	.test_cases = expire_cases,
};

kunit_test_suite(expire_suite);
