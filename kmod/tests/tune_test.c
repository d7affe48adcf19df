// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/sizes.h>

#include "../tune.h"
#include "fixture.h"

static int tune_entries(struct ttlmap *map, u64 max_entries)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = max_entries };

	return tm_tune(map, &tune);
}

static int tune_bytes(struct ttlmap *map, u64 max_bytes)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_BYTES, .max_bytes = max_bytes };

	return tm_tune(map, &tune);
}

static int tune_flags(struct ttlmap *map, u32 flags)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_FLAGS, .flags = flags };

	return tm_tune(map, &tune);
}

static void nothing_to_tune_is_refused(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_tune(map, &(struct ttlmap_tune){}), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_tune(map, &(struct ttlmap_tune){ .what = BIT(8) }), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_tune(map, &(struct ttlmap_tune){
		.what = TTLMAP_TUNE_ENTRIES | BIT(31), .max_entries = 1 }), -EINVAL);
}

static void values_without_their_bit_are_refused(struct kunit *test)
{
	static const struct ttlmap_tune stray[] = {
		{ .what = TTLMAP_TUNE_BYTES, .max_entries = 1 },
		{ .what = TTLMAP_TUNE_JITTER, .max_bytes = 1 },
		{ .what = TTLMAP_TUNE_JITTER, .default_ttl_ns = 1 },
		{ .what = TTLMAP_TUNE_JITTER, .min_ttl_ns = 1 },
		{ .what = TTLMAP_TUNE_JITTER, .max_ttl_ns = 1 },
		{ .what = TTLMAP_TUNE_TTL, .jitter_ns = 1 },
		{ .what = TTLMAP_TUNE_TTL, .flags = TTLMAP_F_NO_EVICT },
	};
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ttlmap_create before = map->limits;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stray); i++)
		KUNIT_EXPECT_EQ_MSG(test, tm_tune(map, &stray[i]), -EINVAL, "stray %u", i);
	KUNIT_EXPECT_MEMEQ(test, &map->limits, &before, sizeof(before));
}

static void each_value_is_taken(struct kunit *test)
{
	const struct ttlmap_tune tune = {
		.what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_BYTES | TTLMAP_TUNE_TTL |
			TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL | TTLMAP_TUNE_JITTER |
			TTLMAP_TUNE_FLAGS,
		.flags = TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL,
		.max_entries = 20, .max_bytes = 5000, .default_ttl_ns = 30, .min_ttl_ns = 20,
		.max_ttl_ns = 40, .jitter_ns = 5,
	};
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_tune(map, &tune), 0);
	KUNIT_EXPECT_EQ(test, map->limits.flags, tune.flags);
	KUNIT_EXPECT_EQ(test, map->limits.max_entries, 20);
	KUNIT_EXPECT_EQ(test, map->max_entries, 20);
	KUNIT_EXPECT_EQ(test, map->limits.max_bytes, 5000);
	KUNIT_EXPECT_EQ(test, map->max_bytes, 5000);
	KUNIT_EXPECT_EQ(test, map->limits.default_ttl_ns, 30);
	KUNIT_EXPECT_EQ(test, map->limits.min_ttl_ns, 20);
	KUNIT_EXPECT_EQ(test, map->limits.max_ttl_ns, 40);
	KUNIT_EXPECT_EQ(test, map->limits.jitter_ns, 5);
}

static void unsound_limits_are_refused(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_TTL, .default_ttl_ns = TTLMAP_TTL_MAX + 1 };

	KUNIT_EXPECT_EQ(test, tune_entries(map, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_tune(map, &tune), -ERANGE);
	KUNIT_EXPECT_EQ(test, map->limits.max_entries, 10);
	KUNIT_EXPECT_EQ(test, map->limits.default_ttl_ns, 0);
}

static void only_some_flags_change(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_VERSIONS, 10);

	KUNIT_EXPECT_EQ(test, tune_flags(map, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tune_flags(map, TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS), -EINVAL);
	KUNIT_EXPECT_EQ(test, tune_flags(map, TTLMAP_F_VERSIONS | TTLMAP_F_NO_EVICT), 0);
	KUNIT_EXPECT_EQ(test, tune_flags(map, TTLMAP_F_VERSIONS), 0);
}

static void lowered_capacity_evicts_down_to_it(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);

	tm_test_fill(test, map, 0, 1000);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 100), 0);
	flush_work(&map->tune_work);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 100);
	KUNIT_EXPECT_EQ(test, map->max_entries, 100);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 900);
	tm_test_fill(test, map, 2000, 10);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 100);
}

static void lowered_bytes_evict_down_to_them(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);

	tm_test_fill(test, map, 0, 1000);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 40000);
	KUNIT_EXPECT_EQ(test, tune_bytes(map, 4010), 0);
	flush_work(&map->tune_work);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 4000);
	KUNIT_EXPECT_EQ(test, map->max_bytes, 4010);
	KUNIT_EXPECT_EQ(test, tune_bytes(map, 0), 0);
	KUNIT_EXPECT_EQ(test, map->max_bytes, 0);
}

static void ceilings_come_down_in_steps(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);

	tm_test_fill(test, map, 0, 200);
	map->limits.max_entries = 100;
	map->limits.max_bytes = 100;
	KUNIT_EXPECT_TRUE(test, tm_tune_lower(map));
	KUNIT_EXPECT_EQ(test, map->max_entries, 200 - 64);
	KUNIT_EXPECT_EQ(test, map->max_bytes, 100);
	/* Nothing has gone: the ceiling does not run ahead of what is held. */
	KUNIT_EXPECT_TRUE(test, tm_tune_lower(map));
	KUNIT_EXPECT_EQ(test, map->max_entries, 100);
	KUNIT_EXPECT_FALSE(test, tm_tune_lower(map));
	map->max_bytes = 0;
	atomic_long_add(SZ_1M, &map->bytes);
	KUNIT_EXPECT_TRUE(test, tm_tune_lower(map));
	KUNIT_EXPECT_EQ(test, map->max_bytes, 200 * 40 + SZ_1M - SZ_64K);
	atomic_long_sub(SZ_1M, &map->bytes);
}

static void map_that_does_not_evict_refuses_to_shrink_below_what_it_holds(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_NO_EVICT, 100);

	tm_test_fill(test, map, 0, 50);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 49), -ENOSPC);
	KUNIT_EXPECT_EQ(test, tune_bytes(map, 50 * 40 - 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, map->limits.max_entries, 100);
	KUNIT_EXPECT_EQ(test, map->max_entries, 100);
	KUNIT_EXPECT_EQ(test, map->max_bytes, 0);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 50), 0);
	KUNIT_EXPECT_EQ(test, tune_bytes(map, 50 * 40), 0);
	flush_work(&map->tune_work);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 50);
}

static void preallocated_map_does_not_outgrow_its_pool(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_PREALLOC, 100);

	KUNIT_EXPECT_EQ(test, tune_entries(map, 101), -EINVAL);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 50), 0);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 100), 0);
}

static void frozen_map_is_not_tuned(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_test_fill(test, map, 1, 1);
	tm_freeze(map);
	KUNIT_EXPECT_TRUE(test, map->frozen);
	KUNIT_EXPECT_EQ(test, tune_entries(map, 10), -EROFS);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 2, 0), -EROFS);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 1), -EROFS);
}

static void freeze_ends_what_would_evict(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);

	tm_test_fill(test, map, 0, 1000);
	map->limits.max_entries = 10;
	WRITE_ONCE(map->frozen, true);
	queue_work(system_wq, &map->tune_work);
	tm_freeze(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1000);
	KUNIT_EXPECT_TRUE(test, map->wheel.stopped);
}

static struct kunit_case tune_cases[] = {
	KUNIT_CASE(nothing_to_tune_is_refused),
	KUNIT_CASE(values_without_their_bit_are_refused),
	KUNIT_CASE(each_value_is_taken),
	KUNIT_CASE(unsound_limits_are_refused),
	KUNIT_CASE(only_some_flags_change),
	KUNIT_CASE(lowered_capacity_evicts_down_to_it),
	KUNIT_CASE(lowered_bytes_evict_down_to_them),
	KUNIT_CASE(ceilings_come_down_in_steps),
	KUNIT_CASE(map_that_does_not_evict_refuses_to_shrink_below_what_it_holds),
	KUNIT_CASE(preallocated_map_does_not_outgrow_its_pool),
	KUNIT_CASE(frozen_map_is_not_tuned),
	KUNIT_CASE(freeze_ends_what_would_evict),
	{}
};

static struct kunit_suite tune_suite = {
	.name = "ttlmap_tune",
	.init = tm_fakes_init,
	.test_cases = tune_cases,
};

kunit_test_suite(tune_suite);
