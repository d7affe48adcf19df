// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>

#include "../expire.h"
#include "../lookup.h"
#include "../memory.h"
#include "../tune.h"
#include "../update.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC

/* An update with everything that one can ask for. */
static int run(struct ttlmap *map, const char *key, const char *value, struct tm_update *update)
{
	update->gfp = update->gfp ?: GFP_KERNEL;
	update->entry = tm_map_entry(map, strlen(key), strlen(value), update->gfp);
	if (IS_ERR(update->entry))
		return PTR_ERR(update->entry);
	tm_entry_set_key(update->entry, key);
	memcpy(tm_entry_value(update->entry), value, strlen(value));
	tm_map_key(map, &update->key, update->entry->data, strlen(key));
	return tm_map_update(map, update);
}

static u64 expiry_of(struct ttlmap *map, const char *name)
{
	struct tm_entry *entry;
	struct tm_key key;
	u64 now = 0, expires = 0;

	tm_map_key(map, &key, name, strlen(name));
	rcu_read_lock();
	entry = tm_map_lookup(map, &key, false, &now);
	if (entry)
		expires = entry->expires;
	rcu_read_unlock();
	return expires;
}

static void update_inserts_and_replaces(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "one", 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "one"));
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "another", 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "another"));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_INSERTS), 1);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_REPLACES), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->bytes), 40);
}

static void new_and_existing_mind_what_is_there(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 0, TTLMAP_EXISTING), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "2", 10 * MS, TTLMAP_NEW), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "3", 10 * MS, TTLMAP_NEW), -EEXIST);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "4", 10 * MS, TTLMAP_EXISTING), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "4"));
	tm_test_clock_advance(10 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "5", 10 * MS, TTLMAP_EXISTING), -ENOENT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "6", 10 * MS, TTLMAP_NEW), 0);
	tm_test_clock_advance(10 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "7", 10 * MS, TTLMAP_NEW), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EXPIRED), 2);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_INSERTS), 3);
}

static void ttl_is_kept_or_extended(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 100 * MS, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "2", 50 * MS, TTLMAP_TTL_KEEP), 0);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 100 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "3", 50 * MS, TTLMAP_TTL_EXTEND), 0);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 100 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "4", 200 * MS, TTLMAP_TTL_EXTEND), 0);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 200 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "5", 20 * MS, 0), 0);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 20 * MS);
	tm_test_clock_advance(20 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "6", 50 * MS, TTLMAP_TTL_KEEP), 0);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 70 * MS);
}

static void kept_ttl_goes_on_sliding(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_SLIDING, 10);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 100 * MS, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "2", 5 * MS, TTLMAP_TTL_KEEP), 0);
	tm_test_clock_advance(90 * MS);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "2"));
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 190 * MS);
}

static void ttl_out_of_range_changes_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "2", TTLMAP_TTL_MAX + 1, 0), -ERANGE);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "1"));
}

static void full_map_that_does_not_evict_refuses(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_NO_EVICT, 2);

	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 2, 10 * MS), 0);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 3, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_REFUSED), 1);
	/* What has expired makes room. */
	tm_test_clock_advance(30 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 3, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EXPIRED), 1);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 4, 0), -ENOSPC);
}

static void expired_entries_go_before_live_ones(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	u64 i;

	tm_test_fill(test, map, 0, 9);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 9, 10 * MS), 0);
	tm_test_clock_advance(30 * MS);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 10, 0), 0);
	for (i = 0; i < 9; i++)
		KUNIT_EXPECT_TRUE(test, tm_test_peek(map, i));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EVICTED), 0);
}

static void entry_larger_than_the_map_is_refused(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 1000, .max_entries = 10, .max_bytes = 100 },
	};
	struct ttlmap *map = tm_test_map_of(test, &params);
	char large[128];

	memset(large, 'x', sizeof(large));
	large[sizeof(large) - 1] = 0;
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "a", "1", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "b", large, 0, 0), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "a", "1"));
	/* A larger value in the place of a smaller one has others evicted. */
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "b", "2", 0, 0), 0);
	large[50] = 0;
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "b", large, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 1);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "b", large));
}

static void compare_and_swap_takes_the_value_that_it_expects(struct kunit *test)
{
	struct tm_update update = {
		.flags = TTLMAP_IF_VALUE,
		.condition = { .flags = TTLMAP_IF_VALUE, .len = 3, .value = "one" },
	};
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, run(map, "key", "two", &update), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "one", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, run(map, "key", "two", &update), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "two"));
	KUNIT_EXPECT_EQ(test, run(map, "key", "three", &update), -ECANCELED);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "two"));
}

static void versions_are_new_at_each_write(struct kunit *test)
{
	struct tm_update update = {}, swap = { .flags = TTLMAP_IF_VERSION };
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_VERSIONS, 10);
	u64 first;

	swap.condition.flags = TTLMAP_IF_VERSION;
	KUNIT_EXPECT_EQ(test, run(map, "key", "1", &update), 0);
	first = update.condition.version;
	KUNIT_EXPECT_EQ(test, run(map, "key", "1", &update), 0);
	KUNIT_EXPECT_NE(test, update.condition.version, first);
	swap.condition.version = first;
	KUNIT_EXPECT_EQ(test, run(map, "key", "2", &swap), -ECANCELED);
	KUNIT_EXPECT_EQ(test, swap.condition.version, update.condition.version);
	KUNIT_EXPECT_EQ(test, run(map, "key", "2", &swap), 0);
	KUNIT_EXPECT_NE(test, swap.condition.version, update.condition.version);
}

static struct tm_add add_to(struct ttlmap *map, const char *key, u64 value, u32 flags)
{
	struct tm_add add = {
		.value = value, .flags = flags, .ttl_ns = 100 * MS, .gfp = GFP_KERNEL,
	};

	tm_map_key(map, &add.key, key, strlen(key));
	return add;
}

static void counters_start_and_add(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_COUNTERS, 10);
	struct tm_add add = add_to(map, "n", 5, TTLMAP_EXISTING);

	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), -ENOENT);
	add.flags = 0;
	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), 0);
	KUNIT_EXPECT_EQ(test, add.value, 5);
	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), 0);
	KUNIT_EXPECT_EQ(test, add.value, 10);
	add.value = -11;
	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), 0);
	KUNIT_EXPECT_EQ(test, (s64)add.value, -1);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_ADDS), 2);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_INSERTS), 1);
	tm_test_clock_advance(100 * MS);
	add.value = 3;
	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), 0);
	KUNIT_EXPECT_EQ(test, add.value, 3);
}

static void counters_compare_and_swap_where_they_are(struct kunit *test)
{
	s64 expected = 7;
	struct tm_update update = {
		.flags = TTLMAP_IF_VALUE,
		.condition = { .flags = TTLMAP_IF_VALUE, .len = 8, .value = &expected },
	};
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_COUNTERS | TTLMAP_F_SLIDING, 10);
	struct tm_add add = add_to(map, "n", 7, 0);

	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_map_add(map, &add), 0);
	expected = 6;
	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), -ECANCELED);
	expected = 7;
	update.ttl_ns = 500 * MS;
	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "n", "eight..."));
	KUNIT_EXPECT_EQ(test, expiry_of(map, "n"), TM_TEST_NOW + 500 * MS);
	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), -ECANCELED);
	update.condition.len = 4;
	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), -ECANCELED);
	tm_test_clock_advance(500 * MS);
	KUNIT_EXPECT_EQ(test, run(map, "n", "eight...", &update), -ENOENT);
}

static int touch(struct ttlmap *map, const char *name, u64 ttl, u32 flags, u64 *left)
{
	struct ttlmap_op op = { .ttl_ns = ttl, .flags = flags };
	struct tm_key key;
	int ret;

	tm_map_key(map, &key, name, strlen(name));
	ret = tm_map_touch(map, &key, &op);
	*left = op.ttl_ns;
	return ret;
}

static void touch_gives_another_ttl(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_SLIDING, 10);
	u64 left;

	KUNIT_EXPECT_EQ(test, touch(map, "key", 10 * MS, 0, &left), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 100 * MS, 0), 0);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 50 * MS, 0, &left), 0);
	KUNIT_EXPECT_EQ(test, left, 50 * MS);
	KUNIT_EXPECT_EQ(test, expiry_of(map, "key"), TM_TEST_NOW + 50 * MS);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 20 * MS, TTLMAP_TTL_EXTEND, &left), 0);
	KUNIT_EXPECT_EQ(test, left, 50 * MS);
	KUNIT_EXPECT_EQ(test, touch(map, "key", TTLMAP_TTL_MAX + 1, 0, &left), -ERANGE);
	KUNIT_EXPECT_EQ(test, touch(map, "key", TTLMAP_TTL_NEVER, 0, &left), 0);
	KUNIT_EXPECT_EQ(test, left, TTLMAP_TTL_NEVER);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 20 * MS, 0, &left), 0);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_TOUCHES), 4);
	tm_test_clock_advance(20 * MS);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 20 * MS, 0, &left), -ENOENT);
	/* In a frozen map nothing has been removed, and it comes back. */
	tm_freeze(map);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 20 * MS, 0, &left), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "1"));
}

static void shortened_ttl_sets_the_timer_earlier(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	u64 left;

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", NSEC_PER_SEC, 0), 0);
	KUNIT_EXPECT_EQ(test, touch(map, "key", 50 * MS, 0, &left), 0);
	KUNIT_EXPECT_EQ(test, map->wheel.armed, tm_tick_due(TM_TEST_NOW + 50 * MS));
	tm_test_clock_advance(100 * MS);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 0);
}

static void frozen_map_takes_values_and_no_keys(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 2);

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "1", 10 * MS, 0), 0);
	tm_freeze(map);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "other", "1", 0, 0), -EROFS);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "2", 10 * MS, TTLMAP_NEW), -EEXIST);
	tm_test_clock_advance(20 * MS);
	KUNIT_EXPECT_FALSE(test, tm_test_holds(map, "key", "1"));
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "key", "3", 0, TTLMAP_NEW), 0);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "key", "3"));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_EXPIRED), 0);
}

static void frozen_full_map_makes_no_room(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 100, .max_entries = 10, .max_bytes = 80 },
	};
	struct ttlmap *map = tm_test_map_of(test, &params);
	char large[40] = { [0 ... 38] = 'x' };

	KUNIT_EXPECT_EQ(test, tm_test_update(map, "a", "1", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "b", "1", 0, 0), 0);
	tm_freeze(map);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "a", large, 0, 0), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(map, "a", "1"));
}

static void flags_that_contradict_each_other_are_refused(struct kunit *test)
{
	struct ttlmap *counters = tm_test_map(test, TTLMAP_F_COUNTERS | TTLMAP_F_OWNERS, 10);
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ttlmap *versions = tm_test_map(test, TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS, 10);

	KUNIT_EXPECT_TRUE(test, tm_map_flags_ok(map, TTLMAP_NEW | TTLMAP_TTL_KEEP));
	KUNIT_EXPECT_TRUE(test, tm_map_flags_ok(map, TTLMAP_EXISTING | TTLMAP_IF_VALUE));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_NEW | TTLMAP_EXISTING));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_NEW | TTLMAP_IF_VALUE));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_IF_EXPIRED | TTLMAP_IF_VALUE));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_IF_VERSION));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(map, TTLMAP_OWNED));
	KUNIT_EXPECT_TRUE(test, tm_map_flags_ok(versions, TTLMAP_IF_VERSION | TTLMAP_OWNED));
	KUNIT_EXPECT_TRUE(test, tm_map_flags_ok(counters, TTLMAP_OWNED));
	KUNIT_EXPECT_FALSE(test, tm_map_flags_ok(counters, TTLMAP_OWNED | TTLMAP_IF_VALUE));
}

static void lengths_are_checked(struct kunit *test)
{
	struct ttlmap *counters = tm_test_map(test, TTLMAP_F_COUNTERS, 10);
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_EQ(test, tm_map_check_update(map, 0, 0, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(map, 0, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(map, 0, TM_TEST_KEY_MAX, TM_TEST_VALUE_MAX), 0);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(map, 0, TM_TEST_KEY_MAX + 1, 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(map, 0, 1, TM_TEST_VALUE_MAX + 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(counters, 0, 1, 8), 0);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(counters, 0, 1, 7), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_map_check_update(counters, 0, 1, 9), -E2BIG);
}

/* Each allocation of an insert that splits fails in turn; the map stays as it was. */
static void insert_that_splits_survives_each_failed_allocation(struct kunit *test)
{
	unsigned int nth, refused = 0;
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	u64 number = 0;
	bool failed;
	int err;

	for (nth = 1; number < 2000; nth = nth % 4 + 1) {
		tm_test_fail_allocation(test, nth);
		err = tm_test_insert(map, number, 0);
		failed = tm_test_allocation_failed();
		if (err) {
			KUNIT_ASSERT_EQ(test, err, -ENOMEM);
			KUNIT_ASSERT_TRUE(test, failed);
			KUNIT_ASSERT_FALSE(test, tm_test_peek(map, number));
			refused++;
		} else {
			KUNIT_ASSERT_TRUE(test, tm_test_peek(map, number));
			number++;
		}
		KUNIT_ASSERT_EQ(test, atomic_long_read(&map->entries), number);
	}
	KUNIT_EXPECT_GT(test, refused, 100);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_NO_MEMORY), refused);
}

/* Neither the insert nor the worker splits: there is room until a segment is full. */
static void segment_that_cannot_be_split_fills_up(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	u64 number = 0;
	int err;

	if (tm_test_failure_may_be_theirs())
		kunit_skip(test, "the second allocation may be a detector's");
	disable_delayed_work_sync(&map->table.work);
	do {
		tm_test_fail_allocation(test, 2);
		err = tm_test_insert(map, number++, 0);
		tm_test_allocation_failed();
	} while (!err && number < 10000);
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), number - 1);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_NO_MEMORY), 1);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, number, 0), 0);
}

static void atomic_inserts_do_without_the_worker(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	u64 i, refused = 0;

	for (i = 0; i < 3000; i++) {
		struct ttlmap_buf buf = { .data = &i, .len = sizeof(i) };
		int err = ttlmap_update(map, buf, buf, 0, 0, GFP_ATOMIC | __GFP_NOWARN);

		KUNIT_ASSERT_TRUE(test, !err || err == -ENOMEM);
		KUNIT_ASSERT_EQ(test, tm_test_peek(map, i), !err);
		refused += !!err;
		if (err)
			flush_delayed_work(&map->table.work);
	}
	KUNIT_EXPECT_LT(test, refused, 300);
}

static void limit_of_memory_is_answered_with_edquot(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	unsigned long max = tm_memory_max;
	int err;

	tm_memory_max = 0;
	err = tm_test_insert(map, 1, 0);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, err, -EDQUOT);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_NO_MEMORY), 1);
}

static void pool_that_is_in_use_is_waited_for(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_PREALLOC, 10);
	unsigned int i;

	/* Ten and 64 to spare: what was replaced comes back after a grace period. */
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i % 10, 0), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 10);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_REPLACES), 990);
}

static struct kunit_case update_cases[] = {
	KUNIT_CASE(update_inserts_and_replaces),
	KUNIT_CASE(new_and_existing_mind_what_is_there),
	KUNIT_CASE(ttl_is_kept_or_extended),
	KUNIT_CASE(kept_ttl_goes_on_sliding),
	KUNIT_CASE(ttl_out_of_range_changes_nothing),
	KUNIT_CASE(full_map_that_does_not_evict_refuses),
	KUNIT_CASE(expired_entries_go_before_live_ones),
	KUNIT_CASE(entry_larger_than_the_map_is_refused),
	KUNIT_CASE(compare_and_swap_takes_the_value_that_it_expects),
	KUNIT_CASE(versions_are_new_at_each_write),
	KUNIT_CASE(counters_start_and_add),
	KUNIT_CASE(counters_compare_and_swap_where_they_are),
	KUNIT_CASE(touch_gives_another_ttl),
	KUNIT_CASE(shortened_ttl_sets_the_timer_earlier),
	KUNIT_CASE(frozen_map_takes_values_and_no_keys),
	KUNIT_CASE(frozen_full_map_makes_no_room),
	KUNIT_CASE(flags_that_contradict_each_other_are_refused),
	KUNIT_CASE(lengths_are_checked),
	KUNIT_CASE(insert_that_splits_survives_each_failed_allocation),
	KUNIT_CASE(segment_that_cannot_be_split_fills_up),
	KUNIT_CASE(atomic_inserts_do_without_the_worker),
	KUNIT_CASE(limit_of_memory_is_answered_with_edquot),
	KUNIT_CASE(pool_that_is_in_use_is_waited_for),
	{}
};

static struct kunit_suite update_suite = {
	.name = "ttlmap_update",
	.init = tm_fakes_init,
	.test_cases = update_cases,
};

kunit_test_suite(update_suite);
