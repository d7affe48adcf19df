// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/slab.h>

#include "../history.h"

KUNIT_DEFINE_ACTION_WRAPPER(free_history, kfree, const void *);

static struct tm_history *new_history(struct kunit *test)
{
	struct tm_history *history = tm_history_alloc();

	KUNIT_ASSERT_NOT_NULL(test, history);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_history, history), 0);
	return history;
}

/* Each time there is one entry more, and three hits more have been counted. */
static void add(struct tm_history *history, u64 n)
{
	struct ttlmap_stat stat = {
		.entries = n,
		.live_bytes = n * 100,
		.hits = n * 3,
		.deletes = n,
		.popped = n,
		.cleared = n,
		.evicted = n,
		.reclaimed = n,
	};

	mutex_lock(&history->lock);
	tm_history_add(history, &stat, n * 1000);
	mutex_unlock(&history->lock);
}

static void sums_are_of_the_time_since_the_sample_before(struct kunit *test)
{
	struct tm_history *history = new_history(test);
	const struct tm_sample *sample;

	add(history, 2);
	add(history, 7);
	sample = tm_history_ago(&history->ring[TM_FINE], 0);
	KUNIT_ASSERT_NOT_NULL(test, sample);
	KUNIT_EXPECT_EQ(test, sample->time, 7000);
	KUNIT_EXPECT_EQ(test, sample->figure[TM_SAMPLE_ENTRIES], 7);
	KUNIT_EXPECT_EQ(test, sample->figure[TM_SAMPLE_LIVE], 700);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_HITS], 15);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_DELETES], 15);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_EVICTED], 10);
	sample = tm_history_ago(&history->ring[TM_FINE], 1);
	KUNIT_ASSERT_NOT_NULL(test, sample);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_HITS], 6);
	KUNIT_EXPECT_NULL(test, tm_history_ago(&history->ring[TM_FINE], 2));
}

static void old_samples_make_room_for_new_ones(struct kunit *test)
{
	struct tm_history *history = new_history(test);
	const struct tm_ring *ring = &history->ring[TM_FINE];
	unsigned int n;

	for (n = 1; n <= TM_HISTORY_MAX + 5; n++)
		add(history, n);
	KUNIT_EXPECT_EQ(test, tm_history_ago(ring, 0)->time, (TM_HISTORY_MAX + 5) * 1000);
	KUNIT_EXPECT_EQ(test, tm_history_ago(ring, TM_HISTORY_MAX - 1)->time, 6000);
	KUNIT_EXPECT_NULL(test, tm_history_ago(ring, TM_HISTORY_MAX));
}

static void coarser_samples_sum_up_finer_ones(struct kunit *test)
{
	unsigned int middle = tm_history_step[TM_FINE];
	unsigned int coarse = middle * tm_history_step[TM_MIDDLE], n;
	struct tm_history *history = new_history(test);
	const struct tm_sample *sample;

	for (n = 1; n < coarse; n++)
		add(history, n);
	KUNIT_EXPECT_NULL(test, tm_history_ago(&history->ring[TM_COARSE], 0));
	add(history, coarse);
	sample = tm_history_ago(&history->ring[TM_MIDDLE], 0);
	KUNIT_ASSERT_NOT_NULL(test, sample);
	KUNIT_EXPECT_EQ(test, sample->time, coarse * 1000);
	KUNIT_EXPECT_EQ(test, sample->figure[TM_SAMPLE_ENTRIES], coarse);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_HITS], middle * 3);
	sample = tm_history_ago(&history->ring[TM_COARSE], 0);
	KUNIT_ASSERT_NOT_NULL(test, sample);
	KUNIT_EXPECT_EQ(test, sample->figure[TM_SAMPLE_ENTRIES], coarse);
	KUNIT_EXPECT_EQ(test, sample->sum[TM_SAMPLE_HITS], coarse * 3);
	KUNIT_EXPECT_NULL(test, tm_history_ago(&history->ring[TM_COARSE], 1));
}

static struct kunit_case history_cases[] = {
	KUNIT_CASE(sums_are_of_the_time_since_the_sample_before),
	KUNIT_CASE(old_samples_make_room_for_new_ones),
	KUNIT_CASE(coarser_samples_sum_up_finer_ones),
	{}
};

static struct kunit_suite history_suite = {
	.name = "ttlmap_history",
	.test_cases = history_cases,
};

kunit_test_suite(history_suite);
