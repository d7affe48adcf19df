// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../remove.h"
#include "../tune.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC

static int delete(struct ttlmap *map, const char *name, u32 flags, struct tm_condition *condition)
{
	struct tm_key key;

	tm_map_key(map, &key, name, strlen(name));
	return tm_map_delete(map, &key, flags, condition);
}

static bool take(struct ttlmap *map, const char *name, struct tm_entry *entry)
{
	struct tm_key key;
	bool taken;

	tm_map_key(map, &key, name, strlen(name));
	rcu_read_lock();
	taken = tm_map_take(map, &key, entry, TM_POPPED);
	rcu_read_unlock();
	return taken;
}

static struct tm_entry *find(struct ttlmap *map, const char *name)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, name, strlen(name));
	rcu_read_unlock();
	return entry;
}

static void delete_removes_what_is_there(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, delete(map, "key", 0, NULL), -ENOENT);
	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", 0, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_DELETES), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static void expired_entry_is_removed_and_not_found(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 10 * MS, 0), 0);
	tm_test_clock_advance(10 * MS);
	KUNIT_EXPECT_EQ(test, delete(map, "key", 0, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EXPIRED), 1);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_DELETES), 0);
}

static void delete_if_expired_leaves_the_living(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 10 * MS, 0), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_EXPIRED, NULL), -ECANCELED);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_CANCELED), 1);
	tm_test_clock_advance(10 * MS);
	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_EXPIRED, NULL), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_EXPIRED, NULL), -ENOENT);
}

static void delete_if_value_compares(struct kunit *test)
{
	struct tm_condition condition = { .flags = TTLMAP_IF_VALUE, .len = 1, .value = "2" };
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_VALUE, &condition), -ENOENT);
	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_VALUE, &condition), -ECANCELED);
	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "2", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, delete(map, "key", TTLMAP_IF_VALUE, &condition), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static void taken_once_is_taken(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct tm_entry *entry;

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 0, 0), 0);
	entry = find(map, "key");
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_FALSE(test, take(map, "other", entry));
	KUNIT_EXPECT_TRUE(test, take(map, "key", entry));
	KUNIT_EXPECT_FALSE(test, take(map, "key", entry));
	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "2", 0, 0), 0);
	KUNIT_EXPECT_FALSE(test, take(map, "key", entry));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_POPPED), 1);
}

static void clear_leaves_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);

	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	tm_test_fill(test, map, 0, 5000);
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_CLEARED), 5000);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_EQ(test, map->table.segments, 1 << map->table.min_bits);
}

static void frozen_map_loses_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct tm_entry *entry;

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "1", 0, 0), 0);
	entry = find(map, "key");
	tm_freeze(map);
	KUNIT_EXPECT_EQ(test, delete(map, "key", 0, NULL), -EROFS);
	KUNIT_EXPECT_FALSE(test, take(map, "key", entry));
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), -EROFS);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "1"));
}

static struct kunit_case remove_cases[] = {
	KUNIT_CASE(delete_removes_what_is_there),
	KUNIT_CASE(expired_entry_is_removed_and_not_found),
	KUNIT_CASE(delete_if_expired_leaves_the_living),
	KUNIT_CASE(delete_if_value_compares),
	KUNIT_CASE(taken_once_is_taken),
	KUNIT_CASE(clear_leaves_nothing),
	KUNIT_CASE(frozen_map_loses_nothing),
	{}
};

static struct kunit_suite remove_suite = {
	.name = "ttlmap_remove",
	.init = tm_fakes_init,
	.test_cases = remove_cases,
};

kunit_test_suite(remove_suite);
