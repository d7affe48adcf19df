// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>

#include "../census.h"
#include "../clock.h"
#include "../histogram.h"
#include "../update.h"
#include "fixture.h"

static struct tm_census *census_of(struct kunit *test, struct ttlmap *map)
{
	struct tm_census *census = kunit_kzalloc(test, sizeof(*census), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, census);
	tm_census(map, census);
	return census;
}

static u64 sum(const u64 *counts, unsigned int n)
{
	u64 all = 0;

	while (n--)
		all += counts[n];
	return all;
}

static void classes_are_powers_of_two(struct kunit *test)
{
	unsigned int class;

	KUNIT_EXPECT_EQ(test, tm_class_of(0, 10), 0);
	KUNIT_EXPECT_EQ(test, tm_class_first(0), 0);
	for (class = 1; class < 9; class++) {
		KUNIT_EXPECT_EQ(test, tm_class_of(tm_class_first(class), 10), class);
		KUNIT_EXPECT_EQ(test, tm_class_of(tm_class_first(class + 1) - 1, 10), class);
	}
	KUNIT_EXPECT_EQ(test, tm_class_of(256, 10), 9);
	KUNIT_EXPECT_EQ(test, tm_class_of(U64_MAX, 10), 9);
}

static void insert(struct kunit *test, struct ttlmap *map, u64 number, u64 ttl)
{
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, number, ttl), 0);
}

/* Each limit belongs to the class below it. */
static void entries_are_told_by_what_is_left_of_their_ttls(struct kunit *test)
{
	static const u64 ttls[][3] = {
		[TM_TTL_1S] = { 1000000, NSEC_PER_SEC },
		[TM_TTL_10S] = { NSEC_PER_SEC + 1, 10 * NSEC_PER_SEC },
		[TM_TTL_1MIN] = { 10 * NSEC_PER_SEC + 1, 60 * NSEC_PER_SEC },
		[TM_TTL_10MIN] = { 60 * NSEC_PER_SEC + 1, 600 * NSEC_PER_SEC },
		[TM_TTL_1H] = { 600 * NSEC_PER_SEC + 1, 3600 * NSEC_PER_SEC },
		[TM_TTL_LATER] = { 3600 * NSEC_PER_SEC + 1, 48 * 3600 * NSEC_PER_SEC },
		[TM_TTL_NEVER] = { 0, 0, TTLMAP_TTL_NEVER },
	};
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct tm_census *census;
	u64 number = 0;
	unsigned int class, i;

	for (class = TM_TTL_1S; class < TM_TTLS; class++)
		for (i = 0; i < 3; i++)
			if (ttls[class][i])
				insert(test, map, number++, ttls[class][i]);
	census = census_of(test, map);
	KUNIT_EXPECT_EQ(test, census->ttl[TM_TTL_EXPIRED], 0);
	for (class = TM_TTL_1S; class < TM_TTL_NEVER; class++)
		KUNIT_EXPECT_EQ(test, census->ttl[class], 2);
	KUNIT_EXPECT_EQ(test, census->ttl[TM_TTL_NEVER], 1);
	tm_test_clock_advance(1000000);
	KUNIT_EXPECT_EQ(test, census_of(test, map)->ttl[TM_TTL_EXPIRED], 1);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, sum(census_of(test, map)->ttl, TM_TTLS),
			atomic_long_read(&map->entries));
}

static void entries_are_told_by_their_sizes(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct tm_census *census;
	char value[301] = {};

	memset(value, 'x', 300);
	tm_test_update(map, "large", value, 0, 0);
	tm_test_update(map, "larger", value, 0, 0);
	tm_test_update(map, "small", "", 0, 0);
	census = census_of(test, map);
	KUNIT_EXPECT_EQ(test, census->size[tm_class_of(32, TM_SIZE_CLASSES)], 1);
	KUNIT_EXPECT_EQ(test, census->size_bytes[tm_class_of(32, TM_SIZE_CLASSES)], 32);
	KUNIT_EXPECT_EQ(test, sum(census->size, TM_SIZE_CLASSES), 3);
	KUNIT_EXPECT_EQ(test, sum(census->size_bytes, TM_SIZE_CLASSES),
			atomic_long_read(&map->bytes));
}

static void entries_are_told_by_their_ages(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct tm_census *census;
	u64 i;

	tm_test_fill(test, map, 0, 100);
	tm_test_clock_advance(20 * NSEC_PER_SEC);
	/* From here on uses belong to another epoch. */
	census = census_of(test, map);
	KUNIT_EXPECT_EQ(test, census->idle[tm_class_of(19, TM_AGE_CLASSES)], 100);
	for (i = 0; i < 30; i++)
		KUNIT_ASSERT_TRUE(test, tm_test_use(map, i));
	tm_test_clock_advance(5 * NSEC_PER_SEC);
	census = census_of(test, map);
	KUNIT_EXPECT_EQ(test, census->idle[tm_class_of(5, TM_AGE_CLASSES)], 30);
	KUNIT_EXPECT_EQ(test, census->idle[tm_class_of(25, TM_AGE_CLASSES)], 70);
}

static void every_entry_is_counted_once(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);

	tm_test_fill(test, map, 0, 3000);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_EQ(test, sum(census_of(test, map)->idle, TM_AGE_CLASSES), 3000);
	KUNIT_EXPECT_EQ(test, sum(census_of(test, map)->size, TM_SIZE_CLASSES), 3000);
}

static struct kunit_case census_cases[] = {
	KUNIT_CASE(classes_are_powers_of_two),
	KUNIT_CASE(entries_are_told_by_what_is_left_of_their_ttls),
	KUNIT_CASE(entries_are_told_by_their_sizes),
	KUNIT_CASE(entries_are_told_by_their_ages),
	KUNIT_CASE(every_entry_is_counted_once),
	{}
};

static struct kunit_suite census_suite = {
	.name = "ttlmap_census",
	.init = tm_fakes_init,
	.test_cases = census_cases,
};

kunit_test_suite(census_suite);
