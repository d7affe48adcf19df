// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>

#include "../expire.h"
#include "../memory.h"
#include "fixture.h"

static struct ttlmap_params sound(void)
{
	return (struct ttlmap_params){
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 1000 },
	};
}

static void create_refuses_unsound_limits(struct kunit *test)
{
	struct ttlmap_params params = sound();

	params.limits.key_max = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR(tm_map_create(&params)), -EINVAL);
	params = sound();
	params.limits.default_ttl_ns = TTLMAP_TTL_MAX + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR(tm_map_create(&params)), -ERANGE);
}

/* Each allocation in turn fails, until none does. */
static void create_survives(struct kunit *test, const struct ttlmap_params *params)
{
	unsigned int nth, failures = 0;
	struct ttlmap *map;
	bool failed = true;

	for (nth = 1; failed; nth++) {
		tm_test_fail_allocation(test, nth);
		map = tm_map_create(params);
		failed = tm_test_allocation_failed();
		if (IS_ERR(map)) {
			KUNIT_ASSERT_EQ(test, PTR_ERR(map), -ENOMEM);
			KUNIT_ASSERT_TRUE(test, failed);
			failures++;
		} else {
			tm_map_destroy(map);
		}
	}
	KUNIT_EXPECT_GT(test, failures, 2);
}

static void create_survives_each_failed_allocation(struct kunit *test)
{
	struct ttlmap_params params = sound();

	create_survives(test, &params);
	params.limits.flags = TTLMAP_F_PREALLOC | TTLMAP_F_OWNERS;
	params.limits.max_entries = 10;
	create_survives(test, &params);
}

static void create_stops_at_the_limit_of_memory(struct kunit *test)
{
	struct ttlmap_params params = sound();
	unsigned long max = tm_memory_max;
	struct ttlmap *map;

	params.limits.flags = TTLMAP_F_PREALLOC;
	tm_memory_max = 100000;
	map = tm_map_create(&params);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, PTR_ERR(map), -EDQUOT);
}

static void small_maps_start_small(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tm_test_map(test, 0, 1)->table.segments, 2);
	KUNIT_EXPECT_EQ(test, tm_test_map(test, 0, 100)->table.segments, 2);
	KUNIT_EXPECT_GE(test, tm_test_map(test, 0, 1000000)->table.segments,
			4 * num_possible_cpus());
	KUNIT_EXPECT_LE(test, tm_test_map(test, 0, 1000000)->table.segments,
			8 * num_possible_cpus());
}

static void preallocated_map_has_room_for_all_of_it(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_PREALLOC, 1000);
	unsigned long max = tm_memory_max;
	unsigned int segments = map->table.segments;
	u64 i, missing = 0, errors = 0;

	KUNIT_EXPECT_GE(test, segments * 40, 1000);
	tm_memory_max = 0;
	for (i = 0; i < 1000; i++)
		errors += !!tm_test_insert(map, i, 0);
	for (i = 0; i < 1000; i++)
		missing += !tm_test_peek(map, i);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, errors, 0);
	KUNIT_EXPECT_EQ(test, missing, 0);
	KUNIT_EXPECT_EQ(test, map->table.segments, segments);
}

static void flags_lay_out_the_tail(struct kunit *test)
{
	struct ttlmap *map;

	map = tm_test_map(test, 0, 1);
	KUNIT_EXPECT_EQ(test, map->kind.tail_words, 0);
	KUNIT_EXPECT_LT(test, map->kind.ttl_at, 0);
	KUNIT_EXPECT_LT(test, map->kind.version_at, 0);
	map = tm_test_map(test, TTLMAP_F_VERSIONS, 1);
	KUNIT_EXPECT_EQ(test, map->kind.tail_words, 1);
	KUNIT_EXPECT_EQ(test, map->kind.version_at, 0);
	map = tm_test_map(test, TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS, 1);
	KUNIT_EXPECT_EQ(test, map->kind.tail_words, 6);
	KUNIT_EXPECT_EQ(test, map->kind.ttl_at, 4);
	KUNIT_EXPECT_EQ(test, map->kind.version_at, 5);
}

static void count(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	unsigned int *gone = arg;

	gone[reason]++;
}

static void destroy_says_goodbye_to_every_entry(struct kunit *test)
{
	unsigned int gone[TTLMAP_CLEARED + 1] = {};
	struct ttlmap_params params = sound();
	struct ttlmap *map;

	params.removed = count;
	params.arg = gone;
	params.limits.max_entries = 1000;
	map = tm_map_create(&params);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	tm_test_fill(test, map, 0, 1000);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 0), 0);
	tm_test_fill(test, map, 1000, 3);
	tm_map_destroy(map);
	KUNIT_EXPECT_EQ(test, gone[TTLMAP_DELETED], 1);
	KUNIT_EXPECT_EQ(test, gone[TTLMAP_EVICTED], 2);
	KUNIT_EXPECT_EQ(test, gone[TTLMAP_MAP_GONE], 1000);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(create_refuses_unsound_limits),
	KUNIT_CASE(create_survives_each_failed_allocation),
	KUNIT_CASE(create_stops_at_the_limit_of_memory),
	KUNIT_CASE(small_maps_start_small),
	KUNIT_CASE(preallocated_map_has_room_for_all_of_it),
	KUNIT_CASE(flags_lay_out_the_tail),
	KUNIT_CASE(destroy_says_goodbye_to_every_entry),
	{}
};

static struct kunit_suite map_suite = {
	.name = "ttlmap_map",
	.init = tm_fakes_init,
	.test_cases = map_cases,
};

kunit_test_suite(map_suite);
