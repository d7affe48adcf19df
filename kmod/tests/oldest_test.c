// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../clock.h"
#include "../evict.h"
#include "../oldest.h"
#include "fixture.h"

static struct tm_oldest *oldest_of(struct kunit *test, struct ttlmap *map)
{
	struct tm_oldest *oldest = kunit_kzalloc(test, sizeof(*oldest), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, oldest);
	tm_oldest(map, oldest);
	return oldest;
}

static u64 number_of(const struct tm_old *old)
{
	u64 number;

	memcpy(&number, old->key, sizeof(number));
	return number;
}

/* In the order of their numbers, a second apart: a small map knows each exactly. */
static void those_idle_longest_come_first(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 50);
	struct tm_oldest *oldest;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, 0), 0);
		tm_test_clock_advance(NSEC_PER_SEC);
	}
	KUNIT_ASSERT_TRUE(test, tm_test_use(map, 3));
	oldest = oldest_of(test, map);
	KUNIT_ASSERT_EQ(test, oldest->n, TM_OLDEST);
	for (i = 0; i < TM_OLDEST; i++)
		KUNIT_EXPECT_EQ(test, number_of(&oldest->entries[i]), i + (i >= 3));
	KUNIT_EXPECT_GE(test, oldest->entries[0].idle_ns + 2 * BIT(TM_TICK_SHIFT),
			50 * NSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, oldest->entries[0].idle_ns, 51 * NSEC_PER_SEC);
}

static void each_is_told_as_it_is(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 50);
	struct tm_oldest *oldest;
	struct tm_old *old;

	tm_test_update(map, "a key", "a value", 0, 0);
	tm_test_clock_advance(NSEC_PER_SEC);
	tm_test_update(map, "another", "", 10 * NSEC_PER_SEC, 0);
	oldest = oldest_of(test, map);
	KUNIT_ASSERT_EQ(test, oldest->n, 2);
	old = &oldest->entries[0];
	KUNIT_EXPECT_EQ(test, old->key_len, 5);
	KUNIT_EXPECT_MEMEQ(test, old->key, "a key", 5);
	KUNIT_EXPECT_EQ(test, old->value_len, 7);
	KUNIT_EXPECT_EQ(test, old->bytes, 40);
	KUNIT_EXPECT_EQ(test, old->ttl_ns, TTLMAP_TTL_NEVER);
	KUNIT_EXPECT_EQ(test, old->owner, map->account->id);
	KUNIT_EXPECT_EQ(test, oldest->entries[1].ttl_ns, 10 * NSEC_PER_SEC);
	tm_test_clock_advance(10 * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, oldest_of(test, map)->entries[1].ttl_ns, 0);
}

/* A list that is full takes one more at each place. */
static void no_entry_is_listed_twice(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	struct tm_oldest *oldest;
	unsigned int i, j;

	for (i = 0; i < 40; i++) {
		tm_test_fill(test, map, i * 50, 50);
		tm_test_clock_advance(NSEC_PER_SEC);
		tm_lru_look(map);
	}
	oldest = oldest_of(test, map);
	KUNIT_ASSERT_EQ(test, oldest->n, TM_OLDEST);
	for (i = 0; i < TM_OLDEST; i++) {
		KUNIT_EXPECT_LT(test, number_of(&oldest->entries[i]), 100);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, number_of(&oldest->entries[i]),
					number_of(&oldest->entries[j]));
	}
}

static struct kunit_case oldest_cases[] = {
	KUNIT_CASE(those_idle_longest_come_first),
	KUNIT_CASE(each_is_told_as_it_is),
	KUNIT_CASE(no_entry_is_listed_twice),
	{}
};

static struct kunit_suite oldest_suite = {
	.name = "ttlmap_oldest",
	.init = tm_fakes_init,
	.test_cases = oldest_cases,
};

kunit_test_suite(oldest_suite);
