// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>

#include "../entry.h"
#include "../retire.h"
#include "fixture.h"

static int removed;

static void count_removed(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	WRITE_ONCE(removed, removed + 1);
}

static const struct tm_kind kind = {
	.ttl_at = -1, .version_at = -1, .removed = count_removed,
};

static void free_retirer(void *retirer)
{
	tm_retirer_free((__force struct tm_retirer __percpu *)retirer);
}

static struct tm_retirer __percpu *new_retirer(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = tm_retirer_alloc(&kind);
	void *ctx = (__force void *)retirer;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_retirer, ctx), 0);
	WRITE_ONCE(removed, 0);
	return retirer;
}

static void retire(struct tm_retirer __percpu *retirer, struct tm_entry *entry)
{
	preempt_disable();
	tm_retire(retirer, entry, tm_entry_bytes(&kind, entry));
	preempt_enable();
}

static u64 entries_of(struct tm_retirer __percpu *retirer)
{
	u64 entries, bytes;

	tm_retired_sum(retirer, &entries, &bytes);
	return entries;
}

static u64 bytes_of(struct tm_retirer __percpu *retirer)
{
	u64 entries, bytes;

	tm_retired_sum(retirer, &entries, &bytes);
	return bytes;
}

static void nothing_retired_is_nothing_to_wait_for(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = new_retirer(test);

	KUNIT_EXPECT_EQ(test, entries_of(retirer), 0);
	KUNIT_EXPECT_FALSE(test, tm_retire_flush(retirer));
	KUNIT_EXPECT_FALSE(test, tm_retire_throttle(retirer));
}

static void retired_counts_until_a_grace_period_has_passed(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = new_retirer(test);
	struct tm_entry *entry[3];
	unsigned int i;
	u64 entries = 0, bytes = 0;

	for (i = 0; i < ARRAY_SIZE(entry); i++)
		entry[i] = tm_test_entry(test, 0, 1);
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(entry); i++)
		retire(retirer, entry[i]);
	entries = entries_of(retirer);
	bytes = bytes_of(retirer);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, entries, 3);
	KUNIT_EXPECT_EQ(test, bytes, 3 * 32);
	while (tm_retire_flush(retirer))
		;
	KUNIT_EXPECT_EQ(test, entries_of(retirer), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(retirer), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(removed), 3);
}

static void free_waits_for_all_of_it(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = tm_retirer_alloc(&kind);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, (__force void *)retirer);
	WRITE_ONCE(removed, 0);
	for (i = 0; i < 1000; i++)
		retire(retirer, tm_test_entry(test, 0, 1));
	tm_retirer_free(retirer);
	KUNIT_EXPECT_EQ(test, READ_ONCE(removed), 1000);
}

static void throttle_waits_where_too_much_is_retired(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = new_retirer(test);

	tm_test_retire_much(test, &kind, retirer);
	KUNIT_EXPECT_TRUE(test, tm_retire_throttle(retirer));
	KUNIT_EXPECT_LE(test, bytes_of(retirer), SZ_4M);
}

static void reference_outlives_the_grace_period(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = new_retirer(test);
	struct tm_entry *entry = tm_test_entry(test, 0, 1);

	KUNIT_ASSERT_TRUE(test, tm_entry_pin(entry));
	retire(retirer, entry);
	while (tm_retire_flush(retirer))
		;
	KUNIT_EXPECT_EQ(test, READ_ONCE(removed), 0);
	KUNIT_EXPECT_EQ(test, entries_of(retirer), 1);
	KUNIT_EXPECT_EQ(test, bytes_of(retirer), 32);
	tm_retire_unpin(retirer, entry);
	KUNIT_EXPECT_EQ(test, READ_ONCE(removed), 1);
	KUNIT_EXPECT_EQ(test, entries_of(retirer), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(retirer), 0);
}

static void reference_to_what_is_still_there_frees_nothing(struct kunit *test)
{
	struct tm_retirer __percpu *retirer = new_retirer(test);
	struct tm_entry *entry = tm_test_entry(test, 0, 1);

	KUNIT_ASSERT_TRUE(test, tm_entry_pin(entry));
	tm_retire_unpin(retirer, entry);
	KUNIT_EXPECT_EQ(test, READ_ONCE(removed), 0);
	tm_entry_free(&kind, entry);
}

static struct kunit_case retire_cases[] = {
	KUNIT_CASE(nothing_retired_is_nothing_to_wait_for),
	KUNIT_CASE(retired_counts_until_a_grace_period_has_passed),
	KUNIT_CASE(free_waits_for_all_of_it),
	KUNIT_CASE(throttle_waits_where_too_much_is_retired),
	KUNIT_CASE(reference_outlives_the_grace_period),
	KUNIT_CASE(reference_to_what_is_still_there_frees_nothing),
	{}
};

static struct kunit_suite retire_suite = {
	.name = "ttlmap_retire",
	.init = tm_fakes_init,
	.test_cases = retire_cases,
};

kunit_test_suite(retire_suite);
