// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>

#include "../memory.h"
#include "../segment.h"
#include "fixture.h"

#define BASE	1000	/* tick */
#define AGE	7

static void free_segment(void *seg)
{
	tm_segment_free(seg);
}

static struct tm_segment *segment(struct kunit *test, u8 depth, u64 prefix)
{
	struct tm_segment *seg = tm_segment_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seg);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_segment, seg), 0);
	tm_segment_init(seg, depth, prefix, BASE);
	return seg;
}

static void free_entry(void *entry)
{
	tm_entry_free(&tm_test_kind, entry);
}

static struct tm_entry *entry_until(struct kunit *test, u64 hash, u64 expires)
{
	struct tm_entry *entry = tm_test_entry(test, hash, expires);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_entry, entry), 0);
	return entry;
}

static bool put(struct tm_segment *seg, struct tm_entry *entry, u8 age, struct tm_pos *pos)
{
	bool room;

	spin_lock_bh(&seg->lock);
	room = tm_segment_room(seg, entry->hash, pos);
	if (room)
		tm_segment_place(seg, pos, entry, age);
	spin_unlock_bh(&seg->lock);
	return room;
}

/* A new entry in the segment, and where it went. */
static struct tm_entry *place(struct kunit *test, struct tm_segment *seg, u64 hash,
			      struct tm_pos *pos)
{
	struct tm_entry *entry = entry_until(test, hash, TM_EXPIRES_NEVER);

	KUNIT_ASSERT_TRUE(test, put(seg, entry, AGE, pos));
	return entry;
}

/* A new entry that is due at a tick. */
static struct tm_entry *place_due(struct kunit *test, struct tm_segment *seg, u64 hash, u64 tick)
{
	struct tm_entry *entry = entry_until(test, hash, tm_tick_ns(tick));
	struct tm_pos pos;

	KUNIT_ASSERT_TRUE(test, put(seg, entry, AGE, &pos));
	return entry;
}

static void take(struct tm_segment *seg, const struct tm_pos *pos)
{
	spin_lock_bh(&seg->lock);
	tm_segment_remove(seg, pos);
	spin_unlock_bh(&seg->lock);
}

static void note_due(struct tm_segment *seg, const struct tm_pos *pos, u64 expires)
{
	spin_lock_bh(&seg->lock);
	tm_segment_due(seg, pos, expires);
	spin_unlock_bh(&seg->lock);
}

/* The bucket with the oldest entry, or -1. */
static int oldest(struct tm_segment *seg, u8 epoch)
{
	struct tm_pos pos;
	bool found;

	spin_lock_bh(&seg->lock);
	found = tm_segment_oldest(seg, epoch, &pos);
	spin_unlock_bh(&seg->lock);
	return found ? pos.bucket : -1;
}

static void rebase(struct tm_segment *seg, u64 tick)
{
	spin_lock_bh(&seg->lock);
	tm_segment_rebase(seg, tick);
	spin_unlock_bh(&seg->lock);
}

static struct tm_entry *find(const struct tm_segment *seg, const struct tm_entry *entry,
			     struct tm_pos *pos)
{
	struct tm_key key = tm_test_key(entry);
	struct tm_entry *found;

	rcu_read_lock();
	found = tm_segment_find(seg, &key, pos);
	rcu_read_unlock();
	return found;
}

static unsigned int passed(const struct tm_segment *seg, unsigned int bucket)
{
	return (seg->bucket[bucket].tags & TM_PASSED_MASK) >> TM_PASSED_SHIFT;
}

static void init_leaves_it_empty_and_without_deadlines(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 3, 5ULL << 61);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, seg->depth, 3);
	KUNIT_EXPECT_EQ(test, seg->count, 0);
	KUNIT_EXPECT_EQ(test, seg->prefix, 5ULL << 61);
	KUNIT_EXPECT_EQ(test, seg->base, BASE);
	KUNIT_EXPECT_EQ(test, seg->due, TM_TICK_NEVER);
	KUNIT_EXPECT_FALSE(test, seg->moved);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&seg->wheel));
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		KUNIT_EXPECT_EQ(test, seg->bucket[i].tags, 0);
		KUNIT_EXPECT_EQ(test, seg->bucket[i].deadline, TM_DEADLINE_NONE);
	}
}

static void end_of_the_last_segment_is_zero(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tm_segment_end(segment(test, 2, 1ULL << 62)), 2ULL << 62);
	KUNIT_EXPECT_EQ(test, tm_segment_end(segment(test, 2, 3ULL << 62)), 0);
}

static void home_buckets_share_the_low_hash_evenly(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		u64 first = tm_test_hash(0, 0, i);

		KUNIT_EXPECT_EQ(test, tm_home(first), i);
		KUNIT_EXPECT_EQ(test, tm_home(0xffffffff00000000ULL | first), i);
		if (first)
			KUNIT_EXPECT_EQ(test, tm_home(first - 1), i - 1);
	}
	KUNIT_EXPECT_EQ(test, tm_home(0xffffffff), TM_SEGMENT_BUCKETS - 1);
	KUNIT_EXPECT_EQ(test, tm_next_bucket(0), 1);
	KUNIT_EXPECT_EQ(test, tm_next_bucket(TM_SEGMENT_BUCKETS - 2), TM_SEGMENT_BUCKETS - 1);
	KUNIT_EXPECT_EQ(test, tm_next_bucket(TM_SEGMENT_BUCKETS - 1), 0);
}

static void find_misses_in_an_empty_segment(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos pos;

	KUNIT_EXPECT_NULL(test, find(seg, entry_until(test, 5, 1), &pos));
}

static void find_returns_what_was_placed_at_home(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos placed, found;
	struct tm_entry *entry;

	entry = place(test, seg, tm_test_hash(0, 9, 4), &placed);
	KUNIT_EXPECT_EQ(test, placed.bucket, 4);
	KUNIT_EXPECT_EQ(test, placed.slot, 0);
	KUNIT_EXPECT_EQ(test, placed.probes, 0);
	KUNIT_EXPECT_EQ(test, seg->count, 1);
	KUNIT_EXPECT_EQ(test, seg->bucket[4].tags, 9);
	KUNIT_EXPECT_EQ(test, seg->bucket[4].age[0], AGE);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, entry, &found), entry);
	KUNIT_EXPECT_EQ(test, found.bucket, 4);
	KUNIT_EXPECT_EQ(test, found.slot, 0);
	KUNIT_EXPECT_EQ(test, found.probes, 0);
}

/* Of keys that share tag and home each is found as itself. */
static void find_tells_equal_hashes_apart(struct kunit *test)
{
	u64 hash = tm_test_hash(0, 9, 4);
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *first, *second;
	struct tm_pos pos;

	first = place(test, seg, hash, &pos);
	second = place(test, seg, hash, &pos);
	KUNIT_EXPECT_EQ(test, pos.slot, 1);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, first, &pos), first);
	KUNIT_EXPECT_EQ(test, pos.slot, 0);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, second, &pos), second);
	KUNIT_EXPECT_EQ(test, pos.slot, 1);
	KUNIT_EXPECT_NULL(test, find(seg, entry_until(test, hash, 1), &pos));
}

static void find_takes_no_key_for_its_beginning(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos pos;
	struct tm_entry *entry = place(test, seg, 4, &pos);
	struct tm_entry *shorter = entry_until(test, entry->hash, TM_EXPIRES_NEVER);

	memcpy(shorter->data, entry->data, entry->key_len);
	shorter->key_len--;
	KUNIT_EXPECT_NULL(test, find(seg, shorter, &pos));
	shorter->key_len++;
	KUNIT_EXPECT_PTR_EQ(test, find(seg, shorter, &pos), entry);
}

static void place_passes_full_buckets_around_the_end(struct kunit *test)
{
	u64 hash = tm_test_hash(0, 9, TM_SEGMENT_BUCKETS - 1);
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *entry;
	struct tm_pos pos;
	unsigned int i;

	for (i = 0; i < 2 * TM_BUCKET_SLOTS; i++)
		place(test, seg, hash, &pos);
	KUNIT_EXPECT_EQ(test, pos.bucket, 0);
	KUNIT_EXPECT_EQ(test, pos.slot, TM_BUCKET_SLOTS - 1);
	KUNIT_EXPECT_EQ(test, pos.probes, 1);
	entry = place(test, seg, hash, &pos);
	KUNIT_EXPECT_EQ(test, pos.bucket, 1);
	KUNIT_EXPECT_EQ(test, pos.probes, 2);
	KUNIT_EXPECT_EQ(test, passed(seg, TM_SEGMENT_BUCKETS - 1), TM_BUCKET_SLOTS + 1);
	KUNIT_EXPECT_EQ(test, passed(seg, 0), 1);
	KUNIT_EXPECT_EQ(test, passed(seg, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, entry, &pos), entry);
	KUNIT_EXPECT_EQ(test, pos.bucket, 1);
	KUNIT_EXPECT_EQ(test, pos.probes, 2);
}

/* Removing at home opens no gap in the way of what passed by. */
static void remove_leaves_what_passed_by_in_reach(struct kunit *test)
{
	u64 hash = tm_test_hash(0, 9, 14);
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos first, last, pos;
	struct tm_entry *entry;
	unsigned int i;

	place(test, seg, hash, &first);
	for (i = 1; i < TM_BUCKET_SLOTS; i++)
		place(test, seg, hash, &pos);
	entry = place(test, seg, hash, &last);
	KUNIT_EXPECT_EQ(test, last.bucket, 0);
	take(seg, &first);
	KUNIT_EXPECT_EQ(test, passed(seg, 14), 1);
	KUNIT_EXPECT_EQ(test, seg->count, TM_BUCKET_SLOTS);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, entry, &pos), entry);
	take(seg, &last);
	KUNIT_EXPECT_EQ(test, passed(seg, 14), 0);
	KUNIT_EXPECT_EQ(test, seg->count, TM_BUCKET_SLOTS - 1);
	KUNIT_EXPECT_NULL(test, find(seg, entry, &pos));
}

static void place_reuses_the_first_free_slot(struct kunit *test)
{
	u64 hash = tm_test_hash(0, 9, 3);
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos pos, hole;
	unsigned int i;

	for (i = 0; i < TM_BUCKET_SLOTS; i++) {
		place(test, seg, hash, &pos);
		if (i == 2)
			hole = pos;
	}
	take(seg, &hole);
	place(test, seg, hash, &pos);
	KUNIT_EXPECT_EQ(test, pos.bucket, 3);
	KUNIT_EXPECT_EQ(test, pos.slot, 2);
	KUNIT_EXPECT_EQ(test, passed(seg, 3), 0);
}

static void full_segment_has_no_room_and_finds_everything(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *entries[TM_SEGMENT_SLOTS], *other;
	unsigned int i;
	struct tm_pos pos;

	for (i = 0; i < TM_SEGMENT_SLOTS; i++)
		entries[i] = place(test, seg, tm_test_hash(0, i, 8), &pos);
	KUNIT_EXPECT_EQ(test, pos.probes, TM_SEGMENT_BUCKETS - 1);
	KUNIT_EXPECT_EQ(test, seg->count, TM_SEGMENT_SLOTS);
	KUNIT_EXPECT_EQ(test, passed(seg, 8), TM_SEGMENT_SLOTS - TM_BUCKET_SLOTS);
	for (i = 0; i < TM_SEGMENT_SLOTS; i++)
		KUNIT_EXPECT_PTR_EQ(test, find(seg, entries[i], &pos), entries[i]);
	other = entry_until(test, tm_test_hash(0, 3, 8), TM_EXPIRES_NEVER);
	KUNIT_EXPECT_FALSE(test, put(seg, other, AGE, &pos));
	KUNIT_EXPECT_NULL(test, find(seg, other, &pos));
	/* One that goes everywhere before it gives up. */
	other = entry_until(test, tm_test_hash(0, 3, 7), TM_EXPIRES_NEVER);
	KUNIT_EXPECT_FALSE(test, put(seg, other, AGE, &pos));
}

static void segment_with_every_bucket_passed_by_ends_the_search(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	unsigned int i, home;
	struct tm_pos pos;

	/* Each home's seventh entry moves on: all buckets are passed by. */
	for (home = 0; home < TM_SEGMENT_BUCKETS; home++)
		for (i = 0; i < (home ? TM_BUCKET_SLOTS : TM_BUCKET_SLOTS - 1); i++)
			place(test, seg, tm_test_hash(0, 1, home), &pos);
	place(test, seg, tm_test_hash(0, 1, 1), &pos);
	KUNIT_EXPECT_EQ(test, pos.bucket, 0);
	KUNIT_EXPECT_EQ(test, pos.probes, TM_SEGMENT_BUCKETS - 1);
	seg->bucket[0].tags += TM_PASSED_ONE;
	KUNIT_EXPECT_NULL(test, find(seg, entry_until(test, tm_test_hash(0, 1, 5), 1), &pos));
	seg->bucket[0].tags -= TM_PASSED_ONE;
}

static void replace_swaps_in_the_same_slot(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *old, *new;
	struct tm_pos pos, found;

	old = place(test, seg, tm_test_hash(0, 9, 4), &pos);
	new = entry_until(test, old->hash, tm_tick_ns(BASE + 5));
	memcpy(new->data, old->data, old->key_len);
	spin_lock_bh(&seg->lock);
	tm_segment_replace(seg, &pos, new, AGE + 1);
	spin_unlock_bh(&seg->lock);
	KUNIT_EXPECT_PTR_EQ(test, find(seg, old, &found), new);
	KUNIT_EXPECT_EQ(test, found.slot, pos.slot);
	KUNIT_EXPECT_EQ(test, seg->count, 1);
	KUNIT_EXPECT_EQ(test, seg->bucket[4].age[0], AGE + 1);
	KUNIT_EXPECT_EQ(test, seg->bucket[4].deadline, 5);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 5);
}

static void deadline_is_the_earliest_of_a_bucket(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos pos;

	place(test, seg, tm_test_hash(0, 1, 2), &pos);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, TM_DEADLINE_NONE);
	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 20);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 20);
	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 10);
	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 30);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 10);
	place_due(test, seg, tm_test_hash(0, 1, 3), BASE + 15);
	KUNIT_EXPECT_EQ(test, seg->bucket[3].deadline, 15);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 10);
}

static void deadline_stays_within_what_a_bucket_can_say(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);

	place_due(test, seg, tm_test_hash(0, 1, 0), BASE + TM_DEADLINE_NONE - 1);
	KUNIT_EXPECT_EQ(test, seg->bucket[0].deadline, TM_DEADLINE_NONE - 1);
	place_due(test, seg, tm_test_hash(0, 1, 1), BASE + TM_DEADLINE_NONE);
	KUNIT_EXPECT_EQ(test, seg->bucket[1].deadline, TM_DEADLINE_NONE - 1);
	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + (1ULL << 33));
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, TM_DEADLINE_NONE - 1);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + TM_DEADLINE_NONE - 1);
	place_due(test, seg, tm_test_hash(0, 1, 3), BASE - 10);
	KUNIT_EXPECT_EQ(test, seg->bucket[3].deadline, 0);
	KUNIT_EXPECT_EQ(test, seg->due, BASE);
}

static void due_lowers_a_deadline_and_never_raises_it(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_pos pos;

	place(test, seg, tm_test_hash(0, 1, 2), &pos);
	note_due(seg, &pos, TM_EXPIRES_NEVER);
	KUNIT_EXPECT_EQ(test, seg->due, TM_TICK_NEVER);
	note_due(seg, &pos, tm_tick_ns(BASE + 9));
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 9);
	note_due(seg, &pos, tm_tick_ns(BASE + 12));
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 9);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 9);
}

static void rebase_shifts_what_is_not_due(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);

	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 20);
	place_due(test, seg, tm_test_hash(0, 1, 3), BASE + 30);
	rebase(seg, BASE + 15);
	KUNIT_EXPECT_EQ(test, seg->base, BASE + 15);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 5);
	KUNIT_EXPECT_EQ(test, seg->bucket[3].deadline, 15);
	KUNIT_EXPECT_EQ(test, seg->bucket[4].deadline, TM_DEADLINE_NONE);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 20);
}

static void rebase_looks_into_buckets_that_were_due(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *gone;
	struct tm_pos pos;

	gone = place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 20);
	place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 25);
	place(test, seg, tm_test_hash(0, 1, 2), &pos);
	KUNIT_ASSERT_PTR_EQ(test, find(seg, gone, &pos), gone);
	take(seg, &pos);
	rebase(seg, BASE + 20);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, 5);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 25);
}

static void rebase_forgets_deadlines_of_what_has_gone(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	struct tm_entry *gone = place_due(test, seg, tm_test_hash(0, 1, 2), BASE + 20);
	struct tm_pos pos;

	KUNIT_ASSERT_PTR_EQ(test, find(seg, gone, &pos), gone);
	take(seg, &pos);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 20);
	rebase(seg, BASE + 20);
	KUNIT_EXPECT_EQ(test, seg->bucket[2].deadline, TM_DEADLINE_NONE);
	KUNIT_EXPECT_EQ(test, seg->due, TM_TICK_NEVER);
}

/* What was too far off to say is said exactly when it comes near. */
static void rebase_finds_far_deadlines_again(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	u64 far = BASE + 3 * TM_DEADLINE_NONE;

	place_due(test, seg, tm_test_hash(0, 1, 2), far);
	rebase(seg, seg->due);
	KUNIT_EXPECT_EQ(test, seg->due, BASE + 2 * (TM_DEADLINE_NONE - 1));
	rebase(seg, seg->due);
	rebase(seg, seg->due);
	KUNIT_EXPECT_EQ(test, seg->due, far);
}

static void oldest_of_an_empty_segment_is_none(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, oldest(segment(test, 1, 0), 0), -1);
}

static void oldest_is_told_by_age_across_the_wrap(struct kunit *test)
{
	struct tm_segment *seg = segment(test, 1, 0);
	static const u8 ages[] = { 2, 0, 254, 250, 255, 1 };
	struct tm_entry *entry;
	struct tm_pos pos;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		entry = entry_until(test, tm_test_hash(0, 1, i), TM_EXPIRES_NEVER);
		KUNIT_ASSERT_TRUE(test, put(seg, entry, ages[i], &pos));
	}
	KUNIT_EXPECT_EQ(test, oldest(seg, 3), 3);
	KUNIT_EXPECT_EQ(test, oldest(seg, 252), 2);
	/* Of equals the first. */
	seg->bucket[5].age[0] = 250;
	KUNIT_EXPECT_EQ(test, oldest(seg, 3), 3);
}

static void copy(struct tm_segment *to, struct tm_segment *from)
{
	spin_lock_bh(&from->lock);
	tm_segment_copy(to, from);
	spin_unlock_bh(&from->lock);
}

static void copy_parts_entries_by_the_next_bit(struct kunit *test)
{
	u64 prefix = 1ULL << 63;
	struct tm_segment *seg = segment(test, 1, prefix), *low, *high;
	struct tm_entry *entries[40];
	unsigned int i;
	struct tm_pos pos;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		u64 hash = tm_test_hash(prefix | (u64)(i & 1) << 62 | (u64)i << 40, i, i % 15);

		entries[i] = entry_until(test, hash, tm_tick_ns(BASE + 10 + i));
		KUNIT_ASSERT_TRUE(test, put(seg, entries[i], i, &pos));
	}
	low = segment(test, 2, prefix);
	high = segment(test, 2, prefix | 1ULL << 62);
	copy(low, seg);
	copy(high, seg);
	KUNIT_EXPECT_EQ(test, low->count, 20);
	KUNIT_EXPECT_EQ(test, high->count, 20);
	KUNIT_EXPECT_EQ(test, low->due, BASE + 10);
	KUNIT_EXPECT_EQ(test, high->due, BASE + 11);
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		struct tm_segment *half = i & 1 ? high : low;

		KUNIT_ASSERT_PTR_EQ(test, find(half, entries[i], &pos), entries[i]);
		KUNIT_EXPECT_EQ(test, half->bucket[pos.bucket].age[pos.slot], i);
		KUNIT_EXPECT_NULL(test, find(i & 1 ? low : high, entries[i], &pos));
		KUNIT_EXPECT_PTR_EQ(test, find(seg, entries[i], &pos), entries[i]);
	}
}

static void copy_brings_halves_together(struct kunit *test)
{
	struct tm_segment *low = segment(test, 2, 0), *high = segment(test, 2, 1ULL << 62);
	struct tm_segment *both = segment(test, 1, 0);
	struct tm_entry *one, *other;
	struct tm_pos pos;

	one = place(test, low, tm_test_hash(0, 1, 7), &pos);
	other = place(test, high, tm_test_hash(1ULL << 62, 1, 7), &pos);
	copy(both, low);
	copy(both, high);
	KUNIT_EXPECT_EQ(test, both->count, 2);
	KUNIT_EXPECT_PTR_EQ(test, find(both, one, &pos), one);
	KUNIT_EXPECT_PTR_EQ(test, find(both, other, &pos), other);
	KUNIT_EXPECT_EQ(test, pos.slot, 1);
}

static void alloc_stops_at_the_limit_of_memory(struct kunit *test)
{
	unsigned long max = tm_memory_max;
	struct tm_segment *seg;

	tm_memory_max = 0;
	seg = tm_segment_alloc(GFP_KERNEL);
	tm_memory_max = max;
	KUNIT_EXPECT_NULL(test, seg);
	tm_segment_free(seg);
}

static void alloc_gives_its_charge_back_where_there_is_no_memory(struct kunit *test)
{
	unsigned long max = tm_memory_max;
	struct tm_segment *seg;
	bool failed;

	tm_test_fail_allocation(test, 1);
	seg = tm_segment_alloc(GFP_KERNEL);
	failed = tm_test_allocation_failed();
	KUNIT_EXPECT_TRUE(test, failed);
	KUNIT_EXPECT_NULL(test, seg);
	tm_memory_max = sizeof(*seg);
	seg = tm_segment_alloc(GFP_KERNEL);
	tm_memory_max = max;
	KUNIT_EXPECT_NOT_NULL(test, seg);
	tm_segment_free(seg);
}

static struct kunit_case segment_cases[] = {
	KUNIT_CASE(init_leaves_it_empty_and_without_deadlines),
	KUNIT_CASE(end_of_the_last_segment_is_zero),
	KUNIT_CASE(home_buckets_share_the_low_hash_evenly),
	KUNIT_CASE(find_misses_in_an_empty_segment),
	KUNIT_CASE(find_returns_what_was_placed_at_home),
	KUNIT_CASE(find_tells_equal_hashes_apart),
	KUNIT_CASE(find_takes_no_key_for_its_beginning),
	KUNIT_CASE(place_passes_full_buckets_around_the_end),
	KUNIT_CASE(remove_leaves_what_passed_by_in_reach),
	KUNIT_CASE(place_reuses_the_first_free_slot),
	KUNIT_CASE(full_segment_has_no_room_and_finds_everything),
	KUNIT_CASE(segment_with_every_bucket_passed_by_ends_the_search),
	KUNIT_CASE(replace_swaps_in_the_same_slot),
	KUNIT_CASE(deadline_is_the_earliest_of_a_bucket),
	KUNIT_CASE(deadline_stays_within_what_a_bucket_can_say),
	KUNIT_CASE(due_lowers_a_deadline_and_never_raises_it),
	KUNIT_CASE(rebase_shifts_what_is_not_due),
	KUNIT_CASE(rebase_looks_into_buckets_that_were_due),
	KUNIT_CASE(rebase_forgets_deadlines_of_what_has_gone),
	KUNIT_CASE(rebase_finds_far_deadlines_again),
	KUNIT_CASE(oldest_of_an_empty_segment_is_none),
	KUNIT_CASE(oldest_is_told_by_age_across_the_wrap),
	KUNIT_CASE(copy_parts_entries_by_the_next_bit),
	KUNIT_CASE(copy_brings_halves_together),
	KUNIT_CASE(alloc_stops_at_the_limit_of_memory),
	KUNIT_CASE(alloc_gives_its_charge_back_where_there_is_no_memory),
	{}
};

static struct kunit_suite segment_suite = {
	.name = "ttlmap_segment",
	.init = tm_fakes_init,
	.test_cases = segment_cases,
};

kunit_test_suite(segment_suite);
