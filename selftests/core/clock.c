// SPDX-License-Identifier: GPL-2.0
/*
 * A clock that stands still until somebody sets it, and the timers on it, which
 * fire when it passes them. Where times are taken lookups read the real one, as
 * they would have to in a kernel; timers wait for somebody to set it all the same.
 */
#include <pthread.h>
#include <linux/hrtimer.h>

#include "shim.h"

#define TICK_LATE	(16 * (u64)NSEC_PER_SEC)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hrtimer *timers;
static u64 clock_now = NSEC_PER_SEC;

bool shim_clock_real;

static u64 machine_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

u64 ktime_get_boottime_ns(void)
{
	if (shim_clock_real)
		return machine_clock(CLOCK_BOOTTIME);
	return __atomic_load_n(&clock_now, __ATOMIC_RELAXED);
}

/*
 * No tick has come for longer than a kernel in order would see. Of the machine's own
 * clocks, the one that goes by ticks leaves out how long it was asleep: it is early.
 */
u64 ktime_get_coarse_boottime_ns(void)
{
	u64 now;

	if (shim_clock_real)
		return machine_clock(CLOCK_MONOTONIC_COARSE);
	now = ktime_get_boottime_ns();
	return now > TICK_LATE ? now - TICK_LATE : 0;
}

u64 shim_clock(void)
{
	return ktime_get_boottime_ns();
}

bool shim_timer_armed(const struct hrtimer *timer)
{
	const struct hrtimer *at = timers;

	while (at && at != timer)
		at = at->next;
	return at;
}

static bool disarm(struct hrtimer *timer)
{
	struct hrtimer **at;

	for (at = &timers; *at; at = &(*at)->next) {
		if (*at != timer)
			continue;
		*at = timer->next;
		return true;
	}
	return false;
}

static struct hrtimer *first_due(u64 now)
{
	struct hrtimer *timer, *first = NULL;

	for (timer = timers; timer; timer = timer->next)
		if ((u64)timer->expires <= now && (!first || timer->expires < first->expires))
			first = timer;
	return first;
}

/* Handlers run with the lock held, so that whoever cancels one waits for it. */
static void fire_due(void)
{
	struct hrtimer *timer;

	pthread_mutex_lock(&lock);
	while ((timer = first_due(shim_clock()))) {
		disarm(timer);
		timer->function(timer);
	}
	pthread_mutex_unlock(&lock);
}

void shim_clock_set(u64 now)
{
	__atomic_store_n(&clock_now, now, __ATOMIC_RELAXED);
	fire_due();
}

void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *),
		   int clock, enum hrtimer_mode mode)
{
	timer->function = function;
}

/* One whose time is over fires with the next step of the clock at the latest. */
void hrtimer_start(struct hrtimer *timer, ktime_t expires, enum hrtimer_mode mode)
{
	pthread_mutex_lock(&lock);
	disarm(timer);
	timer->expires = expires;
	timer->next = timers;
	timers = timer;
	pthread_mutex_unlock(&lock);
}

int hrtimer_cancel(struct hrtimer *timer)
{
	bool armed;

	pthread_mutex_lock(&lock);
	armed = disarm(timer);
	pthread_mutex_unlock(&lock);
	return armed;
}
