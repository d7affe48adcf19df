/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_STATS_H
#define _TTLMAP_STATS_H

#include <linux/percpu.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "histogram.h"

/* Names as in struct ttlmap_stat, which documents them. */
enum tm_stat {
	TM_HITS,
	TM_MISSES,
	TM_INSERTS,
	TM_REPLACES,
	TM_DELETES,
	TM_POPPED,
	TM_CLEARED,
	TM_EVICTED,
	TM_RECLAIMED,
	TM_EXPIRED,
	TM_OWNER_GONE,
	TM_COLLISION_EVICTED,
	TM_TOUCHES,
	TM_ADDS,
	TM_CANCELED,
	TM_REFUSED,
	TM_NO_MEMORY,
	TM_RETIRE_WAITS,
	TM_DESCRIPTOR_HITS,	/* of the hits, those through descriptors */
	TM_STATS
};

/* What is kept as the largest so far. */
enum tm_worst {
	TM_WORST_SPLITS,	/* segments split within one operation */
	TM_WORST_BUCKETS,	/* buckets looked at for one eviction */
	TM_WORST_LAG,		/* ns from a deadline to the removal of its entry */
	TM_WORSTS
};

#define TM_LAG_CLASSES	18	/* of milliseconds */

/**
 * struct tm_stats - counters of one CPU
 * @count: by enum tm_stat, monotonic
 * @worst: by enum tm_worst
 * @lag: entries by how long after their deadline they were removed
 */
struct tm_stats {
	u64 count[TM_STATS];
	u64 worst[TM_WORSTS];
	u64 lag[TM_LAG_CLASSES];
};

static inline void tm_stat_add(struct tm_stats __percpu *stats, enum tm_stat which,
			       u64 n)
{
	this_cpu_add(stats->count[which], n);
}

static inline void tm_stat_inc(struct tm_stats __percpu *stats, enum tm_stat which)
{
	this_cpu_inc(stats->count[which]);
}

void tm_stat_raise(struct tm_stats __percpu *stats, enum tm_worst which, u64 n);

/* It was @n this time. */
static inline void tm_stat_worst(struct tm_stats __percpu *stats, enum tm_worst which, u64 n)
{
	if (unlikely(n > this_cpu_read(stats->worst[which])))
		tm_stat_raise(stats, which, n);
}

/* An entry is removed so many ns after its deadline. */
static inline void tm_stat_lag(struct tm_stats __percpu *stats, u64 lag)
{
	tm_stat_worst(stats, TM_WORST_LAG, lag);
	this_cpu_inc(stats->lag[tm_class_of(lag / NSEC_PER_MSEC, TM_LAG_CLASSES)]);
}

u64 tm_stat_sum(const struct tm_stats __percpu *stats, enum tm_stat which);
u64 tm_stat_largest(const struct tm_stats __percpu *stats, enum tm_worst which);
u64 tm_stat_lag_sum(const struct tm_stats __percpu *stats, unsigned int class);

#endif /* _TTLMAP_STATS_H */
