// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/slab.h>

#include "../memory.h"
#include "../table.h"
#include "../work.h"
#include "fixture.h"

#define TOP		BIT_ULL(63)
#define DEPTH_EXCESS	4

/* A table with what a map has around it. */
struct fixture {
	struct tm_table table;
	struct tm_wheel wheel;
	atomic_long_t entries;
};

static enum hrtimer_restart fire(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void destroy(void *ctx)
{
	struct fixture *f = ctx;

	tm_wheel_stop(&f->wheel);
	tm_table_stop(&f->table);
	tm_table_destroy(&f->table);
}

static struct fixture *fixture(struct kunit *test, u8 min_bits)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	tm_wheel_init(&f->wheel, fire);
	KUNIT_ASSERT_EQ(test, tm_table_init(&f->table, min_bits, &tm_test_kind, &f->wheel,
					    &f->entries), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy, f), 0);
	return f;
}

/* As if the map held so many, so that segments may be so deep. */
static void pretend(struct fixture *f, long entries)
{
	atomic_long_set(&f->entries, entries);
}

static bool place(struct fixture *f, struct tm_entry *entry)
{
	struct tm_segment *seg;
	struct tm_pos pos;
	bool room;

	rcu_read_lock();
	seg = tm_table_lock(&f->table, entry->hash);
	room = tm_segment_room(seg, entry->hash, &pos);
	if (room) {
		tm_segment_place(seg, &pos, entry, 0);
		tm_wheel_add(&f->wheel, seg, tm_tick(tm_now()));
	}
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	return room;
}

static struct tm_entry *put(struct kunit *test, struct fixture *f, u64 hash)
{
	struct tm_entry *entry = tm_test_entry(test, hash, TM_EXPIRES_NEVER);

	KUNIT_ASSERT_TRUE(test, place(f, entry));
	return entry;
}

/* Entries spread over the buckets, and over both bits that follow @bits of prefix. */
static void put_many(struct kunit *test, struct fixture *f, u64 prefix, unsigned int bits,
		     unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		u64 next = (u64)((i & 1) << 1 | (i >> 1 & 1)) << (62 - bits);

		put(test, f, tm_test_hash(prefix | next, i, i % TM_SEGMENT_BUCKETS));
	}
}

static struct tm_segment *segment_of(struct fixture *f, u64 hash)
{
	struct tm_segment *seg;

	rcu_read_lock();
	seg = tm_table_segment(&f->table, hash);
	rcu_read_unlock();
	return seg;
}

static bool holds(struct fixture *f, const struct tm_entry *entry)
{
	struct tm_key key = tm_test_key(entry);
	struct tm_pos pos;
	bool found;

	rcu_read_lock();
	found = tm_segment_find(tm_table_segment(&f->table, key.hash), &key, &pos) == entry;
	rcu_read_unlock();
	return found;
}

/* All slots of the directory lead to segments that cover them, each entry to its own. */
static void check(struct kunit *test, struct fixture *f)
{
	unsigned int segments = 0, i, slot;
	struct tm_segment *seg;
	struct tm_entry *entry;
	u64 hash = 0;

	do {
		seg = segment_of(f, hash);
		KUNIT_ASSERT_EQ(test, seg->prefix, hash);
		KUNIT_ASSERT_FALSE(test, seg->moved);
		KUNIT_ASSERT_GE(test, seg->depth, f->table.min_bits);
		KUNIT_ASSERT_PTR_EQ(test, segment_of(f, tm_segment_end(seg) - 1), seg);
		for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
			for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
				entry = rcu_dereference_protected(seg->bucket[i].slot[slot], true);
				if (entry)
					KUNIT_ASSERT_TRUE(test, holds(f, entry));
			}
		}
		segments++;
		hash = tm_segment_end(seg);
	} while (hash);
	KUNIT_ASSERT_EQ(test, segments, f->table.segments);
}

static u8 bits(struct fixture *f)
{
	return rcu_dereference_protected(f->table.dir, true)->bits;
}

static long directory_bytes(u8 bits)
{
	return sizeof(struct tm_directory) + (sizeof(void *) << bits);
}

/* Nothing happens but what the test does. */
static void hold_worker(struct fixture *f)
{
	disable_delayed_work_sync(&f->table.work);
}

static void work(struct fixture *f)
{
	flush_delayed_work(&f->table.work);
}

static void init_makes_all_segments_of_the_least_depth(struct kunit *test)
{
	struct fixture *f = fixture(test, 3);

	KUNIT_EXPECT_EQ(test, f->table.segments, 8);
	KUNIT_EXPECT_EQ(test, f->table.at_depth[3], 8);
	KUNIT_EXPECT_EQ(test, bits(f), 4);
	KUNIT_EXPECT_EQ(test, segment_of(f, 0)->depth, 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.bytes),
			8 * sizeof(struct tm_segment) + directory_bytes(4));
	check(test, f);
}

static void init_gives_up_where_memory_ends(struct kunit *test)
{
	unsigned long max = tm_memory_max;
	struct fixture *f;
	unsigned int n;

	for (n = 0; n < 5; n++) {
		f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, f);
		tm_wheel_init(&f->wheel, fire);
		tm_memory_max = n ? directory_bytes(3) + (n - 1) * sizeof(struct tm_segment) : 0;
		KUNIT_EXPECT_EQ(test, tm_table_init(&f->table, 2, &tm_test_kind, &f->wheel,
						    &f->entries), -ENOMEM);
		tm_memory_max = max;
		destroy(f);
	}
	KUNIT_EXPECT_TRUE(test, tm_memory_charge(0));
}

static void init_survives_each_failed_allocation(struct kunit *test)
{
	unsigned int nth;
	int err = -ENOMEM;

	for (nth = 1; err; nth++) {
		struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
		bool failed;

		KUNIT_ASSERT_NOT_NULL(test, f);
		tm_wheel_init(&f->wheel, fire);
		tm_test_fail_allocation(test, nth);
		err = tm_table_init(&f->table, 1, &tm_test_kind, &f->wheel, &f->entries);
		failed = tm_test_allocation_failed();
		destroy(f);
		if (err || !tm_test_failure_may_be_theirs())
			KUNIT_ASSERT_EQ(test, err, failed ? -ENOMEM : 0);
	}
	/* The directory's comes from vmalloc if it has to. */
	if (!tm_test_failure_may_be_theirs())
		KUNIT_EXPECT_GE(test, nth, 3);
}

static void split_leaves_a_segment_with_room_alone(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);

	pretend(f, 10000);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD - 1);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, f->table.splits, 0);
	KUNIT_EXPECT_EQ(test, f->table.segments, 2);
}

static void split_parts_a_crowded_segment(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	long before = atomic_long_read(&f->table.bytes);

	pretend(f, 10000);
	put_many(test, f, TOP, 1, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, TOP, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, f->table.splits, 1);
	KUNIT_EXPECT_EQ(test, f->table.segments, 3);
	KUNIT_EXPECT_EQ(test, f->table.at_depth[1], 1);
	KUNIT_EXPECT_EQ(test, f->table.at_depth[2], 2);
	KUNIT_EXPECT_EQ(test, segment_of(f, TOP)->count, TM_SPLIT_AHEAD / 2);
	KUNIT_EXPECT_EQ(test, segment_of(f, TOP | TOP >> 1)->count, TM_SPLIT_AHEAD / 2);
	check(test, f);
	/* Two full depths: the worker doubles the directory. */
	work(f);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, bits(f), 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.bytes) - before,
			sizeof(struct tm_segment) + directory_bytes(3) - directory_bytes(2));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.retired_bytes), 0);
	check(test, f);
}

static void split_retires_the_old_segment(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	struct tm_segment *old;

	pretend(f, 10000);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	old = segment_of(f, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.retired_bytes), 0);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_EXPECT_PTR_NE(test, segment_of(f, 0), old);
	work(f);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.retired_bytes), 0);
}

static void split_makes_room_after_many_probes(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	unsigned int i;

	pretend(f, 10000);
	for (i = 0; i < TM_SPLIT_PROBES * TM_BUCKET_SLOTS - 1; i++)
		put(test, f, tm_test_hash((u64)i << 40, i, 5));
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, f->table.splits, 0);
	put(test, f, tm_test_hash(0, i, 5));
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, tm_test_hash(0, 0, 4), GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, f->table.splits, 0);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, tm_test_hash(0, 0, 5), GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, f->table.splits, 1);
	check(test, f);
}

static void split_hands_deadlines_on(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	u64 due = tm_tick(TM_TEST_NOW) + 100;
	struct tm_segment *low, *high, *parent;
	struct tm_entry *entry;

	pretend(f, 10000);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	entry = tm_test_entry(test, tm_test_hash(TOP >> 1, 1, 14), tm_tick_ns(due));
	KUNIT_ASSERT_TRUE(test, place(f, entry));
	parent = segment_of(f, 0);
	KUNIT_EXPECT_FALSE(test, hlist_unhashed(&parent->wheel));
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	low = segment_of(f, 0);
	high = segment_of(f, TOP >> 1);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&low->wheel));
	KUNIT_EXPECT_EQ(test, low->due, TM_TICK_NEVER);
	KUNIT_EXPECT_FALSE(test, hlist_unhashed(&high->wheel));
	KUNIT_EXPECT_EQ(test, high->due, due);
	KUNIT_EXPECT_EQ(test, f->wheel.armed, due);
}

static void split_stops_where_the_population_explains_no_more(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	unsigned int i;

	for (i = 0; i < TM_SPLIT_AHEAD; i++)
		put(test, f, tm_test_hash(0, i, i % TM_SEGMENT_BUCKETS));
	for (i = 1; i < 1 + DEPTH_EXCESS; i++) {
		KUNIT_EXPECT_FALSE(test, tm_table_deepest(&f->table, 0));
		KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
		KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
		KUNIT_EXPECT_EQ(test, segment_of(f, 0)->depth, i + 1);
	}
	KUNIT_EXPECT_TRUE(test, tm_table_deepest(&f->table, 0));
	KUNIT_EXPECT_FALSE(test, tm_table_deepest(&f->table, TOP));
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), -E2BIG);
	/* A larger map may have deeper segments: one level where it doubles. */
	pretend(f, TM_SPLIT_COUNT / 2 * 3 - 1);
	KUNIT_EXPECT_FALSE(test, tm_table_deepest(&f->table, 0));
	pretend(f, TM_SPLIT_COUNT / 2 - 1);
	KUNIT_EXPECT_TRUE(test, tm_table_deepest(&f->table, 0));
	pretend(f, -1);
	KUNIT_EXPECT_TRUE(test, tm_table_deepest(&f->table, 0));
	check(test, f);
}

static void split_asks_for_a_larger_directory(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	unsigned int i;

	pretend(f, 100000);
	hold_worker(f);
	for (i = 0; i < TM_SPLIT_AHEAD; i++)
		put(test, f, tm_test_hash(0, i, i % TM_SEGMENT_BUCKETS));
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 2);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), -EAGAIN);
	KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 3);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	check(test, f);
}

static void split_fails_without_memory_and_changes_nothing(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	unsigned int nth;
	int err = -ENOMEM;

	pretend(f, 10000);
	hold_worker(f);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	for (nth = 1; err; nth++) {
		bool failed;

		tm_test_fail_allocation(test, nth);
		err = tm_table_split(&f->table, 0, GFP_KERNEL);
		failed = tm_test_allocation_failed();
		if (err || !tm_test_failure_may_be_theirs())
			KUNIT_ASSERT_EQ(test, err, failed ? -ENOMEM : 0);
		KUNIT_EXPECT_EQ(test, f->table.splits, !err);
		check(test, f);
	}
	if (!tm_test_failure_may_be_theirs())
		KUNIT_EXPECT_EQ(test, nth, 4);
}

static void directory_doubles_until_its_bits_are_not_used_up(struct kunit *test)
{
	struct fixture *f = fixture(test, 2);

	pretend(f, 100000);
	KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 3);
	KUNIT_EXPECT_EQ(test, f->table.resizes, 0);
	put_many(test, f, 0, 2, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	work(f);
	KUNIT_EXPECT_EQ(test, bits(f), 4);
	KUNIT_EXPECT_EQ(test, f->table.resizes, 1);
	KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 4);
	check(test, f);
}

static void directory_does_not_grow_deeper_than_segments_may_be(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	unsigned int i;

	for (i = 0; i < TM_SPLIT_AHEAD; i++)
		put(test, f, tm_test_hash(0, i, i % TM_SEGMENT_BUCKETS));
	while (tm_table_split(&f->table, 0, GFP_KERNEL) != -E2BIG)
		KUNIT_ASSERT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, segment_of(f, 0)->depth, 1 + DEPTH_EXCESS);
	KUNIT_EXPECT_EQ(test, bits(f), 1 + DEPTH_EXCESS);
	KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 1 + DEPTH_EXCESS);
}

/* More slots than are copied in one go. */
static void large_directory_is_copied_whole(struct kunit *test)
{
	struct fixture *f = fixture(test, 10);

	pretend(f, 10000000);
	put_many(test, f, TOP, 10, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, TOP, GFP_KERNEL), 0);
	work(f);
	KUNIT_EXPECT_EQ(test, bits(f), 12);
	check(test, f);
}

static void grow_fails_without_memory_and_changes_nothing(struct kunit *test)
{
	unsigned long max = tm_memory_max;
	struct fixture *f = fixture(test, 1);
	int err;

	pretend(f, 10000);
	hold_worker(f);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, bits(f), 2);
	tm_memory_max = 0;
	err = tm_table_grow(&f->table);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	KUNIT_EXPECT_EQ(test, bits(f), 2);
	KUNIT_EXPECT_NULL(test, f->table.next);
	check(test, f);
}

/* Take out all entries but @keep, and have the worker look at the segments. */
static void thin_out(struct fixture *f, u64 hash, unsigned int keep)
{
	struct tm_segment *seg;
	struct tm_entry *entry;
	struct tm_pos pos;

	rcu_read_lock();
	seg = tm_table_lock(&f->table, hash);
	for (pos.bucket = 0; pos.bucket < TM_SEGMENT_BUCKETS; pos.bucket++) {
		for (pos.slot = 0; pos.slot < TM_BUCKET_SLOTS && seg->count > keep; pos.slot++) {
			entry = tm_segment_entry(seg, pos.bucket, pos.slot);
			if (!entry)
				continue;
			tm_segment_remove(seg, &pos);
			tm_entry_free(&tm_test_kind, entry);
		}
	}
	tm_table_want(&f->table, seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
}

/* Both halves of the lowest segment after a split, with a directory for them. */
static struct fixture *halves(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);

	pretend(f, 10000);
	put_many(test, f, 0, 1, TM_SPLIT_COUNT);
	KUNIT_ASSERT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	work(f);
	KUNIT_ASSERT_EQ(test, segment_of(f, 0)->count, TM_SPLIT_COUNT / 2);
	return f;
}

static void buddies_that_are_little_enough_become_one(struct kunit *test)
{
	struct fixture *f = halves(test);

	thin_out(f, 0, TM_MERGE_COUNT - 1 - TM_SPLIT_COUNT / 2);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.merges, 1);
	KUNIT_EXPECT_EQ(test, f->table.segments, 2);
	KUNIT_EXPECT_EQ(test, segment_of(f, 0)->count, TM_MERGE_COUNT - 1);
	KUNIT_EXPECT_EQ(test, f->table.at_depth[2], 0);
	KUNIT_EXPECT_EQ(test, bits(f), 2);
	check(test, f);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.retired_bytes), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->table.bytes),
			2 * sizeof(struct tm_segment) + directory_bytes(2));
}

static void buddies_that_hold_too_much_stay_two(struct kunit *test)
{
	struct fixture *f = halves(test);

	thin_out(f, TOP >> 1, TM_MERGE_COUNT - TM_SPLIT_COUNT / 2);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.merges, 0);
	KUNIT_EXPECT_EQ(test, f->table.segments, 3);
}

static void merge_hands_deadlines_on(struct kunit *test)
{
	u64 due = tm_tick(TM_TEST_NOW) + 77;
	struct fixture *f = halves(test);
	struct tm_segment *both;

	thin_out(f, 0, 3);
	thin_out(f, TOP >> 1, 3);
	KUNIT_ASSERT_TRUE(test, place(f, tm_test_entry(test, TOP >> 1, tm_tick_ns(due))));
	work(f);
	both = segment_of(f, 0);
	KUNIT_EXPECT_EQ(test, f->table.merges, 1);
	KUNIT_EXPECT_EQ(test, both->count, 7);
	KUNIT_EXPECT_EQ(test, both->due, due);
	KUNIT_EXPECT_FALSE(test, hlist_unhashed(&both->wheel));
}

static void merge_goes_up_as_far_as_it_may(struct kunit *test)
{
	struct fixture *f = fixture(test, 2);
	unsigned int i;
	u64 hash;

	pretend(f, 100000);
	for (i = 0; i < TM_SPLIT_AHEAD; i++)
		put(test, f, tm_test_hash((u64)(i & 7) << 58, i, i % TM_SEGMENT_BUCKETS));
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, tm_table_grow(&f->table), 0);
		tm_table_split(&f->table, 0, GFP_KERNEL);
		for (hash = 0; hash < 1ULL << 62; hash = tm_segment_end(segment_of(f, hash)))
			thin_out(f, hash, 4);
		put_many(test, f, 0, 3 + i, 70);
	}
	work(f);
	for (hash = 0; hash < 1ULL << 62; hash = tm_segment_end(segment_of(f, hash)))
		thin_out(f, hash, 1);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.segments, 4);
	KUNIT_EXPECT_GE(test, f->table.merges, 2);
	KUNIT_EXPECT_EQ(test, segment_of(f, 0)->depth, 2);
	KUNIT_EXPECT_EQ(test, bits(f), 3);
	check(test, f);
}

static void segments_of_the_least_depth_do_not_merge(struct kunit *test)
{
	struct fixture *f = fixture(test, 2);

	thin_out(f, 0, 0);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.segments, 4);
	KUNIT_EXPECT_EQ(test, f->table.merges, 0);
}

static void a_segment_waits_for_a_deeper_buddy(struct kunit *test)
{
	struct fixture *f = halves(test);

	put_many(test, f, 0, 2, TM_SPLIT_AHEAD - TM_SPLIT_COUNT / 2);
	KUNIT_ASSERT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, segment_of(f, 0)->depth, 3);
	thin_out(f, TOP >> 1, 0);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.merges, 0);
	check(test, f);
}

static void merge_without_memory_is_left_for_later(struct kunit *test)
{
	unsigned long max = tm_memory_max;
	struct fixture *f = halves(test);

	tm_memory_max = 0;
	thin_out(f, 0, 1);
	work(f);
	tm_memory_max = max;
	KUNIT_EXPECT_EQ(test, f->table.merges, 0);
	thin_out(f, TOP >> 1, 1);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.merges, 1);
	check(test, f);
}

static void directory_halves_when_two_levels_are_unused(struct kunit *test)
{
	struct fixture *f = halves(test);

	KUNIT_EXPECT_EQ(test, bits(f), 3);
	thin_out(f, 0, 0);
	thin_out(f, TOP >> 1, 0);
	work(f);
	KUNIT_EXPECT_EQ(test, bits(f), 2);
	KUNIT_EXPECT_EQ(test, f->table.resizes, 2);
	KUNIT_EXPECT_EQ(test, tm_table_grow(&f->table), 0);
	KUNIT_EXPECT_EQ(test, bits(f), 2);
	check(test, f);
}

static struct tm_directory *next_directory(struct kunit *test, struct fixture *f, u8 bits)
{
	struct tm_directory *dir = kunit_kzalloc(test, directory_bytes(bits), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dir);
	dir->table = &f->table;
	dir->bits = bits;
	f->table.next = dir;
	return dir;
}

static void split_is_published_in_a_directory_that_is_being_filled(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	struct tm_directory *next = next_directory(test, f, 3);

	pretend(f, 10000);
	hold_worker(f);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	f->table.next = NULL;
	KUNIT_EXPECT_FALSE(test, f->table.next_void);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(next->slot[0]), segment_of(f, 0));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(next->slot[1]), segment_of(f, 0));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(next->slot[2]), segment_of(f, TOP >> 1));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(next->slot[3]), segment_of(f, TOP >> 1));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(next->slot[4]));
}

static void split_voids_a_directory_that_is_too_small_for_it(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	struct tm_directory *next = next_directory(test, f, 1);

	pretend(f, 10000);
	hold_worker(f);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	KUNIT_EXPECT_EQ(test, tm_table_split(&f->table, 0, GFP_KERNEL), 0);
	f->table.next = NULL;
	KUNIT_EXPECT_TRUE(test, f->table.next_void);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(next->slot[0]));
	check(test, f);
}

static void want_notes_a_segment_once(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	struct tm_segment *seg = segment_of(f, 0);
	unsigned int i;

	spin_lock_bh(&seg->lock);
	for (i = 0; i < 2; i++)
		tm_table_want(&f->table, seg);
	spin_unlock_bh(&seg->lock);
	work(f);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&f->table.want));
	KUNIT_EXPECT_FALSE(test, seg->wanted);
}

static void worker_splits_ahead_of_demand(struct kunit *test)
{
	struct fixture *f = fixture(test, 1);
	struct tm_segment *seg = segment_of(f, 0);

	pretend(f, 10000);
	put_many(test, f, 0, 1, TM_SPLIT_AHEAD);
	spin_lock_bh(&seg->lock);
	tm_table_want(&f->table, seg);
	spin_unlock_bh(&seg->lock);
	work(f);
	KUNIT_EXPECT_EQ(test, f->table.splits, 1);
	KUNIT_EXPECT_EQ(test, bits(f), 3);
	check(test, f);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(init_makes_all_segments_of_the_least_depth),
	KUNIT_CASE(init_gives_up_where_memory_ends),
	KUNIT_CASE(init_survives_each_failed_allocation),
	KUNIT_CASE(split_leaves_a_segment_with_room_alone),
	KUNIT_CASE(split_parts_a_crowded_segment),
	KUNIT_CASE(split_retires_the_old_segment),
	KUNIT_CASE(split_makes_room_after_many_probes),
	KUNIT_CASE(split_hands_deadlines_on),
	KUNIT_CASE(split_stops_where_the_population_explains_no_more),
	KUNIT_CASE(split_asks_for_a_larger_directory),
	KUNIT_CASE(split_fails_without_memory_and_changes_nothing),
	KUNIT_CASE(directory_doubles_until_its_bits_are_not_used_up),
	KUNIT_CASE(directory_does_not_grow_deeper_than_segments_may_be),
	KUNIT_CASE(large_directory_is_copied_whole),
	KUNIT_CASE(grow_fails_without_memory_and_changes_nothing),
	KUNIT_CASE(buddies_that_are_little_enough_become_one),
	KUNIT_CASE(buddies_that_hold_too_much_stay_two),
	KUNIT_CASE(merge_hands_deadlines_on),
	KUNIT_CASE(merge_goes_up_as_far_as_it_may),
	KUNIT_CASE(segments_of_the_least_depth_do_not_merge),
	KUNIT_CASE(a_segment_waits_for_a_deeper_buddy),
	KUNIT_CASE(merge_without_memory_is_left_for_later),
	KUNIT_CASE(directory_halves_when_two_levels_are_unused),
	KUNIT_CASE(split_is_published_in_a_directory_that_is_being_filled),
	KUNIT_CASE(split_voids_a_directory_that_is_too_small_for_it),
	KUNIT_CASE(want_notes_a_segment_once),
	KUNIT_CASE(worker_splits_ahead_of_demand),
	{}
};

static struct kunit_suite table_suite = {
	.name = "ttlmap_table",
	.init = tm_fakes_init,
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
