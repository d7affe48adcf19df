// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/workqueue.h>

#include "../orphans.h"
#include "../tune.h"
#include "../work.h"
#include "fixture.h"

static struct tm_owner *new_owner(struct kunit *test, struct ttlmap *map)
{
	struct tm_owner *owner;

	kref_get(&map->refs);
	owner = tm_orphans_owner(map);
	KUNIT_ASSERT_NOT_NULL(test, owner);
	return owner;
}

static void leave(struct tm_owner *owner)
{
	tm_orphans_leave(owner);
	flush_workqueue(tm_workqueue);
}

static void owner_of_nothing_leaves_at_once(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner *owner = new_owner(test, map);

	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 2);
	tm_orphans_leave(owner);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
}

static void entries_go_with_their_owner_and_no_others(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 10000);
	struct tm_owner *owner = new_owner(test, map), *other = new_owner(test, map);
	u64 i;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert_owned(i % 2 ? owner : other, i), 0);
	tm_test_fill(test, map, 1000, 10);
	leave(owner);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 510);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 500);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_OWNER_GONE), 500);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_peek(map, i), !(i % 2));
	leave(other);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 10);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
}

static void frozen_map_lets_them_stay(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner *owner = new_owner(test, map);

	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(owner, 1), 0);
	tm_freeze(map);
	leave(owner);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
}

static void no_memory_is_no_owner(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner *owner;
	bool failed;

	tm_test_fail_allocation(test, 1);
	owner = tm_orphans_owner(map);
	failed = tm_test_allocation_failed();
	KUNIT_EXPECT_TRUE(test, failed);
	KUNIT_EXPECT_NULL(test, owner);
}

static struct kunit_case orphans_cases[] = {
	KUNIT_CASE(owner_of_nothing_leaves_at_once),
	KUNIT_CASE(entries_go_with_their_owner_and_no_others),
	KUNIT_CASE(frozen_map_lets_them_stay),
	KUNIT_CASE(no_memory_is_no_owner),
	{}
};

static struct kunit_suite orphans_suite = {
	.name = "ttlmap_orphans",
	.init = tm_fakes_init,
	.test_cases = orphans_cases,
};

kunit_test_suite(orphans_suite);
