/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's test harness as cppcheck sees it: what the macros mean. What they
 * really expand to takes it minutes.
 */
#ifndef __KSELFTEST_HARNESS_H
#define __KSELFTEST_HARNESS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TH_LOG(...)			fprintf(stderr, __VA_ARGS__)
#define SKIP(statement, ...)		statement

#define FIXTURE(name)			struct data_##name
#define FIXTURE_DATA(name)		struct data_##name
#define FIXTURE_VARIANT(name)		struct variant_##name
#define FIXTURE_VARIANT_ADD(name, which) \
	static struct variant_##name name##_##which =
#define FIXTURE_PARAMETERS(name)	struct data_##name *self, const struct variant_##name *variant
#define FIXTURE_SETUP(name)		void name##_setup(FIXTURE_PARAMETERS(name))
#define FIXTURE_TEARDOWN(name)		void name##_teardown(FIXTURE_PARAMETERS(name))
#define TEST(name)			void name(void)
#define TEST_F(fixture, name)		void fixture##_##name(FIXTURE_PARAMETERS(fixture))
#define TEST_F_TIMEOUT(fixture, name, seconds)	TEST_F(fixture, name)
#define TEST_HARNESS_MAIN		int main(void) { return 0; }

/* A block that may follow is carried out when the assertion fails. */
#define ASSERT_TRUE(seen)		for (; !(seen); abort())
#define EXPECT_TRUE(seen)		for (bool th_failed = !(seen); th_failed; th_failed = false)

#define ASSERT_FALSE(seen)		ASSERT_TRUE(!(seen))
#define ASSERT_NULL(seen)		ASSERT_TRUE(!(seen))
#define ASSERT_EQ(expected, seen)	ASSERT_TRUE((expected) == (seen))
#define ASSERT_NE(expected, seen)	ASSERT_TRUE((expected) != (seen))
#define ASSERT_LT(expected, seen)	ASSERT_TRUE((expected) < (seen))
#define ASSERT_LE(expected, seen)	ASSERT_TRUE((expected) <= (seen))
#define ASSERT_GT(expected, seen)	ASSERT_TRUE((expected) > (seen))
#define ASSERT_GE(expected, seen)	ASSERT_TRUE((expected) >= (seen))
#define ASSERT_STREQ(expected, seen)	ASSERT_TRUE(!strcmp(expected, seen))
#define ASSERT_STRNE(expected, seen)	ASSERT_TRUE(strcmp(expected, seen))

#define EXPECT_FALSE(seen)		EXPECT_TRUE(!(seen))
#define EXPECT_NULL(seen)		EXPECT_TRUE(!(seen))
#define EXPECT_EQ(expected, seen)	EXPECT_TRUE((expected) == (seen))
#define EXPECT_NE(expected, seen)	EXPECT_TRUE((expected) != (seen))
#define EXPECT_LT(expected, seen)	EXPECT_TRUE((expected) < (seen))
#define EXPECT_LE(expected, seen)	EXPECT_TRUE((expected) <= (seen))
#define EXPECT_GT(expected, seen)	EXPECT_TRUE((expected) > (seen))
#define EXPECT_GE(expected, seen)	EXPECT_TRUE((expected) >= (seen))
#define EXPECT_STREQ(expected, seen)	EXPECT_TRUE(!strcmp(expected, seen))
#define EXPECT_STRNE(expected, seen)	EXPECT_TRUE(strcmp(expected, seen))

#endif
