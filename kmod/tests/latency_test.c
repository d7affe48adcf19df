// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../latency.h"
#include "../names.h"
#include "fixture.h"

static u64 counted(const struct ttlmap *map, enum tm_latency which)
{
	unsigned int class;
	u64 sum = 0;

	for (class = 0; class < TM_LATENCY_CLASSES; class++)
		sum += tm_latency_sum(map, which, class);
	return sum;
}

static struct ttlmap *new_map(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 1000 },
	};
	struct ttlmap *map = ttlmap_create(&params);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	return map;
}

static void use(struct kunit *test, struct ttlmap *map)
{
	u64 i;

	for (i = 0; i < 20; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, NSEC_PER_SEC), 0);
	for (i = 0; i < 30; i++)
		tm_test_use(map, i);
	tm_test_clock_advance(2 * NSEC_PER_SEC);
	tm_test_expire(map);
}

static void nothing_is_counted_unless_it_is_asked_for(struct kunit *test)
{
	struct ttlmap *map = new_map(test);

	use(test, map);
	KUNIT_EXPECT_EQ(test, counted(map, TM_LATENCY_LOOKUP), 0);
	KUNIT_EXPECT_EQ(test, tm_latency_bytes(map), 0);
	ttlmap_put(map);
}

static void each_operation_is_counted_once(struct kunit *test)
{
	struct ttlmap *before = new_map(test), *since;

	KUNIT_ASSERT_EQ(test, tm_latency_set("1", NULL), 0);
	since = new_map(test);
	use(test, before);
	use(test, since);
	KUNIT_EXPECT_EQ(test, counted(before, TM_LATENCY_LOOKUP), 30);
	KUNIT_EXPECT_EQ(test, counted(before, TM_LATENCY_UPDATE), 20);
	KUNIT_EXPECT_GT(test, counted(before, TM_LATENCY_EXPIRE), 0);
	KUNIT_EXPECT_EQ(test, counted(since, TM_LATENCY_LOOKUP), 30);
	KUNIT_EXPECT_EQ(test, counted(since, TM_LATENCY_UPDATE), 20);
	KUNIT_ASSERT_EQ(test, tm_latency_set("0", NULL), 0);
	use(test, before);
	KUNIT_EXPECT_EQ(test, counted(before, TM_LATENCY_LOOKUP), 30);
	KUNIT_EXPECT_EQ(test, tm_latency_set("perhaps", NULL), -EINVAL);
	ttlmap_put(before);
	ttlmap_put(since);
}

static struct kunit_case latency_cases[] = {
	KUNIT_CASE(nothing_is_counted_unless_it_is_asked_for),
	KUNIT_CASE(each_operation_is_counted_once),
	{}
};

static struct kunit_suite latency_suite = {
	.name = "ttlmap_latency",
	.init = tm_fakes_init,
	.test_cases = latency_cases,
};

kunit_test_suite(latency_suite);
