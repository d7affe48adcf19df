// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/shrinker.h>

#include "../reclaim.h"
#include "fixture.h"

static unsigned long scan(unsigned long n)
{
	struct shrink_control control = { .gfp_mask = GFP_KERNEL, .nr_to_scan = n };

	return tm_reclaim_scan(NULL, &control);
}

static unsigned long count(void)
{
	return tm_reclaim_count(NULL, NULL);
}

static void without_such_maps_there_is_nothing_to_take(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_test_fill(test, map, 0, 10);
	KUNIT_EXPECT_EQ(test, count(), 0);
	KUNIT_EXPECT_EQ(test, scan(5), SHRINK_STOP);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 10);
}

static void takes_as_many_as_it_is_told(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_RECLAIM, 100);

	tm_test_fill(test, map, 0, 10);
	KUNIT_EXPECT_EQ(test, count(), 10);
	KUNIT_EXPECT_EQ(test, scan(4), 4);
	KUNIT_EXPECT_EQ(test, count(), 6);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_RECLAIMED), 4);
	KUNIT_EXPECT_EQ(test, scan(100), 6);
	KUNIT_EXPECT_EQ(test, scan(100), 0);
}

static void takes_the_oldest_first(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_RECLAIM, 10);

	tm_test_fill(test, map, 0, 10);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 0));
	KUNIT_EXPECT_EQ(test, scan(9), 9);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 0));
}

static void takes_from_the_maps_in_turn(struct kunit *test)
{
	struct ttlmap *one = tm_test_map(test, TTLMAP_F_RECLAIM, 100);
	struct ttlmap *other = tm_test_map(test, TTLMAP_F_RECLAIM, 100);

	tm_test_fill(test, one, 0, 10);
	tm_test_fill(test, other, 0, 10);
	KUNIT_EXPECT_EQ(test, count(), 20);
	KUNIT_EXPECT_EQ(test, scan(3), 3);
	KUNIT_EXPECT_EQ(test, scan(2), 2);
	KUNIT_EXPECT_EQ(test, tm_test_stat(one, TM_RECLAIMED), 3);
	KUNIT_EXPECT_EQ(test, tm_test_stat(other, TM_RECLAIMED), 2);
}

static void frozen_map_gives_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_RECLAIM, 100);

	tm_test_fill(test, map, 0, 10);
	WRITE_ONCE(map->frozen, true);
	KUNIT_EXPECT_EQ(test, count(), 0);
	KUNIT_EXPECT_EQ(test, scan(3), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 10);
}

static struct kunit_case reclaim_cases[] = {
	KUNIT_CASE(without_such_maps_there_is_nothing_to_take),
	KUNIT_CASE(takes_as_many_as_it_is_told),
	KUNIT_CASE(takes_the_oldest_first),
	KUNIT_CASE(takes_from_the_maps_in_turn),
	KUNIT_CASE(frozen_map_gives_nothing),
	{}
};

static struct kunit_suite reclaim_suite = {
	.name = "ttlmap_reclaim",
	.init = tm_fakes_init,
	.test_cases = reclaim_cases,
};

kunit_test_suite(reclaim_suite);
