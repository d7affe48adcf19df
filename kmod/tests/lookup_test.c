// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../lookup.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC

static struct tm_entry *lookup(struct ttlmap *map, u64 number, bool use, u64 *now)
{
	struct tm_entry *entry;
	struct tm_key key;

	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	entry = tm_map_lookup(map, &key, use, now);
	rcu_read_unlock();
	return entry;
}

static void lookup_reads_the_clock_only_where_it_must(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	u64 now = 0;

	KUNIT_EXPECT_NULL(test, lookup(map, 1, true, &now));
	KUNIT_EXPECT_EQ(test, now, 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_NOT_NULL(test, lookup(map, 1, true, &now));
	KUNIT_EXPECT_EQ(test, now, 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 10 * MS), 0);
	KUNIT_EXPECT_NOT_NULL(test, lookup(map, 1, true, &now));
	KUNIT_EXPECT_EQ(test, now, TM_TEST_NOW);
	/* Who has read it already is not told another time. */
	tm_test_clock_advance(20 * MS);
	KUNIT_EXPECT_NOT_NULL(test, lookup(map, 1, true, &now));
	now = 0;
	KUNIT_EXPECT_NULL(test, lookup(map, 1, true, &now));
	/* A deadline that is far ahead has not passed. */
	now = 0;
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, TM_CLOCK_LATE + 1), 0);
	KUNIT_EXPECT_NOT_NULL(test, lookup(map, 1, true, &now));
	KUNIT_EXPECT_EQ(test, now, 0);
}

static void expiry_is_exact_however_long_ago_the_last_tick_was(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 2 * TM_CLOCK_LATE), 0);
	tm_test_clock_advance(2 * TM_CLOCK_LATE - 1);
	tm_test_tick_late(TM_CLOCK_LATE - 1);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	tm_test_clock_advance(1);
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 1), -ENOENT);
}

static void use_sets_the_age_and_a_peek_does_not(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct tm_segment *seg;
	struct tm_pos pos;
	struct tm_key key;
	u64 number = 1;

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, number, 0), 0);
	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	seg = tm_table_segment(&map->table, key.hash);
	tm_segment_find(seg, &key, &pos);
	rcu_read_unlock();
	map->epoch = 9;
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, number));
	KUNIT_EXPECT_EQ(test, seg->bucket[pos.bucket].age[pos.slot], 0);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, number));
	KUNIT_EXPECT_EQ(test, seg->bucket[pos.bucket].age[pos.slot], 9);
}

static void use_starts_a_sliding_ttl_anew(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_SLIDING, 10);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 100 * MS), 0);
	for (i = 0; i < 20; i++) {
		tm_test_clock_advance(99 * MS);
		tm_test_expire(map);
		KUNIT_ASSERT_TRUE(test, tm_test_use(map, 1));
	}
	tm_test_clock_advance(99 * MS);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	tm_test_clock_advance(1 * MS);
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 1));
	tm_test_clock_advance(20 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

/* Uses that follow each other closely write the expiry once. */
static void sliding_expiry_moves_in_steps(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_SLIDING, 10);
	struct tm_entry *entry;
	u64 now = 0;

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 100 * MS), 0);
	tm_test_clock_advance(4 * MS);
	entry = lookup(map, 1, true, &now);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, entry->expires, TM_TEST_NOW + 100 * MS);
	tm_test_clock_advance(1);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 1));
	KUNIT_EXPECT_EQ(test, entry->expires, TM_TEST_NOW + 104 * MS + 1);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 2, TTLMAP_TTL_NEVER), 0);
	tm_test_clock_advance(NSEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, tm_test_use(map, 2));
}

static void prefetch_changes_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	u64 numbers[] = { 1, 2 };
	struct tm_key keys[2];

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	tm_map_key(map, &keys[0], &numbers[0], sizeof(u64));
	tm_map_key(map, &keys[1], &numbers[1], sizeof(u64));
	rcu_read_lock();
	tm_map_prefetch(map, keys, 2);
	tm_map_prefetch(map, keys, 0);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_FALSE(test, tm_test_peek(map, 2));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_HITS), 0);
}

static struct kunit_case lookup_cases[] = {
	KUNIT_CASE(lookup_reads_the_clock_only_where_it_must),
	KUNIT_CASE(expiry_is_exact_however_long_ago_the_last_tick_was),
	KUNIT_CASE(use_sets_the_age_and_a_peek_does_not),
	KUNIT_CASE(use_starts_a_sliding_ttl_anew),
	KUNIT_CASE(sliding_expiry_moves_in_steps),
	KUNIT_CASE(prefetch_changes_nothing),
	{}
};

static struct kunit_suite lookup_suite = {
	.name = "ttlmap_lookup",
	.init = tm_fakes_init,
	.test_cases = lookup_cases,
};

kunit_test_suite(lookup_suite);
