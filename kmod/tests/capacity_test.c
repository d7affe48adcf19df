// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../capacity.h"
#include "../owner.h"
#include "fixture.h"

static bool reserve(struct ttlmap *map, size_t bytes)
{
	struct tm_place place = {};
	bool reserved = tm_capacity_reserve(map, &place, bytes);

	tm_capacity_release(map, &place);
	return reserved;
}

static void reserve_takes_as_many_as_there_may_be(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 2);

	KUNIT_EXPECT_TRUE(test, reserve(map, 40));
	KUNIT_EXPECT_TRUE(test, reserve(map, 48));
	KUNIT_EXPECT_FALSE(test, reserve(map, 8));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 88);
}

static void reserve_takes_no_place_without_bytes(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	map->max_bytes = 100;
	KUNIT_EXPECT_TRUE(test, reserve(map, 60));
	KUNIT_EXPECT_FALSE(test, reserve(map, 41));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	KUNIT_EXPECT_TRUE(test, reserve(map, 40));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 100);
}

static void place_of_one_is_that_of_the_next(struct kunit *test)
{
	struct tm_place place = { .held = true, .bytes = 40 };
	struct ttlmap *map = tm_test_map(test, 0, 2);

	KUNIT_ASSERT_TRUE(test, reserve(map, 40));
	KUNIT_ASSERT_TRUE(test, reserve(map, 60));
	map->max_bytes = 100;
	KUNIT_EXPECT_FALSE(test, tm_capacity_reserve(map, &place, 41));
	KUNIT_EXPECT_TRUE(test, place.held);
	KUNIT_EXPECT_TRUE(test, tm_capacity_reserve(map, &place, 32));
	KUNIT_EXPECT_FALSE(test, place.held);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 92);
}

static void resize_may_always_shrink(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_TRUE(test, tm_capacity_resize(map, 1000));
	map->max_bytes = 100;
	KUNIT_EXPECT_TRUE(test, tm_capacity_resize(map, -500));
	KUNIT_EXPECT_TRUE(test, tm_capacity_resize(map, 0));
	KUNIT_EXPECT_FALSE(test, tm_capacity_resize(map, 1));
	KUNIT_EXPECT_TRUE(test, tm_capacity_resize(map, -401));
	KUNIT_EXPECT_TRUE(test, tm_capacity_resize(map, 1));
	KUNIT_EXPECT_FALSE(test, tm_capacity_resize(map, 1));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 100);
}

struct goodbye {
	int reason;
	unsigned int n;
};

static void note(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	struct goodbye *goodbye = arg;

	goodbye->reason = reason;
	goodbye->n++;
}

static void unlink_first(struct ttlmap *map, enum tm_stat why)
{
	struct tm_segment *seg;
	u64 number = 1;
	struct tm_key key;
	struct tm_pos pos;

	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	seg = tm_table_lock(&map->table, key.hash);
	if (tm_segment_find(seg, &key, &pos))
		tm_capacity_unlink(map, seg, &pos, why);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
}

static void unlink_gives_place_back_and_says_why(struct kunit *test)
{
	static const struct {
		enum tm_stat why;
		enum ttlmap_reason reason;
	} goodbyes[] = {
		{ TM_EXPIRED, TTLMAP_EXPIRED },
		{ TM_DELETES, TTLMAP_DELETED },
		{ TM_REPLACES, TTLMAP_REPLACED },
		{ TM_POPPED, TTLMAP_POPPED },
		{ TM_OWNER_GONE, TTLMAP_OWNER_GONE },
		{ TM_CLEARED, TTLMAP_CLEARED },
		{ TM_EVICTED, TTLMAP_EVICTED },
		{ TM_RECLAIMED, TTLMAP_EVICTED },
		{ TM_COLLISION_EVICTED, TTLMAP_EVICTED },
	};
	struct goodbye goodbye = {};
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 10 },
		.removed = note,
		.arg = &goodbye,
	};
	struct ttlmap *map = tm_test_map_of(test, &params);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(goodbyes); i++) {
		goodbye.reason = -1;
		tm_test_fill(test, map, 1, 1);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
		unlink_first(map, goodbyes[i].why);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 0);
		while (tm_retire_flush(map->retirer))
			;
		KUNIT_EXPECT_EQ(test, goodbye.reason, goodbyes[i].reason);
		KUNIT_EXPECT_EQ(test, tm_test_stat(map, goodbyes[i].why), 1);
	}
	KUNIT_EXPECT_EQ(test, goodbye.n, ARRAY_SIZE(goodbyes));
}

static void unlink_has_emptied_segments_merged(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	u32 few = 1 << map->table.min_bits;
	u64 i;

	tm_test_fill(test, map, 0, 2000);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_GT(test, map->table.segments, few);
	for (i = 0; i < 2000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_delete(map, i), 0);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_EQ(test, map->table.segments, few);
}

static void throttle_counts_when_it_waits(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	tm_capacity_throttle(map);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_RETIRE_WAITS), 0);
	tm_test_retire_much(test, &map->kind, map->retirer);
	tm_capacity_throttle(map);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_RETIRE_WAITS), 1);
}

static struct kunit_case capacity_cases[] = {
	KUNIT_CASE(reserve_takes_as_many_as_there_may_be),
	KUNIT_CASE(reserve_takes_no_place_without_bytes),
	KUNIT_CASE(place_of_one_is_that_of_the_next),
	KUNIT_CASE(resize_may_always_shrink),
	KUNIT_CASE(unlink_gives_place_back_and_says_why),
	KUNIT_CASE(unlink_has_emptied_segments_merged),
	KUNIT_CASE(throttle_counts_when_it_waits),
	{}
};

static struct kunit_suite capacity_suite = {
	.name = "ttlmap_capacity",
	.init = tm_fakes_init,
	.test_cases = capacity_cases,
};

kunit_test_suite(capacity_suite);
