// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../owner.h"
#include "fixture.h"

static void owner_init(struct tm_owner *owner, struct ttlmap *map)
{
	*owner = (struct tm_owner){ .map = map, .account = map->account };
	spin_lock_init(&owner->lock);
}

static struct tm_entry *first(struct tm_owner *owner, u64 *hash)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = tm_owner_first(owner, hash);
	rcu_read_unlock();
	return entry;
}

static void entries_are_listed_and_counted(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner owner, other;
	u64 number, hash;

	owner_init(&owner, map);
	owner_init(&other, map);
	for (number = 0; number < 3; number++)
		KUNIT_ASSERT_EQ(test, tm_test_insert_owned(&owner, number), 0);
	KUNIT_EXPECT_EQ(test, owner.entries, 3);
	KUNIT_EXPECT_EQ(test, owner.bytes, 3 * 64);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 3);
	KUNIT_EXPECT_NULL(test, first(&other, &hash));
	KUNIT_EXPECT_NOT_NULL(test, first(&owner, &hash));
	number = 2;
	KUNIT_EXPECT_EQ(test, hash, tm_hash(&map->hasher, &number, sizeof(number)));
}

static void entries_that_go_leave_the_list(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner owner;
	u64 hash;

	owner_init(&owner, map);
	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(&owner, 1), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(&owner, 2), 0);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 2), 0);
	KUNIT_EXPECT_EQ(test, owner.entries, 1);
	/* Somebody else's value, bound to nobody. */
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, owner.entries, 0);
	KUNIT_EXPECT_EQ(test, owner.bytes, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 0);
	KUNIT_EXPECT_NULL(test, first(&owner, &hash));
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 1));
}

static void entries_change_hands(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 100);
	struct tm_owner owner, other;

	owner_init(&owner, map);
	owner_init(&other, map);
	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(&owner, 1), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(&other, 1), 0);
	KUNIT_EXPECT_EQ(test, owner.entries, 0);
	KUNIT_EXPECT_EQ(test, other.entries, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 1);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 1), 0);
}

static void maps_without_owners_take_no_notice(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 1), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->owned), 0);
}

static struct kunit_case owner_cases[] = {
	KUNIT_CASE(entries_are_listed_and_counted),
	KUNIT_CASE(entries_that_go_leave_the_list),
	KUNIT_CASE(entries_change_hands),
	KUNIT_CASE(maps_without_owners_take_no_notice),
	{}
};

static struct kunit_suite owner_suite = {
	.name = "ttlmap_owner",
	.init = tm_fakes_init,
	.test_cases = owner_cases,
};

kunit_test_suite(owner_suite);
