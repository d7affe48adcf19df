// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: History
 *
 * Owns a map's past: what it was and what was done to it, in three resolutions of
 * which each summarises the one before. What was done is summed up, what it was is
 * as it is at the end.
 *
 * Locks: the history's mutex, taken by who adds and who reads, neither of whom
 * anybody else waits for.
 */
#include <linux/build_bug.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "history.h"
#include "memory.h"

const unsigned int tm_history_step[TM_RESOLUTIONS] = {
	[TM_FINE] = 12,
	[TM_MIDDLE] = 20,
	[TM_COARSE] = 0,
};

/* Context: Process, may sleep. Return: an empty history for kfree(), or NULL. */
struct tm_history *tm_history_alloc(void)
{
	struct tm_history *history = kzalloc(sizeof(*history), TM_GFP);

	static_assert(sizeof(*history) <= 8192);
	if (history)
		mutex_init(&history->lock);
	return history;
}

/**
 * tm_history_ago() - a sample
 * @ring: of the resolution
 * @ago: how many were taken since
 *
 * Return: the sample, or NULL if it is not there, or not any more.
 */
const struct tm_sample *tm_history_ago(const struct tm_ring *ring, unsigned int ago)
{
	if (ago >= min_t(u64, ring->taken, TM_HISTORY_MAX))
		return NULL;
	return &ring->sample[(ring->taken - 1 - ago) % TM_HISTORY_MAX];
}

static struct tm_sample *next_sample(struct tm_ring *ring)
{
	return &ring->sample[ring->taken++ % TM_HISTORY_MAX];
}

static void fill_figures(struct tm_sample *sample, const struct ttlmap_stat *stat)
{
	sample->figure[TM_SAMPLE_ENTRIES] = stat->entries;
	sample->figure[TM_SAMPLE_LIVE] = stat->live_bytes;
	sample->figure[TM_SAMPLE_STALE] = stat->stale_bytes;
	sample->figure[TM_SAMPLE_RETIRED] = stat->retired_bytes;
	sample->figure[TM_SAMPLE_TABLE] = stat->table_bytes;
	sample->figure[TM_SAMPLE_UNREAD] = stat->unread_bytes;
}

static void fill_totals(u64 *total, const struct ttlmap_stat *stat)
{
	total[TM_SAMPLE_HITS] = stat->hits;
	total[TM_SAMPLE_MISSES] = stat->misses;
	total[TM_SAMPLE_INSERTS] = stat->inserts;
	total[TM_SAMPLE_REPLACES] = stat->replaces;
	total[TM_SAMPLE_DELETES] = stat->deletes + stat->popped + stat->cleared;
	total[TM_SAMPLE_EXPIRED] = stat->expired;
	total[TM_SAMPLE_EVICTED] = stat->evicted + stat->reclaimed + stat->collision_evicted;
	total[TM_SAMPLE_OWNER_GONE] = stat->owner_gone;
}

/* The last samples of a resolution make one of the next. */
static void summarise(struct tm_ring *to, const struct tm_ring *from, unsigned int samples)
{
	struct tm_sample *sample = next_sample(to);
	unsigned int ago, i;

	*sample = *tm_history_ago(from, 0);
	for (ago = 1; ago < samples; ago++)
		for (i = 0; i < TM_SUMS; i++)
			sample->sum[i] += tm_history_ago(from, ago)->sum[i];
}

/**
 * tm_history_add() - add a sample
 * @history: of the map
 * @stat: its figures
 * @now: CLOCK_BOOTTIME ns
 *
 * Context: the history's mutex.
 */
void tm_history_add(struct tm_history *history, const struct ttlmap_stat *stat, u64 now)
{
	struct tm_ring *ring = history->ring;
	struct tm_sample *sample = next_sample(ring);
	u64 total[TM_SUMS];
	unsigned int i;

	lockdep_assert_held(&history->lock);
	sample->time = now;
	fill_figures(sample, stat);
	fill_totals(total, stat);
	for (i = 0; i < TM_SUMS; i++)
		sample->sum[i] = total[i] - history->total[i];
	memcpy(history->total, total, sizeof(total));
	for (i = TM_FINE; i < TM_COARSE && !(ring[i].taken % tm_history_step[i]); i++)
		summarise(&ring[i + 1], &ring[i], tm_history_step[i]);
}
