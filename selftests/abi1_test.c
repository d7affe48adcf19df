// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of other times: what the first ABI published is where it was, a program
 * that was built with its header works with today's module, and so does one that is
 * built with a header of later on, as long as it asks for nothing that is new.
 */
#include "abi1/client.h"
#include "abi1/layout.h"
#include "harness.h"

/* What is elsewhere, or shorter, or longer where it may not be. */
static int differences(const struct layout *now)
{
	int count = 0;

	for (const struct layout *was = layout_first; was->what; was++, now++) {
		if (was->at == now->at &&
		    (was->size == now->size || (was->grows && was->size < now->size)))
			continue;
		ksft_print_msg("%s was %llu (%llu), is %llu (%llu)\n", was->what, was->at,
			       was->size, now->at, now->size);
		count++;
	}
	return count;
}

TEST(what_was_published_stays)
{
	EXPECT_EQ(0, differences(layout_first));
	EXPECT_EQ(0, differences(layout_today));
	EXPECT_EQ(0, differences(layout_later));
}

/* The proof that it would be noticed: the 8 fields of a structure, and a number. */
TEST(what_moves_is_noticed)
{
	EXPECT_EQ(9, differences(layout_wrong));
}

TEST(a_program_of_the_first_abi)
{
	EXPECT_EQ(0, client_first());
	EXPECT_EQ(0, client_today());
}

TEST(a_program_of_later_on)
{
	EXPECT_EQ(0, client_later());
}

TEST_HARNESS_MAIN
