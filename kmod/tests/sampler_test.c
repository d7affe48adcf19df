// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../history.h"
#include "../sampler.h"
#include "fixture.h"

static void map_that_changes_is_looked_at_again(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_FALSE(test, tm_sampler_sample(map, TM_TEST_NOW));
	tm_test_fill(test, map, 0, 10);
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_FALSE(test, tm_sampler_sample(map, TM_TEST_NOW));
	tm_test_use(map, 3);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, 3), 0);
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
}

static void what_is_stale_is_looked_at_again(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_test_clock_set(TM_TEST_NOW);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, NSEC_PER_SEC), 0);
	tm_sampler_sample(map, TM_TEST_NOW);
	tm_test_clock_advance(2ULL * NSEC_PER_SEC);
	tm_sampler_sample(map, TM_TEST_NOW);
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	map->frozen = true;
	KUNIT_EXPECT_FALSE(test, tm_sampler_sample(map, TM_TEST_NOW));
	map->frozen = false;
}

static void alarm_is_looked_at_until_it_ends(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_sampler_sample(map, TM_TEST_NOW);
	map->alarms[TTLMAP_ALARM_RETIRED].on = true;
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_TRUE(test, map->alarms[TTLMAP_ALARM_RETIRED].on);
	KUNIT_EXPECT_FALSE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_FALSE(test, map->alarms[TTLMAP_ALARM_RETIRED].on);
	KUNIT_EXPECT_EQ(test, map->alarms[TTLMAP_ALARM_RETIRED].since, TM_TEST_NOW);
}

/* All of the map is one writer's, and nothing changes: there is an end to wait for. */
static void alarm_that_goes_on_is_looked_at_again(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	unsigned int i;

	tm_test_fill(test, map, 0, 10);
	map->alarms[TTLMAP_ALARM_OWNER].on = true;
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_TRUE(test, map->alarms[TTLMAP_ALARM_OWNER].on);
}

static void write_ends_a_rest(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	WRITE_ONCE(tm_sampler_rests, true);
	tm_test_use(map, 1);
	KUNIT_EXPECT_TRUE(test, tm_sampler_rests);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_FALSE(test, tm_sampler_rests);
}

static void sample_without_memory_is_one_less(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_sampler_sample(map, TM_TEST_NOW);
	tm_test_fail_allocation(test, 1);
	KUNIT_EXPECT_TRUE(test, tm_sampler_sample(map, TM_TEST_NOW));
	KUNIT_EXPECT_TRUE(test, tm_test_allocation_failed());
	KUNIT_EXPECT_EQ(test, map->history->ring[TM_FINE].taken, 1);
}

static void periods_are_multiples_of_each_other(struct kunit *test)
{
	u64 fine = tm_sampler_period_ns(TM_FINE);

	KUNIT_EXPECT_EQ(test, fine, 10ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, tm_sampler_period_ns(TM_MIDDLE), 12 * fine);
	KUNIT_EXPECT_EQ(test, tm_sampler_period_ns(TM_COARSE), 240 * fine);
}

static void expect_window(struct kunit *test, u64 window, enum tm_resolution resolution,
			  unsigned int samples)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct tm_symptoms symptoms = {};

	tm_sampler_window(&symptoms, map->history, window);
	KUNIT_EXPECT_PTR_EQ(test, symptoms.ring, &map->history->ring[resolution]);
	KUNIT_EXPECT_EQ(test, symptoms.samples, samples);
}

static void window_is_of_the_finest_history_that_has_two(struct kunit *test)
{
	u64 fine = tm_sampler_period_ns(TM_FINE);

	expect_window(test, 0, TM_FINE, 10);
	expect_window(test, 1, TM_FINE, 1);
	expect_window(test, 10 * fine, TM_FINE, 10);
	expect_window(test, 36 * fine, TM_MIDDLE, 3);
	expect_window(test, 121 * fine, TM_COARSE, 1);
	expect_window(test, 24000 * fine, TM_COARSE, 10);
}

static struct kunit_case sampler_cases[] = {
	KUNIT_CASE(map_that_changes_is_looked_at_again),
	KUNIT_CASE(what_is_stale_is_looked_at_again),
	KUNIT_CASE(alarm_is_looked_at_until_it_ends),
	KUNIT_CASE(alarm_that_goes_on_is_looked_at_again),
	KUNIT_CASE(write_ends_a_rest),
	KUNIT_CASE(sample_without_memory_is_one_less),
	KUNIT_CASE(periods_are_multiples_of_each_other),
	KUNIT_CASE(window_is_of_the_finest_history_that_has_two),
	{}
};

static struct kunit_suite sampler_suite = {
	.name = "ttlmap_sampler",
	.init = tm_fakes_init,
	.test_cases = sampler_cases,
};

kunit_test_suite(sampler_suite);
