// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../tick.h"

#define TICK	BIT_ULL(TM_TICK_SHIFT)

static void tick_begins_at_its_own_time(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tm_tick(0), 0);
	KUNIT_EXPECT_EQ(test, tm_tick(TICK - 1), 0);
	KUNIT_EXPECT_EQ(test, tm_tick(TICK), 1);
	KUNIT_EXPECT_EQ(test, tm_tick(tm_tick_ns(12345)), 12345);
	KUNIT_EXPECT_EQ(test, tm_tick(tm_tick_ns(12345) - 1), 12344);
}

static void due_tick_is_not_before_the_expiry(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tm_tick_due(1), 1);
	KUNIT_EXPECT_EQ(test, tm_tick_due(TICK - 1), 1);
	KUNIT_EXPECT_EQ(test, tm_tick_due(TICK), 1);
	KUNIT_EXPECT_EQ(test, tm_tick_due(TICK + 1), 2);
	KUNIT_EXPECT_EQ(test, tm_tick_due(7 * TICK), 7);
}

static struct kunit_case tick_cases[] = {
	KUNIT_CASE(tick_begins_at_its_own_time),
	KUNIT_CASE(due_tick_is_not_before_the_expiry),
	{}
};

static struct kunit_suite tick_suite = {
	.name = "ttlmap_tick",
	.test_cases = tick_cases,
};

kunit_test_suite(tick_suite);
