/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_STATS_H
#define _TTLMAP_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

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

/**
 * struct tm_stats - counters of one CPU
 * @count: by enum tm_stat, monotonic
 */
struct tm_stats {
	u64 count[TM_STATS];
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

u64 tm_stat_sum(const struct tm_stats __percpu *stats, enum tm_stat which);

#endif /* _TTLMAP_STATS_H */
