/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_WHEEL_H
#define _TTLMAP_WHEEL_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "segment.h"

#define TM_WHEEL_BITS	6
#define TM_WHEEL_SLOTS	BIT(TM_WHEEL_BITS)
#define TM_WHEEL_LEVELS	5

/**
 * struct tm_wheel - segments by the tick of their earliest deadline
 * @lock: innermost; bottom halves off
 * @now: the first tick that is not done yet
 * @armed: tick for which @timer is set, or TM_TICK_NEVER
 * @stopped: the map goes away, do not set @timer again
 * @pending: a bit for each slot of a level that may hold segments
 * @slot: segments, through their field wheel
 * @timer: CLOCK_BOOTTIME; off when there is nothing to wait for
 *
 * WR: @lock for everything.
 */
struct tm_wheel {
	/* innermost, for all that follows */
	spinlock_t lock;
	bool stopped;
	u64 now;
	u64 armed;
	u64 pending[TM_WHEEL_LEVELS];
	struct hlist_head slot[TM_WHEEL_LEVELS][TM_WHEEL_SLOTS];
	struct hrtimer timer;
};

void tm_wheel_init(struct tm_wheel *wheel,
		   enum hrtimer_restart (*fire)(struct hrtimer *timer));
void tm_wheel_stop(struct tm_wheel *wheel);
void tm_wheel_add(struct tm_wheel *wheel, struct tm_segment *seg, u64 tick);
void tm_wheel_remove(struct tm_wheel *wheel, struct tm_segment *seg);
struct tm_segment *tm_wheel_pop(struct tm_wheel *wheel, u64 tick, bool *more);

#endif /* _TTLMAP_WHEEL_H */
