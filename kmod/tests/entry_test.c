// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "../entry.h"
#include "../memory.h"
#include "fixture.h"

#define HEADER	sizeof(struct tm_entry)

/* What an entry with a value of so many bytes, and a key of 8, takes. */
static size_t bytes_of(struct kunit *test, u32 value_len)
{
	struct tm_entry *entry = tm_entry_alloc(&tm_test_kind, 8, value_len, GFP_KERNEL);
	size_t bytes;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	bytes = tm_entry_bytes(&tm_test_kind, entry);
	tm_entry_free(&tm_test_kind, entry);
	return bytes;
}

static void classes_waste_less_than_a_step(struct kunit *test)
{
	size_t size, bytes, step;

	KUNIT_EXPECT_EQ(test, bytes_of(test, 0), 32);
	for (size = 32; size <= 1024; size++) {
		bytes = bytes_of(test, size - HEADER - 8);
		step = size <= 128 ? 8 : size <= 256 ? 16 : 64;
		KUNIT_ASSERT_EQ(test, bytes, ALIGN(size, step));
	}
}

static void long_entries_take_what_the_allocator_gives(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, bytes_of(test, 1025 - HEADER - 8), 1025);
	KUNIT_EXPECT_GE(test, bytes_of(test, 5000), 5000 + HEADER + 8);
	KUNIT_EXPECT_GE(test, bytes_of(test, TTLMAP_VALUE_MAX), TTLMAP_VALUE_MAX + HEADER + 8);
	KUNIT_EXPECT_LT(test, bytes_of(test, TTLMAP_VALUE_MAX), 2 * TTLMAP_VALUE_MAX + PAGE_SIZE);
}

static void multiples_of_a_cache_line_are_aligned_to_it(struct kunit *test)
{
	struct tm_entry *entries[8];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		entries[i] = tm_entry_alloc(&tm_test_kind, 16, 24, GFP_KERNEL);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)entries[i], 64));
	}
	for (i = 0; i < ARRAY_SIZE(entries); i++)
		tm_entry_free(&tm_test_kind, entries[i]);
}

static void key_value_and_tail_follow_each_other_aligned(struct kunit *test)
{
	const struct tm_kind kind = { .tail_words = 2, .ttl_at = 0, .version_at = 1 };
	struct tm_entry *entry = tm_entry_alloc(&kind, 9, 5, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	KUNIT_EXPECT_PTR_EQ(test, tm_entry_value(entry), (void *)entry->data + 16);
	KUNIT_EXPECT_PTR_EQ(test, (void *)tm_entry_tail(entry), (void *)entry->data + 24);
	tm_entry_tail(entry)[1] = 42;
	KUNIT_EXPECT_EQ(test, tm_entry_version(&kind, entry), 42);
	KUNIT_EXPECT_EQ(test, tm_entry_version(&tm_test_kind, entry), 0);
	KUNIT_EXPECT_GE(test, tm_entry_bytes(&kind, entry), HEADER + 16 + 8 + 16);
	tm_entry_free(&kind, entry);
}

static void lengths_of_the_longest_entry_are_kept(struct kunit *test)
{
	const struct tm_kind kind = { .tail_words = 6, .ttl_at = 4, .version_at = 5 };
	struct tm_entry *entry;

	entry = tm_entry_alloc(&kind, TTLMAP_KEY_MAX, TTLMAP_VALUE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, (u32)entry->key_len, TTLMAP_KEY_MAX);
	KUNIT_EXPECT_EQ(test, (u32)entry->value_len, TTLMAP_VALUE_MAX);
	KUNIT_EXPECT_EQ(test, entry->state, 0);
	tm_entry_tail(entry)[5] = 1;
	tm_entry_free(&kind, entry);
}

static void key_is_padded_with_zeros(struct kunit *test)
{
	struct tm_entry *entry = tm_entry_alloc(&tm_test_kind, 13, 0, GFP_KERNEL);
	static const u8 padded[16] = "a key of 13 b";

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	memset(entry->data, 0xff, 16);
	tm_entry_set_key(entry, "a key of 13 b");
	KUNIT_EXPECT_MEMEQ(test, entry->data, padded, 16);
	tm_entry_free(&tm_test_kind, entry);
	entry = tm_entry_alloc(&tm_test_kind, 8, 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	*(u8 *)tm_entry_value(entry) = 0xaa;
	tm_entry_set_key(entry, "8 bytes.");
	KUNIT_EXPECT_EQ(test, *(u8 *)tm_entry_value(entry), 0xaa);
	tm_entry_free(&tm_test_kind, entry);
}

static void key_matches_itself_alone(struct kunit *test)
{
	struct tm_entry *entry = tm_entry_alloc(&tm_test_kind, 3, 0, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	tm_entry_set_key(entry, "abc");
	KUNIT_EXPECT_TRUE(test, tm_entry_is(entry, &(struct tm_key){ .data = "abc", .len = 3 }));
	KUNIT_EXPECT_FALSE(test, tm_entry_is(entry, &(struct tm_key){ .data = "abd", .len = 3 }));
	KUNIT_EXPECT_FALSE(test, tm_entry_is(entry, &(struct tm_key){ .data = "abc", .len = 2 }));
	KUNIT_EXPECT_FALSE(test, tm_entry_is(entry, &(struct tm_key){ .data = "abc", .len = 4 }));
	tm_entry_free(&tm_test_kind, entry);
}

static void entry_expires_at_its_very_deadline(struct kunit *test)
{
	struct tm_entry *entry = tm_test_entry(test, 0, 1000);

	KUNIT_EXPECT_FALSE(test, tm_entry_expired(entry, 999));
	KUNIT_EXPECT_TRUE(test, tm_entry_expired(entry, 1000));
	KUNIT_EXPECT_EQ(test, tm_entry_left(entry, 999), 1);
	KUNIT_EXPECT_EQ(test, tm_entry_left(entry, 1000), 0);
	KUNIT_EXPECT_EQ(test, tm_entry_left(entry, 1001), 0);
	entry->expires = TM_EXPIRES_NEVER;
	KUNIT_EXPECT_FALSE(test, tm_entry_expired(entry, U64_MAX - 1));
	KUNIT_EXPECT_EQ(test, tm_entry_left(entry, 1), TTLMAP_TTL_NEVER);
	tm_entry_free(&tm_test_kind, entry);
}

static void alloc_stops_at_the_limit_of_memory(struct kunit *test)
{
	static const u32 lengths[] = { 0, 200, 1000, 100000 };
	unsigned long max = tm_memory_max;
	struct tm_entry *entry;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		tm_memory_max = 16;
		entry = tm_entry_alloc(&tm_test_kind, 8, lengths[i], GFP_KERNEL);
		tm_memory_max = max;
		KUNIT_EXPECT_EQ(test, PTR_ERR(entry), -EDQUOT);
	}
}

static void alloc_fails_where_there_is_no_memory(struct kunit *test)
{
	static const u32 lengths[] = { 0, 200, 1000 };
	struct tm_entry *entry;
	unsigned int i;
	bool failed;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		tm_test_fail_allocation(test, 1);
		entry = tm_entry_alloc(&tm_test_kind, 8, lengths[i], GFP_ATOMIC | __GFP_NOWARN);
		failed = tm_test_allocation_failed();
		KUNIT_EXPECT_TRUE(test, failed);
		KUNIT_EXPECT_EQ(test, PTR_ERR(entry), -ENOMEM);
	}
}

static void bury(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	*(int *)arg = reason;
}

static void release_frees_and_says_why(struct kunit *test)
{
	int reason = -1;
	const struct tm_kind kind = {
		.ttl_at = -1, .version_at = -1, .removed = bury, .removed_arg = &reason,
	};
	struct tm_entry *entry = tm_test_entry(test, 0, 1);

	tm_entry_gone(entry, TTLMAP_CLEARED);
	KUNIT_EXPECT_TRUE(test, tm_entry_release(&kind, entry));
	KUNIT_EXPECT_EQ(test, reason, TTLMAP_CLEARED);
	entry = tm_test_entry(test, 0, 1);
	KUNIT_EXPECT_TRUE(test, tm_entry_release(&kind, entry));
	KUNIT_EXPECT_EQ(test, reason, TTLMAP_MAP_GONE);
}

static void last_reference_buries_what_was_released(struct kunit *test)
{
	int reason = -1;
	const struct tm_kind kind = {
		.ttl_at = -1, .version_at = -1, .removed = bury, .removed_arg = &reason,
	};
	struct tm_entry *entry = tm_test_entry(test, 0, 1);

	KUNIT_EXPECT_TRUE(test, tm_entry_pin(entry));
	KUNIT_EXPECT_TRUE(test, tm_entry_pin(entry));
	KUNIT_EXPECT_FALSE(test, tm_entry_unpin(entry));
	tm_entry_gone(entry, TTLMAP_POPPED);
	KUNIT_EXPECT_FALSE(test, tm_entry_release(&kind, entry));
	KUNIT_EXPECT_EQ(test, reason, -1);
	KUNIT_EXPECT_TRUE(test, tm_entry_pin(entry));
	KUNIT_EXPECT_FALSE(test, tm_entry_unpin(entry));
	KUNIT_EXPECT_TRUE(test, tm_entry_unpin(entry));
	tm_entry_bury(&kind, entry);
	KUNIT_EXPECT_EQ(test, reason, TTLMAP_POPPED);
}

static void references_have_an_end(struct kunit *test)
{
	struct tm_entry *entry = tm_test_entry(test, 0, 1);
	unsigned int i;

	for (i = 0; i < TM_STATE_PINS; i++)
		KUNIT_ASSERT_TRUE(test, tm_entry_pin(entry));
	KUNIT_EXPECT_FALSE(test, tm_entry_pin(entry));
	tm_entry_gone(entry, TTLMAP_CLEARED);
	KUNIT_EXPECT_EQ(test, entry->state >> TM_STATE_REASON_SHIFT, TTLMAP_CLEARED);
	for (i = 0; i < TM_STATE_PINS; i++)
		KUNIT_ASSERT_FALSE(test, tm_entry_unpin(entry));
	KUNIT_EXPECT_TRUE(test, tm_entry_release(&tm_test_kind, entry));
}

static void pool_gives_what_it_was_filled_with(struct kunit *test)
{
	struct tm_kind kind = { .ttl_at = -1, .version_at = -1 };
	struct tm_pool pool = {};
	struct tm_entry *entries[3];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, tm_pool_fill(&kind, &pool, 3, 16, 64), 0);
	KUNIT_EXPECT_EQ(test, pool.slot_bytes, 104);
	KUNIT_EXPECT_EQ(test, tm_pool_bytes(&pool), 3 * 104);
	for (i = 0; i < 3; i++) {
		entries[i] = tm_entry_alloc(&kind, 1 + i, i, GFP_ATOMIC);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entries[i]);
		KUNIT_EXPECT_EQ(test, tm_entry_bytes(&kind, entries[i]), 104);
	}
	KUNIT_EXPECT_EQ(test, tm_pool_bytes(&pool), 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(tm_entry_alloc(&kind, 1, 1, GFP_KERNEL)), -ENOMEM);
	for (i = 0; i < 3; i++)
		tm_entry_free(&kind, entries[i]);
	KUNIT_EXPECT_EQ(test, tm_pool_bytes(&pool), 3 * 104);
	tm_pool_drain(&kind, &pool, 16, 64);
	KUNIT_EXPECT_NULL(test, kind.pool);
	KUNIT_EXPECT_EQ(test, tm_pool_bytes(&pool), 0);
}

static void pool_that_cannot_be_filled_is_drained(struct kunit *test)
{
	struct tm_kind kind = { .ttl_at = -1, .version_at = -1 };
	unsigned long max = tm_memory_max;
	struct tm_pool pool = {};
	int err;

	tm_memory_max = 2 * 104;
	err = tm_pool_fill(&kind, &pool, 3, 16, 64);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, err, -EDQUOT);
	KUNIT_EXPECT_NULL(test, kind.pool);
	KUNIT_EXPECT_EQ(test, pool.free_entries, 2);
	tm_pool_drain(&kind, &pool, 16, 64);
	KUNIT_EXPECT_NULL(test, pool.free);
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE(classes_waste_less_than_a_step),
	KUNIT_CASE(long_entries_take_what_the_allocator_gives),
	KUNIT_CASE(multiples_of_a_cache_line_are_aligned_to_it),
	KUNIT_CASE(key_value_and_tail_follow_each_other_aligned),
	KUNIT_CASE(lengths_of_the_longest_entry_are_kept),
	KUNIT_CASE(key_is_padded_with_zeros),
	KUNIT_CASE(key_matches_itself_alone),
	KUNIT_CASE(entry_expires_at_its_very_deadline),
	KUNIT_CASE(alloc_stops_at_the_limit_of_memory),
	KUNIT_CASE(alloc_fails_where_there_is_no_memory),
	KUNIT_CASE(release_frees_and_says_why),
	KUNIT_CASE(last_reference_buries_what_was_released),
	KUNIT_CASE(references_have_an_end),
	KUNIT_CASE(pool_gives_what_it_was_filled_with),
	KUNIT_CASE(pool_that_cannot_be_filled_is_drained),
	{}
};

static struct kunit_suite entry_suite = {
	.name = "ttlmap_entry",
	.init = tm_fakes_init,
	.test_cases = entry_cases,
};

kunit_test_suite(entry_suite);
