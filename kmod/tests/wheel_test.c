// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../wheel.h"
#include "fixture.h"

#define NOW	(TM_TEST_NOW >> TM_TICK_SHIFT)
#define LEVEL(n)	(1ULL << (TM_WHEEL_BITS * (n)))

static enum hrtimer_restart fire(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void stop(void *wheel)
{
	tm_wheel_stop(wheel);
}

static struct tm_wheel *new_wheel(struct kunit *test)
{
	struct tm_wheel *wheel = kunit_kzalloc(test, sizeof(*wheel), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, wheel);
	tm_wheel_init(wheel, fire);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop, wheel), 0);
	return wheel;
}

static void free_segment(void *seg)
{
	tm_segment_free(seg);
}

static struct tm_segment *segment(struct kunit *test)
{
	struct tm_segment *seg = tm_segment_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seg);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_segment, seg), 0);
	tm_segment_init(seg, 1, 0, NOW);
	return seg;
}

static void add(struct tm_wheel *wheel, struct tm_segment *seg, u64 due, u64 now)
{
	spin_lock_bh(&seg->lock);
	seg->due = due;
	tm_wheel_add(wheel, seg, now);
	spin_unlock_bh(&seg->lock);
}

static void take_out(struct tm_wheel *wheel, struct tm_segment *seg)
{
	spin_lock_bh(&seg->lock);
	tm_wheel_remove(wheel, seg);
	spin_unlock_bh(&seg->lock);
}

/* The next segment that is due, or NULL once nothing is. */
static struct tm_segment *pop(struct tm_wheel *wheel, u64 tick)
{
	struct tm_segment *seg = NULL;
	bool more = true;

	rcu_read_lock();
	while (!seg && more)
		seg = tm_wheel_pop(wheel, tick, &more);
	rcu_read_unlock();
	return seg;
}

/* Follow the timer from one tick for which it is set to the next until a segment
 * comes up. Returns the tick, or 0 if the timer is off before.
 */
static u64 tick_of_next(struct tm_wheel *wheel, struct tm_segment **seg)
{
	u64 tick;

	while (wheel->armed != TM_TICK_NEVER) {
		tick = wheel->armed;
		*seg = pop(wheel, tick);
		if (*seg)
			return tick;
	}
	return 0;
}

static void empty_wheel_sets_no_timer(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);

	KUNIT_EXPECT_EQ(test, wheel->armed, TM_TICK_NEVER);
	KUNIT_EXPECT_NULL(test, pop(wheel, NOW));
	KUNIT_EXPECT_EQ(test, wheel->armed, TM_TICK_NEVER);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&wheel->timer));
}

static void segment_without_a_deadline_stays_out(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test);

	add(wheel, seg, TM_TICK_NEVER, NOW);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&seg->wheel));
	KUNIT_EXPECT_EQ(test, wheel->armed, TM_TICK_NEVER);
	add(wheel, seg, NOW + 5, NOW);
	KUNIT_EXPECT_FALSE(test, hlist_unhashed(&seg->wheel));
	KUNIT_EXPECT_EQ(test, wheel->armed, NOW + 5);
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&wheel->timer));
	add(wheel, seg, TM_TICK_NEVER, NOW);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&seg->wheel));
}

static void timer_is_set_for_the_tick(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);

	add(wheel, segment(test), NOW + 5, NOW);
	KUNIT_EXPECT_EQ(test, ktime_to_ns(hrtimer_get_expires(&wheel->timer)),
			tm_tick_ns(NOW + 5));
	add(wheel, segment(test), NOW + 7, NOW);
	KUNIT_EXPECT_EQ(test, wheel->armed, NOW + 5);
	add(wheel, segment(test), NOW + 3, NOW);
	KUNIT_EXPECT_EQ(test, wheel->armed, NOW + 3);
	KUNIT_EXPECT_EQ(test, ktime_to_ns(hrtimer_get_expires(&wheel->timer)),
			tm_tick_ns(NOW + 3));
}

static void pop_waits_for_the_tick(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test);

	add(wheel, seg, NOW + 5, NOW);
	KUNIT_EXPECT_NULL(test, pop(wheel, NOW + 4));
	KUNIT_EXPECT_EQ(test, wheel->armed, NOW + 5);
	KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW + 5), seg);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&seg->wheel));
	KUNIT_EXPECT_NULL(test, pop(wheel, NOW + 5));
	KUNIT_EXPECT_EQ(test, wheel->armed, TM_TICK_NEVER);
}

static void what_was_due_before_comes_at_once(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test);

	add(wheel, seg, NOW - 100, NOW);
	KUNIT_EXPECT_EQ(test, wheel->armed, NOW);
	KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW), seg);
}

static void every_distance_comes_at_its_very_tick(struct kunit *test)
{
	static const u64 distances[] = {
		0, 1, 62, 63, 64, 65, 127, 128, LEVEL(2) - 1, LEVEL(2), LEVEL(2) + 1,
		LEVEL(3) - 1, LEVEL(3), LEVEL(3) + 63, LEVEL(4) - 1, LEVEL(4), LEVEL(4) + 64,
		LEVEL(5) - 1, LEVEL(5), LEVEL(5) + 1, 3 * LEVEL(5) + 12345,
	};
	static const u64 offsets[] = { 0, 1, 63, LEVEL(1), LEVEL(2) - 1, LEVEL(4) + 17 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(distances); i++) {
		for (j = 0; j < ARRAY_SIZE(offsets); j++) {
			u64 now = NOW + offsets[j], due = now + distances[i];
			struct tm_segment *seg = segment(test), *popped = NULL;
			struct tm_wheel *wheel = new_wheel(test);

			add(wheel, seg, due, now);
			KUNIT_EXPECT_EQ_MSG(test, tick_of_next(wheel, &popped), due,
					    "%llu ticks from %llu on", distances[i], now);
			KUNIT_EXPECT_PTR_EQ(test, popped, seg);
			KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &popped), 0);
		}
	}
}

static void sleep_over_a_deadline_makes_it_due(struct kunit *test)
{
	static const u64 distances[] = { 1, 64, LEVEL(2) + 5, LEVEL(3) + 5, LEVEL(4), LEVEL(5) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(distances); i++) {
		struct tm_wheel *wheel = new_wheel(test);
		struct tm_segment *seg = segment(test);

		add(wheel, seg, NOW + distances[i], NOW);
		KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW + 2 * LEVEL(5)), seg);
		KUNIT_EXPECT_NULL(test, pop(wheel, NOW + 2 * LEVEL(5)));
	}
}

static void add_moves_what_is_there_already(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test), *popped;

	add(wheel, seg, NOW + 500, NOW);
	add(wheel, seg, NOW + 20, NOW);
	KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &popped), NOW + 20);
	KUNIT_EXPECT_PTR_EQ(test, popped, seg);
	KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &popped), 0);
}

static void removed_segment_does_not_come(struct kunit *test)
{
	struct tm_segment *gone, *stays, *popped;
	struct tm_wheel *wheel = new_wheel(test);

	gone = segment(test);
	stays = segment(test);
	add(wheel, gone, NOW + 20, NOW);
	add(wheel, stays, NOW + 300, NOW);
	take_out(wheel, gone);
	KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &popped), NOW + 300);
	KUNIT_EXPECT_PTR_EQ(test, popped, stays);
}

static void empty_wheel_starts_anew_from_the_present(struct kunit *test)
{
	u64 later = NOW + 10 * LEVEL(5);
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test), *popped;

	add(wheel, seg, NOW + 1, NOW);
	KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW + 1), seg);
	/* Bits of slots that have been left by hand are cleared by pops alone. */
	KUNIT_EXPECT_NULL(test, pop(wheel, NOW + 1));
	add(wheel, seg, later + 3, later);
	KUNIT_EXPECT_EQ(test, wheel->armed, later + 3);
	KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &popped), later + 3);
}

static void time_never_runs_backwards(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *seg = segment(test);

	add(wheel, seg, NOW + 10, NOW + 10);
	KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW + 10), seg);
	KUNIT_EXPECT_NULL(test, pop(wheel, NOW + 10));
	add(wheel, seg, NOW + 5, NOW + 5);
	KUNIT_EXPECT_EQ(test, wheel->now, NOW + 11);
	KUNIT_EXPECT_PTR_EQ(test, pop(wheel, NOW + 11), seg);
}

/* More segments than move down in one go all come at their own tick. */
static void crowd_moves_down_in_batches(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	unsigned int i, calls = 0, came = 0;
	u64 first = ALIGN(NOW, LEVEL(2)) + 3 * LEVEL(2);
	struct tm_segment *seg;
	bool more = true;

	for (i = 0; i < 200; i++)
		add(wheel, segment(test), first + i % 64, NOW);
	KUNIT_EXPECT_NULL(test, pop(wheel, first - 1));
	rcu_read_lock();
	while (more) {
		seg = tm_wheel_pop(wheel, first, &more);
		calls++;
		came += seg ? seg->due == first : 0;
	}
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, came, 4);
	KUNIT_EXPECT_GE(test, calls, 200 / 64 + 4);
	for (i = 4; i < 200; i++) {
		u64 tick = tick_of_next(wheel, &seg);

		KUNIT_ASSERT_EQ(test, tick, seg->due);
	}
	KUNIT_EXPECT_EQ(test, tick_of_next(wheel, &seg), 0);
}

static void stopped_wheel_sets_no_timer(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);

	add(wheel, segment(test), NOW + 50, NOW);
	tm_wheel_stop(wheel);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&wheel->timer));
	add(wheel, segment(test), NOW + 5, NOW);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&wheel->timer));
}

/* Whatever comes and goes: each at its tick, none lost, none twice. */
static void random_traffic_comes_in_time(struct kunit *test)
{
	struct tm_wheel *wheel = new_wheel(test);
	struct tm_segment *segs[64], *seg;
	struct rnd_state rnd;
	unsigned int i, step;
	u64 now = NOW;

	prandom_seed_state(&rnd, 17);
	for (i = 0; i < ARRAY_SIZE(segs); i++)
		segs[i] = segment(test);
	for (step = 0; step < 5000; step++) {
		u32 dice = prandom_u32_state(&rnd);

		seg = segs[dice % ARRAY_SIZE(segs)];
		if (dice >> 31)
			add(wheel, seg, now + (prandom_u32_state(&rnd) >> (dice >> 20 & 31)), now);
		else if (dice >> 30)
			take_out(wheel, seg);
		else
			now += prandom_u32_state(&rnd) >> (dice >> 20 & 31);
		while ((seg = pop(wheel, now)))
			KUNIT_ASSERT_LE(test, seg->due, now);
		/* Of what is due at a tick that is done already the next one takes care. */
		for (i = 0; i < ARRAY_SIZE(segs); i++)
			if (!hlist_unhashed(&segs[i]->wheel))
				KUNIT_ASSERT_GE(test, segs[i]->due, min(now, wheel->now - 1));
	}
}

static struct kunit_case wheel_cases[] = {
	KUNIT_CASE(empty_wheel_sets_no_timer),
	KUNIT_CASE(segment_without_a_deadline_stays_out),
	KUNIT_CASE(timer_is_set_for_the_tick),
	KUNIT_CASE(pop_waits_for_the_tick),
	KUNIT_CASE(what_was_due_before_comes_at_once),
	KUNIT_CASE(every_distance_comes_at_its_very_tick),
	KUNIT_CASE(sleep_over_a_deadline_makes_it_due),
	KUNIT_CASE(add_moves_what_is_there_already),
	KUNIT_CASE(removed_segment_does_not_come),
	KUNIT_CASE(empty_wheel_starts_anew_from_the_present),
	KUNIT_CASE(time_never_runs_backwards),
	KUNIT_CASE(crowd_moves_down_in_batches),
	KUNIT_CASE(stopped_wheel_sets_no_timer),
	KUNIT_CASE(random_traffic_comes_in_time),
	{}
};

static struct kunit_suite wheel_suite = {
	.name = "ttlmap_wheel",
	.init = tm_fakes_init,
	.test_cases = wheel_cases,
};

kunit_test_suite(wheel_suite);
