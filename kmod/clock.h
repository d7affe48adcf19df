/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock by which entries expire: nanoseconds of CLOCK_BOOTTIME, so that time
 * asleep counts. In a build with KUnit tests it is theirs to set.
 *
 * Reading it waits for all loads that came before, since a processor must not take
 * the time too early: lookups that follow each other could then not wait for memory
 * at the same time, which in a large map is most of their cost. The time of the last
 * timer tick costs a load. It is too early by a tick, by more where the ticks of the
 * CPU that keeps the time are held up.
 */
#ifndef _TTLMAP_CLOCK_H
#define _TTLMAP_CLOCK_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/types.h>

/*
 * What is due later than this after the last tick has not passed: 17 s. By then the
 * kernel has long called a CPU without ticks locked up.
 */
#define TM_CLOCK_LATE	BIT_ULL(34)

#ifdef CONFIG_TTLMAP_KUNIT_TEST
u64 tm_now(void);
u64 tm_last_tick(void);
#else
static inline u64 tm_now(void)
{
	return ktime_get_boottime_ns();
}

static inline u64 tm_last_tick(void)
{
	return ktime_get_coarse_boottime_ns();
}
#endif

/**
 * tm_clock_passed() - has a deadline passed?
 * @deadline: ns, or U64_MAX for never
 * @now: 0, or the time; read if it is needed and 0
 */
static inline bool tm_clock_passed(u64 deadline, u64 *now)
{
	if (!*now) {
		if (likely(deadline > tm_last_tick() + TM_CLOCK_LATE))
			return false;
		*now = tm_now();
	}
	return deadline <= *now;
}

#endif /* _TTLMAP_CLOCK_H */
