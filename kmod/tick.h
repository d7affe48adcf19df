/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ticks: the granularity of removal, 2^24 ns (16.8 ms) of CLOCK_BOOTTIME. An
 * entry's expiry is exact to the nanosecond for readers; its memory is looked
 * for at the first tick that is not before it.
 */
#ifndef _TTLMAP_TICK_H
#define _TTLMAP_TICK_H

#include <linux/limits.h>
#include <linux/types.h>

#define TM_TICK_SHIFT	24
#define TM_TICK_NEVER	U64_MAX

static inline u64 tm_tick(u64 now)
{
	return now >> TM_TICK_SHIFT;
}

static inline u64 tm_tick_due(u64 expires)
{
	return ((expires - 1) >> TM_TICK_SHIFT) + 1;
}

static inline u64 tm_tick_ns(u64 tick)
{
	return tick << TM_TICK_SHIFT;
}

#endif /* _TTLMAP_TICK_H */
