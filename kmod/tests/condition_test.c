// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>

#include "../condition.h"
#include "fixture.h"

static struct tm_entry *find(struct ttlmap *map, const char *name, struct tm_condition *condition)
{
	struct tm_entry *entry;
	struct tm_key key;

	tm_map_key(map, &key, name, strlen(name));
	rcu_read_lock();
	entry = tm_condition_find(map, &key, condition, tm_now());
	rcu_read_unlock();
	return entry;
}

static struct ttlmap *versioned(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_VERSIONS, 100);

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "value", NSEC_PER_SEC, 0), 0);
	return map;
}

static void absent_key_meets_no_condition(struct kunit *test)
{
	struct tm_condition condition = {};
	struct ttlmap *map = versioned(test);

	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "other", &condition)), -ENOENT);
}

static void expired_entry_meets_no_condition(struct kunit *test)
{
	struct tm_condition condition = {};
	struct ttlmap *map = versioned(test);

	tm_test_clock_advance(NSEC_PER_SEC - 1);
	KUNIT_EXPECT_FALSE(test, IS_ERR(find(map, "key", &condition)));
	tm_test_clock_advance(1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "key", &condition)), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_CANCELED), 0);
}

static void value_is_compared_whole(struct kunit *test)
{
	static const struct {
		const char *value;
		u32 len;
		bool holds;
	} cases[] = {
		{ "value", 5, true },
		{ "valuf", 5, false },
		{ "value", 4, false },
		{ "value", 6, false },
		{ NULL, 0, false },
	};
	struct ttlmap *map = versioned(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tm_condition condition = {
			.flags = TTLMAP_IF_VALUE, .len = cases[i].len, .value = cases[i].value,
		};

		KUNIT_EXPECT_EQ(test, !IS_ERR(find(map, "key", &condition)), cases[i].holds);
	}
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_CANCELED), 4);
}

static void empty_value_equals_itself(struct kunit *test)
{
	struct tm_condition condition = { .flags = TTLMAP_IF_VALUE };
	struct ttlmap *map = versioned(test);

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "empty", "", 0, 0), 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR(find(map, "empty", &condition)));
}

static void wrong_version_is_answered_with_the_right_one(struct kunit *test)
{
	struct tm_condition condition = { .flags = TTLMAP_IF_VERSION, .version = U64_MAX };
	struct ttlmap *map = versioned(test);
	u64 version;

	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "key", &condition)), -ECANCELED);
	version = condition.version;
	KUNIT_EXPECT_NE(test, version, U64_MAX);
	KUNIT_EXPECT_FALSE(test, IS_ERR(find(map, "key", &condition)));
	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "value", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "key", &condition)), -ECANCELED);
	KUNIT_EXPECT_NE(test, condition.version, version);
	KUNIT_EXPECT_EQ(test, tm_test_stat(map, TM_CANCELED), 2);
}

static void both_conditions_have_to_hold(struct kunit *test)
{
	struct tm_condition condition = {
		.flags = TTLMAP_IF_VERSION | TTLMAP_IF_VALUE, .len = 5, .value = "value",
	};
	struct ttlmap *map = versioned(test);

	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "key", &condition)), -ECANCELED);
	KUNIT_EXPECT_FALSE(test, IS_ERR(find(map, "key", &condition)));
	condition.value = "other";
	KUNIT_EXPECT_EQ(test, PTR_ERR(find(map, "key", &condition)), -ECANCELED);
}

static struct kunit_case condition_cases[] = {
	KUNIT_CASE(absent_key_meets_no_condition),
	KUNIT_CASE(expired_entry_meets_no_condition),
	KUNIT_CASE(value_is_compared_whole),
	KUNIT_CASE(empty_value_equals_itself),
	KUNIT_CASE(wrong_version_is_answered_with_the_right_one),
	KUNIT_CASE(both_conditions_have_to_hold),
	{}
};

static struct kunit_suite condition_suite = {
	.name = "ttlmap_condition",
	.init = tm_fakes_init,
	.test_cases = condition_cases,
};

kunit_test_suite(condition_suite);
