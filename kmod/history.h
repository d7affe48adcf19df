/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_HISTORY_H
#define _TTLMAP_HISTORY_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <uapi/linux/ttlmap.h>

/* What a map is at a moment; the bytes are resident ones. */
enum tm_figure {
	TM_SAMPLE_ENTRIES,
	TM_SAMPLE_LIVE,
	TM_SAMPLE_STALE,
	TM_SAMPLE_RETIRED,
	TM_SAMPLE_TABLE,
	TM_SAMPLE_UNREAD,
	TM_FIGURES
};

/* What was done since the sample before. */
enum tm_sum {
	TM_SAMPLE_HITS,
	TM_SAMPLE_MISSES,
	TM_SAMPLE_INSERTS,
	TM_SAMPLE_REPLACES,
	TM_SAMPLE_DELETES,
	TM_SAMPLE_EXPIRED,
	TM_SAMPLE_EVICTED,
	TM_SAMPLE_OWNER_GONE,
	TM_SUMS
};

/**
 * struct tm_sample - a map at one moment, and what was done before
 * @time: CLOCK_BOOTTIME ns, 0 for no sample
 * @figure: by enum tm_figure
 * @sum: by enum tm_sum
 */
struct tm_sample {
	u64 time;
	u64 figure[TM_FIGURES];
	u64 sum[TM_SUMS];
};

/* The period of a coarser one is a multiple of the one before, tm_history_step[]. */
enum tm_resolution {
	TM_FINE,
	TM_MIDDLE,
	TM_COARSE,
	TM_RESOLUTIONS
};

#define TM_HISTORY_MAX		22	/* samples of one resolution */

/**
 * struct tm_ring - the last samples of one resolution
 * @taken: so many in all
 * @sample: the last ones, number n at n modulo TM_HISTORY_MAX
 */
struct tm_ring {
	u64 taken;
	struct tm_sample sample[TM_HISTORY_MAX];
};

/**
 * struct tm_history - how a map came to be what it is
 * @lock: over all of it
 * @total: sums since the map was made, at the last fine sample
 * @collisions: evictions because of them, likewise
 * @ring: by enum tm_resolution
 */
struct tm_history {
	/* leaf, over all of it and the map's alarms */
	struct mutex lock;
	u64 total[TM_SUMS];
	u64 collisions;
	struct tm_ring ring[TM_RESOLUTIONS];
};

/* How many samples of a resolution make one of the next. */
extern const unsigned int tm_history_step[TM_RESOLUTIONS];

struct tm_history *tm_history_alloc(void);
void tm_history_add(struct tm_history *history, const struct ttlmap_stat *stat, u64 now);
const struct tm_sample *tm_history_ago(const struct tm_ring *ring, unsigned int ago);

#endif /* _TTLMAP_HISTORY_H */
