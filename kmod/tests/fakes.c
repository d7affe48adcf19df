// SPDX-License-Identifier: GPL-2.0
/*
 * What tests have in place of the clock, of random numbers and of an allocator
 * that does not fail.
 */
#include <kunit/resource.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "fakes.h"

static u64 clock;
static u64 tick_late;
static u64 dice;
static bool faked;

u64 tm_now(void)
{
	return READ_ONCE(faked) ? READ_ONCE(clock) : ktime_get_boottime_ns();
}

u64 tm_last_tick(void)
{
	return READ_ONCE(faked) ? READ_ONCE(clock) - READ_ONCE(tick_late) :
				  ktime_get_coarse_boottime_ns();
}

u64 tm_random(void)
{
	return READ_ONCE(faked) ? READ_ONCE(dice) : get_random_u64();
}

void tm_test_clock_set(u64 now)
{
	WRITE_ONCE(clock, now);
}

void tm_test_clock_advance(u64 ns)
{
	WRITE_ONCE(clock, READ_ONCE(clock) + ns);
}

/* How long ago the last tick was. */
void tm_test_tick_late(u64 ns)
{
	WRITE_ONCE(tick_late, ns);
}

void tm_test_random_set(u64 value)
{
	WRITE_ONCE(dice, value);
}

static void unfake(void *unused)
{
	WRITE_ONCE(faked, false);
}

/* The first thing that a test case asks for, and so the last that goes. */
int tm_fakes_init(struct kunit *test)
{
	tm_test_clock_set(TM_TEST_NOW);
	tm_test_tick_late(0);
	tm_test_random_set(0x9e3779b97f4a7c15ULL);
	WRITE_ONCE(faked, true);
	return kunit_add_action_or_reset(test, unfake, NULL);
}

#ifdef CONFIG_FAILSLAB
/* failslab, as it is, leaves allocations alone that may wait for reclaim. */
static bool armed(void)
{
	void *memory;

	current->fail_nth = 1;
	memory = kmalloc(64, GFP_KERNEL);
	current->fail_nth = 0;
	kfree(memory);
	return !memory;
}

/* The @nth allocation of this thread from now on fails. */
void tm_test_fail_allocation(struct kunit *test, unsigned int nth)
{
	KUNIT_ASSERT_TRUE_MSG(test, armed(), "needs failslab/ignore-gfp-wait in debugfs to be N");
	current->fail_nth = nth;
}

/* Did it? From here on none fails. */
bool tm_test_allocation_failed(void)
{
	unsigned int left = current->fail_nth;

	current->fail_nth = 0;
	return !left;
}
#else
void tm_test_fail_allocation(struct kunit *test, unsigned int nth)
{
	kunit_skip(test, "this kernel has no failslab");
}

bool tm_test_allocation_failed(void)
{
	return false;
}
#endif
