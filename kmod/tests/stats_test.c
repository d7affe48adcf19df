// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../stats.h"

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

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(sum_takes_all_cpus_in),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "ttlmap_stats",
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
