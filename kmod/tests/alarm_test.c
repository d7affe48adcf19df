// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../alarm.h"
#include "../history.h"

#define WINDOW 4	/* samples */

/**
 * struct scene - a map as the rules see it
 * @history: its past
 * @stat: its present
 * @symptoms: what is made of it
 * @alarm: by rule
 */
struct scene {
	struct tm_history *history;
	struct ttlmap_stat stat;
	struct tm_symptoms symptoms;
	struct tm_alarm alarm[TTLMAP_ALARMS];
};

KUNIT_DEFINE_ACTION_WRAPPER(free_history, kfree, const void *);

static struct scene *new_scene(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, scene);
	scene->history = tm_history_alloc();
	KUNIT_ASSERT_NOT_NULL(test, scene->history);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_history, scene->history), 0);
	scene->symptoms = (struct tm_symptoms){
		.ring = &scene->history->ring[TM_FINE],
		.samples = WINDOW,
		.hits_percent = 10,
		.stat = &scene->stat,
	};
	return scene;
}

/* Take a sample and have a rule look at it. Returns whether its alarm is on then. */
static bool look(struct scene *scene, unsigned int rule, u64 threshold)
{
	mutex_lock(&scene->history->lock);
	tm_history_add(scene->history, &scene->stat, 1);
	mutex_unlock(&scene->history->lock);
	tm_alarm_judge(&scene->alarm[rule], rule, &scene->symptoms, threshold);
	return scene->alarm[rule].on;
}

/* What a client that only ever inserts does between two samples. */
static void leak(struct scene *scene, u64 bytes)
{
	scene->stat.live_bytes += bytes;
	scene->stat.unread_bytes += bytes;
	scene->stat.inserts += bytes / 100;
}

/* A cache that fetches what it has missed, and reads all of it. */
static void serve(struct scene *scene, u64 bytes, u64 hits, u64 misses)
{
	scene->stat.live_bytes += bytes;
	scene->stat.inserts += misses;
	scene->stat.misses += misses;
	scene->stat.hits += hits;
}

static void growth_without_hits_is_a_leak(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i, at = 0;

	for (i = 1; !at && i < 20; i++) {
		leak(scene, SZ_1M);
		if (look(scene, TTLMAP_ALARM_GROWTH, 10))
			at = i;
	}
	/* Two windows have to be there, and then three samples in a row. */
	KUNIT_EXPECT_EQ(test, at, 2 * WINDOW + 3);
	KUNIT_EXPECT_EQ(test, scene->alarm[TTLMAP_ALARM_GROWTH].raised, 1);
}

static void growth_with_hits_is_none(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 40; i++) {
		serve(scene, SZ_1M, 2000, 8000);
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
	}
}

/* What it fetched last does not hit, and it has not asked for much: so it is at first. */
static void cache_that_is_cold_is_none(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 40; i++) {
		serve(scene, SZ_1M, 0, 20);
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
	}
}

/* A long scan, of a cache that was of use before. */
static void growth_of_what_has_hit_before_is_none(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	serve(scene, SZ_1M, 10000, 1000);
	for (i = 0; i < 40; i++) {
		serve(scene, SZ_1M, 0, 1000);
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
	}
}

/* Who asks before it inserts, but never for the same key again. */
static void growth_by_what_never_hits_is_a_leak(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i, at = 0;

	for (i = 1; !at && i < 20; i++) {
		serve(scene, SZ_1M, 0, 1000);
		if (look(scene, TTLMAP_ALARM_GROWTH, 10))
			at = i;
	}
	KUNIT_EXPECT_EQ(test, at, 2 * WINDOW + 3);
}

static void growth_of_what_is_removed_again_is_none(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 40; i++) {
		leak(scene, SZ_1M);
		scene->stat.expired += SZ_1M / 100 * 6 / 10;
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
	}
}

static void loading_a_map_is_no_leak(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 30; i++) {
		if (i < WINDOW)
			leak(scene, 16 * SZ_1M);
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_UNREAD, 90));
	}
}

static void expect_no_leak_of_a_load(struct kunit *test, unsigned int rule, u64 threshold)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 8 * WINDOW; i++) {
		if (i >= 3 * WINDOW && i < 4 * WINDOW)
			leak(scene, 16 * SZ_1M);
		KUNIT_ASSERT_FALSE_MSG(test, look(scene, rule, threshold), "sample %u", i);
	}
}

/* Wherever the windows end, one of them tells of no growth, or it is over. */
static void loading_a_map_with_a_past_is_no_leak(struct kunit *test)
{
	expect_no_leak_of_a_load(test, TTLMAP_ALARM_GROWTH, 10);
	expect_no_leak_of_a_load(test, TTLMAP_ALARM_UNREAD, 90);
}

static void small_maps_do_not_leak(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 20; i++) {
		leak(scene, SZ_32K);
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_GROWTH, 10));
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_UNREAD, 90));
	}
}

static void alarm_ends_well_below_its_threshold(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	struct tm_alarm *alarm = &scene->alarm[TTLMAP_ALARM_STALE];
	unsigned int i;

	scene->stat.live_bytes = SZ_8M;
	scene->stat.stale_bytes = SZ_8M;
	for (i = 0; i < 3; i++)
		look(scene, TTLMAP_ALARM_STALE, 50);
	KUNIT_ASSERT_TRUE(test, alarm->on);
	/* 40 percent are less than 50, but not well below. */
	scene->stat.live_bytes = 12 * SZ_1M;
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_TRUE(test, look(scene, TTLMAP_ALARM_STALE, 50));
	scene->stat.live_bytes = 32 * SZ_1M;
	KUNIT_EXPECT_TRUE(test, look(scene, TTLMAP_ALARM_STALE, 50));
	KUNIT_EXPECT_TRUE(test, look(scene, TTLMAP_ALARM_STALE, 50));
	KUNIT_EXPECT_FALSE(test, look(scene, TTLMAP_ALARM_STALE, 50));
	KUNIT_EXPECT_EQ(test, alarm->raised, 1);
}

static void two_samples_raise_nothing(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 12; i++) {
		scene->stat.oldest_stale_ns = i % 3 ? 20 * NSEC_PER_SEC : 0;
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_OVERDUE, 10 * NSEC_PER_SEC));
	}
}

static void frozen_maps_keep_what_is_stale(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	scene->stat.stale_bytes = SZ_8M;
	scene->stat.oldest_stale_ns = 100 * NSEC_PER_SEC;
	scene->stat.frozen = 1;
	for (i = 0; i < 5; i++) {
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_STALE, 25));
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_OVERDUE, NSEC_PER_SEC));
	}
}

static void unread_bytes_that_become_more_are_a_leak(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i, at = 0;

	for (i = 1; !at && i < 20; i++) {
		leak(scene, SZ_1M);
		if (look(scene, TTLMAP_ALARM_UNREAD, 90))
			at = i;
	}
	KUNIT_EXPECT_EQ(test, at, 2 * WINDOW + 3);
}

/* Nearly all that a trace of files read once leaves in a cache. */
static void unread_bytes_that_were_missed_are_none(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	for (i = 0; i < 20; i++) {
		serve(scene, SZ_1M, 10, SZ_1M / 100);
		scene->stat.unread_bytes = scene->stat.live_bytes;
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_UNREAD, 90));
	}
}

static void one_writer_of_many_who_is_not_read_leaks(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	scene->stat.live_bytes = SZ_8M;
	scene->symptoms.owner.bytes = 6 * SZ_1M;
	scene->symptoms.owner.read_bytes = 6 * SZ_1M;
	scene->symptoms.owners = 10;
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_OWNER, 50));
	scene->symptoms.owner.read_bytes = SZ_1M;
	scene->symptoms.owner_leaves_more = true;
	scene->symptoms.owners = 2;
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_OWNER, 50));
	scene->symptoms.owner_leaves_more = false;
	scene->symptoms.owners = 10;
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_OWNER, 50));
	scene->symptoms.owner_leaves_more = true;
	for (i = 0; i < 3; i++)
		look(scene, TTLMAP_ALARM_OWNER, 50);
	KUNIT_EXPECT_TRUE(test, scene->alarm[TTLMAP_ALARM_OWNER].on);
	KUNIT_EXPECT_EQ(test, scene->alarm[TTLMAP_ALARM_OWNER].figure, 75);
}

static void rules_of_the_present_have_their_figures(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	scene->stat.retired_bytes = 6 * SZ_1M;
	scene->stat.resident_bytes = SZ_8M;
	scene->symptoms.collisions = 200;
	for (i = 0; i < 3; i++) {
		look(scene, TTLMAP_ALARM_RETIRED, 50);
		look(scene, TTLMAP_ALARM_COLLISIONS, 100);
	}
	KUNIT_EXPECT_TRUE(test, scene->alarm[TTLMAP_ALARM_RETIRED].on);
	KUNIT_EXPECT_EQ(test, scene->alarm[TTLMAP_ALARM_RETIRED].figure, 75);
	KUNIT_EXPECT_TRUE(test, scene->alarm[TTLMAP_ALARM_COLLISIONS].on);
	KUNIT_EXPECT_EQ(test, scene->alarm[TTLMAP_ALARM_COLLISIONS].figure, 200);
}

static void threshold_may_be_out_of_reach(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	unsigned int i;

	scene->symptoms.collisions = U32_MAX;
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_FALSE(test, look(scene, TTLMAP_ALARM_COLLISIONS, TTLMAP_ALARM_NEVER));
}

static struct kunit_case alarm_cases[] = {
	KUNIT_CASE(growth_without_hits_is_a_leak),
	KUNIT_CASE(growth_with_hits_is_none),
	KUNIT_CASE(cache_that_is_cold_is_none),
	KUNIT_CASE(growth_of_what_has_hit_before_is_none),
	KUNIT_CASE(growth_by_what_never_hits_is_a_leak),
	KUNIT_CASE(growth_of_what_is_removed_again_is_none),
	KUNIT_CASE(loading_a_map_is_no_leak),
	KUNIT_CASE(loading_a_map_with_a_past_is_no_leak),
	KUNIT_CASE(small_maps_do_not_leak),
	KUNIT_CASE(alarm_ends_well_below_its_threshold),
	KUNIT_CASE(two_samples_raise_nothing),
	KUNIT_CASE(frozen_maps_keep_what_is_stale),
	KUNIT_CASE(unread_bytes_that_become_more_are_a_leak),
	KUNIT_CASE(unread_bytes_that_were_missed_are_none),
	KUNIT_CASE(one_writer_of_many_who_is_not_read_leaks),
	KUNIT_CASE(rules_of_the_present_have_their_figures),
	KUNIT_CASE(threshold_may_be_out_of_reach),
	{}
};

static struct kunit_suite alarm_suite = {
	.name = "ttlmap_alarm",
	.test_cases = alarm_cases,
};

kunit_test_suite(alarm_suite);
