/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock by which entries expire: nanoseconds of CLOCK_BOOTTIME, so that time
 * asleep counts. In a build with KUnit tests it is theirs to set.
 */
#ifndef _TTLMAP_CLOCK_H
#define _TTLMAP_CLOCK_H

#include <linux/ktime.h>
#include <linux/types.h>

#ifdef CONFIG_TTLMAP_KUNIT_TEST
u64 tm_now(void);
#else
static inline u64 tm_now(void)
{
	return ktime_get_boottime_ns();
}
#endif

#endif /* _TTLMAP_CLOCK_H */
