// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../entry.h"
#include "../limits.h"
#include "fakes.h"

#define MS	NSEC_PER_MSEC

static struct ttlmap_create sound(void)
{
	return (struct ttlmap_create){ .key_max = 16, .value_max = 100, .max_entries = 1000 };
}

#define EXPECT_CHECK(test, result, field, number)				\
do {										\
	struct ttlmap_create limits = sound();					\
										\
	limits.field = (number);						\
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), result);		\
} while (0)

static void check_takes_the_least_and_the_most(struct kunit *test)
{
	EXPECT_CHECK(test, 0, flags, 0);
	EXPECT_CHECK(test, 0, key_max, 1);
	EXPECT_CHECK(test, 0, key_max, TTLMAP_KEY_MAX);
	EXPECT_CHECK(test, 0, value_max, 0);
	EXPECT_CHECK(test, 0, value_max, TTLMAP_VALUE_MAX);
	EXPECT_CHECK(test, 0, max_entries, 1);
	EXPECT_CHECK(test, 0, max_entries, TTLMAP_ENTRIES_MAX);
	EXPECT_CHECK(test, 0, max_bytes, LONG_MAX);
	EXPECT_CHECK(test, 0, default_ttl_ns, TTLMAP_TTL_MAX);
	EXPECT_CHECK(test, 0, default_ttl_ns, TTLMAP_TTL_NEVER);
	EXPECT_CHECK(test, 0, min_ttl_ns, TTLMAP_TTL_MAX);
	EXPECT_CHECK(test, 0, max_ttl_ns, TTLMAP_TTL_MAX);
	EXPECT_CHECK(test, 0, jitter_ns, TTLMAP_TTL_MAX);
}

static void check_refuses_what_lies_beyond(struct kunit *test)
{
	EXPECT_CHECK(test, -EINVAL, key_max, 0);
	EXPECT_CHECK(test, -EINVAL, key_max, TTLMAP_KEY_MAX + 1);
	EXPECT_CHECK(test, -EINVAL, value_max, TTLMAP_VALUE_MAX + 1);
	EXPECT_CHECK(test, -EINVAL, max_entries, 0);
	EXPECT_CHECK(test, -EINVAL, max_entries, TTLMAP_ENTRIES_MAX + 1);
	EXPECT_CHECK(test, -EINVAL, max_bytes, (u64)LONG_MAX + 1);
	EXPECT_CHECK(test, -ERANGE, default_ttl_ns, TTLMAP_TTL_MAX + 1);
	EXPECT_CHECK(test, -ERANGE, min_ttl_ns, TTLMAP_TTL_MAX + 1);
	EXPECT_CHECK(test, -ERANGE, max_ttl_ns, TTLMAP_TTL_MAX + 1);
	EXPECT_CHECK(test, -ERANGE, jitter_ns, TTLMAP_TTL_MAX + 1);
}

static void check_knows_which_flags_go_together(struct kunit *test)
{
	struct ttlmap_create counters = sound();

	EXPECT_CHECK(test, -EINVAL, flags, TTLMAP_F_PRIVATE << 1);
	EXPECT_CHECK(test, 0, flags, TTLMAP_F_RECLAIM);
	EXPECT_CHECK(test, 0, flags, TTLMAP_F_NO_EVICT);
	EXPECT_CHECK(test, -EINVAL, flags, TTLMAP_F_RECLAIM | TTLMAP_F_NO_EVICT);
	EXPECT_CHECK(test, -EINVAL, flags, TTLMAP_F_COUNTERS);
	counters.flags = TTLMAP_F_COUNTERS;
	counters.value_max = sizeof(u64);
	KUNIT_EXPECT_EQ(test, tm_limits_check(&counters), 0);
	counters.flags |= TTLMAP_F_VERSIONS;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&counters), -EINVAL);
	counters.flags = (TTLMAP_F_PRIVATE << 1) - 1;
	counters.flags &= ~(TTLMAP_F_VERSIONS | TTLMAP_F_RECLAIM);
	KUNIT_EXPECT_EQ(test, tm_limits_check(&counters), 0);
}

static void check_wants_ttls_that_agree(struct kunit *test)
{
	struct ttlmap_create limits = sound();

	limits.min_ttl_ns = 10 * MS;
	limits.max_ttl_ns = 10 * MS;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), 0);
	limits.default_ttl_ns = 10 * MS;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), 0);
	limits.default_ttl_ns = 10 * MS + 1;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), -ERANGE);
	limits.default_ttl_ns = 10 * MS - 1;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), -ERANGE);
	limits.default_ttl_ns = TTLMAP_TTL_NEVER;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), -ERANGE);
	limits.default_ttl_ns = 0;
	limits.min_ttl_ns = 10 * MS + 1;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), -ERANGE);
	limits.max_ttl_ns = 0;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), 0);
}

static void check_wants_no_endless_default_where_ttls_are_required(struct kunit *test)
{
	struct ttlmap_create limits = sound();

	limits.flags = TTLMAP_F_REQUIRE_TTL;
	limits.default_ttl_ns = TTLMAP_TTL_NEVER;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), -ERANGE);
	limits.default_ttl_ns = 1;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), 0);
	limits.default_ttl_ns = 0;
	KUNIT_EXPECT_EQ(test, tm_limits_check(&limits), 0);
}

static void expiry_is_the_ttl_from_now_on(struct kunit *test)
{
	struct ttlmap_create limits = sound();
	u64 expires;

	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 5, 1000, &expires), 0);
	KUNIT_EXPECT_EQ(test, expires, 1005);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, TTLMAP_TTL_MAX, 1000, &expires), 0);
	KUNIT_EXPECT_EQ(test, expires, 1000 + TTLMAP_TTL_MAX);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, TTLMAP_TTL_MAX + 1, 0, &expires), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, TTLMAP_TTL_NEVER, 1000, &expires), 0);
	KUNIT_EXPECT_EQ(test, expires, TM_EXPIRES_NEVER);
}

static void expiry_without_a_ttl_is_the_default(struct kunit *test)
{
	struct ttlmap_create limits = sound();
	u64 expires;

	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 0, 1000, &expires), 0);
	KUNIT_EXPECT_EQ(test, expires, TM_EXPIRES_NEVER);
	limits.default_ttl_ns = 7;
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 0, 1000, &expires), 0);
	KUNIT_EXPECT_EQ(test, expires, 1007);
	limits.default_ttl_ns = 0;
	limits.flags = TTLMAP_F_REQUIRE_TTL;
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 0, 1000, &expires), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, TTLMAP_TTL_NEVER, 0, &expires), -ERANGE);
}

static void expiry_keeps_within_the_limits(struct kunit *test)
{
	struct ttlmap_create limits = sound();
	u64 expires;

	limits.min_ttl_ns = 10;
	limits.max_ttl_ns = 20;
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 9, 0, &expires), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 10, 0, &expires), 0);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 20, 0, &expires), 0);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, 21, 0, &expires), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_limits_expiry(&limits, TTLMAP_TTL_NEVER, 0, &expires), -ERANGE);
}

static u64 expiry_with(struct ttlmap_create *limits, u64 ttl, u64 random)
{
	u64 expires = 0;

	tm_test_random_set(random);
	return tm_limits_expiry(limits, ttl, 1000, &expires) ? 0 : expires;
}

static void jitter_shortens_by_no_more_than_it_may(struct kunit *test)
{
	struct ttlmap_create limits = sound();

	limits.jitter_ns = 30;
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 100, 0), 1100);
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 100, 30), 1070);
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 100, 31), 1100);
	/* Half of a short TTL is left in any case. */
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 40, 20), 1020);
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 40, 21), 1040);
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, 1, U64_MAX), 1001);
	KUNIT_EXPECT_EQ(test, expiry_with(&limits, TTLMAP_TTL_NEVER, 30), TM_EXPIRES_NEVER);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(check_takes_the_least_and_the_most),
	KUNIT_CASE(check_refuses_what_lies_beyond),
	KUNIT_CASE(check_knows_which_flags_go_together),
	KUNIT_CASE(check_wants_ttls_that_agree),
	KUNIT_CASE(check_wants_no_endless_default_where_ttls_are_required),
	KUNIT_CASE(expiry_is_the_ttl_from_now_on),
	KUNIT_CASE(expiry_without_a_ttl_is_the_default),
	KUNIT_CASE(expiry_keeps_within_the_limits),
	KUNIT_CASE(jitter_shortens_by_no_more_than_it_may),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "ttlmap_limits",
	.init = tm_fakes_init,
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
