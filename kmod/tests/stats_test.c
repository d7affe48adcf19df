// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../expire.h"
#include "../stats.h"
#include "fixture.h"

static void sum_takes_all_cpus_in(struct kunit *test)
{
	struct tm_stats __percpu *stats = alloc_percpu(struct tm_stats);
	unsigned int cpus = 0;
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, (__force void *)stats);
	for_each_possible_cpu(cpu) {
		per_cpu_ptr(stats, cpu)->count[TM_HITS] = 10;
		cpus++;
	}
	tm_stat_inc(stats, TM_HITS);
	tm_stat_add(stats, TM_HITS, 5);
	tm_stat_add(stats, TM_RETIRE_WAITS, 3);
	KUNIT_EXPECT_EQ(test, tm_stat_sum(stats, TM_HITS), cpus * 10 + 6);
	KUNIT_EXPECT_EQ(test, tm_stat_sum(stats, TM_RETIRE_WAITS), 3);
	KUNIT_EXPECT_EQ(test, tm_stat_sum(stats, TM_MISSES), 0);
	free_percpu(stats);
}

static void worst_is_the_largest_so_far(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_SPLITS), 0);
	tm_stat_worst(map->stats, TM_WORST_SPLITS, 3);
	tm_stat_worst(map->stats, TM_WORST_SPLITS, 2);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_SPLITS), 3);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_BUCKETS), 0);
}

static u64 lags(struct ttlmap *map)
{
	unsigned int class;
	u64 sum = 0;

	for (class = 0; class < TM_LAG_CLASSES; class++)
		sum += tm_stat_lag_sum(map->stats, class);
	return sum;
}

/* Whoever removes what has expired says how late that was. */
static void lag_is_counted_wherever_an_expired_entry_goes(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	unsigned int i;

	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, NSEC_PER_SEC), 0);
	tm_test_clock_advance(NSEC_PER_SEC);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_stat_lag_sum(map->stats, 0), 1);
	tm_test_clock_advance(5 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_stat_lag_sum(map->stats, 3), 1);
	tm_test_clock_advance(95 * NSEC_PER_MSEC);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, tm_stat_lag_sum(map->stats, 7), 1);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_LAG), 100 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, lags(map), tm_test_stat(map, TM_EXPIRED));
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(sum_takes_all_cpus_in),
	KUNIT_CASE(worst_is_the_largest_so_far),
	KUNIT_CASE(lag_is_counted_wherever_an_expired_entry_goes),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "ttlmap_stats",
	.init = tm_fakes_init,
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
