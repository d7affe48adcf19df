// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>

#include "fixture.h"

#define MS	NSEC_PER_MSEC

static void lookup_many_finds_what_one_would(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct tm_entry *entries[20];
	struct ttlmap_buf keys[20];
	unsigned int i, found = 0;
	u64 numbers[20];

	tm_test_fill(test, map, 0, 10);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		numbers[i] = i;
		keys[i] = (struct ttlmap_buf){ .data = &numbers[i], .len = sizeof(u64) };
	}
	rcu_read_lock();
	ttlmap_lookup_many(map, keys, entries, ARRAY_SIZE(keys));
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		found += entries[i] && !memcmp(ttlmap_entry_key(entries[i]).data, &numbers[i],
					       sizeof(u64));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, found, 10);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_HITS), 10);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_MISSES), 10);
}

static void keys_that_no_map_could_hold_are_refused(struct kunit *test)
{
	char key[TM_TEST_KEY_MAX + 2] = { [0 ... TM_TEST_KEY_MAX] = 'k' };
	struct ttlmap *map = tm_test_map(test, 0, 10);

	KUNIT_EXPECT_FALSE(test, tm_test_holds(map, key, ""));
	KUNIT_EXPECT_FALSE(test, tm_test_holds(map, "", ""));
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_MISSES), 0);
	KUNIT_EXPECT_EQ(test, ttlmap_delete(map, key, strlen(key)), -EINVAL);
	KUNIT_EXPECT_EQ(test, ttlmap_delete(map, key, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, key, "", 0, 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "", "", 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "k", "", 0, TTLMAP_IF_VALUE), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_test_update(map, "k", "", 0, TTLMAP_OWNED), -EINVAL);
}

static void add_wants_a_map_of_counters(struct kunit *test)
{
	struct ttlmap *counters = tm_test_map(test, TTLMAP_F_COUNTERS, 10);
	char key[TM_TEST_KEY_MAX + 2] = { [0 ... TM_TEST_KEY_MAX] = 'k' };
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ttlmap_buf buf = tm_test_buf("n"), empty = {}, large = tm_test_buf(key);
	s64 value = 5;

	KUNIT_EXPECT_EQ(test, ttlmap_add(map, buf, &value, 0, GFP_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, ttlmap_add(counters, empty, &value, 0, GFP_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, ttlmap_add(counters, large, &value, 0, GFP_KERNEL), -E2BIG);
	KUNIT_EXPECT_EQ(test, ttlmap_add(counters, buf, &value, TTLMAP_TTL_MAX + 1, GFP_KERNEL),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, value, 5);
	KUNIT_EXPECT_EQ(test, ttlmap_add(counters, buf, &value, 0, GFP_KERNEL), 0);
	value = -7;
	KUNIT_EXPECT_EQ(test, ttlmap_add(counters, buf, &value, 0, GFP_ATOMIC), 0);
	KUNIT_EXPECT_EQ(test, value, -2);
}

static void reference_keeps_an_entry_that_has_gone(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct tm_entry *entry;
	u64 entries, bytes;

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "value", 0, 0), 0);
	rcu_read_lock();
	entry = ttlmap_lookup(map, "key", 3);
	if (entry && !ttlmap_entry_get(entry))
		entry = NULL;
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, ttlmap_delete(map, "key", 3), 0);
	while (tm_retire_flush(map->retirer))
		;
	KUNIT_EXPECT_EQ(test, ttlmap_entry_value(entry).len, 5);
	KUNIT_EXPECT_MEMEQ(test, ttlmap_entry_value(entry).data, "value", 5);
	tm_retired_sum(map->retirer, &entries, &bytes);
	KUNIT_EXPECT_EQ(test, entries, 1);
	ttlmap_entry_put(map, entry);
	tm_retired_sum(map->retirer, &entries, &bytes);
	KUNIT_EXPECT_EQ(test, entries, 0);
}

struct visits {
	unsigned int n;
	unsigned int stop;
};

static int visit(void *arg, struct tm_entry *entry)
{
	struct visits *visits = arg;

	return ++visits->n == visits->stop ? 99 : 0;
}

static void every_living_entry_is_visited(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	struct visits visits = {};
	u64 i;

	tm_test_fill(test, map, 0, 1000);
	for (i = 1000; i < 1100; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, 10 * MS), 0);
	KUNIT_EXPECT_EQ(test, ttlmap_for_each(map, visit, &visits), 0);
	KUNIT_EXPECT_EQ(test, visits.n, 1100);
	tm_test_clock_advance(10 * MS);
	visits.n = 0;
	KUNIT_EXPECT_EQ(test, ttlmap_for_each(map, visit, &visits), 0);
	KUNIT_EXPECT_EQ(test, visits.n, 1000);
	visits = (struct visits){ .stop = 10 };
	KUNIT_EXPECT_EQ(test, ttlmap_for_each(map, visit, &visits), 99);
	KUNIT_EXPECT_EQ(test, visits.n, 10);
}

static void count(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	*(unsigned int *)arg += reason == TTLMAP_MAP_GONE;
}

static void put_returns_after_the_last_goodbye(struct kunit *test)
{
	unsigned int gone = 0;
	struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 100 },
		.removed = count,
		.arg = &gone,
	};
	struct ttlmap *map = ttlmap_create(&params);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	tm_test_fill(test, map, 0, 100);
	ttlmap_put(map);
	KUNIT_EXPECT_EQ(test, gone, 100);
	/* Programs could keep it for longer than the callback may be called. */
	strscpy(params.limits.name, "kunit", sizeof(params.limits.name));
	KUNIT_EXPECT_EQ(test, PTR_ERR(ttlmap_create(&params)), -EINVAL);
}

static struct kunit_case api_cases[] = {
	KUNIT_CASE(lookup_many_finds_what_one_would),
	KUNIT_CASE(keys_that_no_map_could_hold_are_refused),
	KUNIT_CASE(add_wants_a_map_of_counters),
	KUNIT_CASE(reference_keeps_an_entry_that_has_gone),
	KUNIT_CASE(every_living_entry_is_visited),
	KUNIT_CASE(put_returns_after_the_last_goodbye),
	{}
};

static struct kunit_suite api_suite = {
	.name = "ttlmap_api",
	.init = tm_fakes_init,
	.test_cases = api_cases,
};

kunit_test_suite(api_suite);
