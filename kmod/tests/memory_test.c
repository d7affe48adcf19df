// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/sizes.h>

#include "../memory.h"

static unsigned long limit;

static int memory_init(struct kunit *test)
{
	limit = tm_memory_max;
	return 0;
}

static void memory_exit(struct kunit *test)
{
	tm_memory_max = limit;
}

static void limit_is_a_part_of_the_machine(struct kunit *test)
{
	KUNIT_EXPECT_NE(test, tm_memory_max, 0);
}

static void charge_goes_up_to_the_limit(struct kunit *test)
{
	tm_memory_max = SZ_1M;
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(SZ_1M));
	KUNIT_EXPECT_FALSE(test, tm_memory_charge(1));
	tm_memory_uncharge(1);
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(1));
	KUNIT_EXPECT_FALSE(test, tm_memory_charge(SZ_1G));
	tm_memory_uncharge(SZ_1M);
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(SZ_1M));
	tm_memory_uncharge(SZ_1M);
}

static void lowered_limit_holds_for_what_comes(struct kunit *test)
{
	tm_memory_max = SZ_1M;
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(SZ_1M));
	tm_memory_max = SZ_64K;
	KUNIT_EXPECT_FALSE(test, tm_memory_charge(1));
	tm_memory_uncharge(SZ_1M);
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(1));
	tm_memory_uncharge(1);
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE(limit_is_a_part_of_the_machine),
	KUNIT_CASE(charge_goes_up_to_the_limit),
	KUNIT_CASE(lowered_limit_holds_for_what_comes),
	{}
};

static struct kunit_suite memory_suite = {
	.name = "ttlmap_memory",
	.init = memory_init,
	.exit = memory_exit,
	.test_cases = memory_cases,
};

kunit_test_suite(memory_suite);
