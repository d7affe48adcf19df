// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../args.h"
#include "fixture.h"

struct args {
	u64 first;
	u64 second;
};

#define MIN_SIZE	sizeof(u64)

static u64 __user *memory(struct kunit *test, u64 first, u64 second, u64 third)
{
	u64 __user *at = tm_test_user(test, PAGE_SIZE);

	KUNIT_ASSERT_EQ(test, put_user(first, &at[0]), 0);
	KUNIT_ASSERT_EQ(test, put_user(second, &at[1]), 0);
	KUNIT_ASSERT_EQ(test, put_user(third, &at[2]), 0);
	return at;
}

static void shorter_structures_read_as_zero_where_they_end(struct kunit *test)
{
	u64 __user *at = memory(test, 1, 2, 3);
	struct args args = { 7, 7 };

	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), at, 8, MIN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, args.first, 1);
	KUNIT_EXPECT_EQ(test, args.second, 0);
	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), at, 16, MIN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, args.second, 2);
	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), at, 7, MIN_SIZE), -EINVAL);
}

static void longer_structures_have_to_end_in_zeros(struct kunit *test)
{
	struct args args;

	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), memory(test, 1, 2, 0), PAGE_SIZE,
					 MIN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), memory(test, 1, 2, 3), 24,
					 MIN_SIZE), -E2BIG);
	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), memory(test, 1, 2, 0), PAGE_SIZE + 1,
					 MIN_SIZE), -E2BIG);
}

static void structures_are_written_as_long_as_the_caller_knows_them(struct kunit *test)
{
	const struct args args = { 10, 20 };
	u64 __user *at = memory(test, 1, 2, 3);
	u64 out[3];

	KUNIT_EXPECT_EQ(test, tm_args_out(at, 8, &args, sizeof(args)), 0);
	KUNIT_ASSERT_EQ(test, copy_from_user(out, at, sizeof(out)), 0);
	KUNIT_EXPECT_MEMEQ(test, out, ((u64[]){ 10, 2, 3 }), sizeof(out));
	KUNIT_EXPECT_EQ(test, tm_args_out(at, 24, &args, sizeof(args)), 0);
	KUNIT_ASSERT_EQ(test, copy_from_user(out, at, sizeof(out)), 0);
	KUNIT_EXPECT_MEMEQ(test, out, ((u64[]){ 10, 20, 0 }), sizeof(out));
}

static void memory_that_is_not_there_is_a_fault(struct kunit *test)
{
	void __user *end = tm_test_user(test, PAGE_SIZE) + PAGE_SIZE;
	struct args args = {};

	KUNIT_EXPECT_EQ(test, tm_args_in(&args, sizeof(args), end - 8, 16, MIN_SIZE), -EFAULT);
	KUNIT_EXPECT_EQ(test, tm_args_out(end - 8, 16, &args, sizeof(args)), -EFAULT);
	KUNIT_EXPECT_EQ(test, tm_args_out(end - 16, 24, &args, sizeof(args)), -EFAULT);
	KUNIT_EXPECT_EQ(test, tm_args_out(end - 16, 16, &args, sizeof(args)), 0);
}

static struct kunit_case args_cases[] = {
	KUNIT_CASE(shorter_structures_read_as_zero_where_they_end),
	KUNIT_CASE(longer_structures_have_to_end_in_zeros),
	KUNIT_CASE(structures_are_written_as_long_as_the_caller_knows_them),
	KUNIT_CASE(memory_that_is_not_there_is_a_fault),
	{}
};

static struct kunit_suite args_suite = {
	.name = "ttlmap_args",
	.test_cases = args_cases,
};

kunit_test_suite(args_suite);
