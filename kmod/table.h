/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_TABLE_H
#define _TTLMAP_TABLE_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "segment.h"
#include "wheel.h"

#define TM_DIR_BITS_MAX	28

/**
 * struct tm_directory - segments by the top bits of the hash
 * @rcu: once it is replaced
 * @table: whose it is
 * @bits: log2 of the number of slots, at least 1
 * @slot: a segment of depth d stands in 2^(@bits - d) slots; WR: the table's
 *	lock, readers under RCU
 */
struct tm_directory {
	struct rcu_head rcu;
	struct tm_table *table;
	u8 bits;
	struct tm_segment __rcu *slot[];
};

/**
 * struct tm_table - all segments of a map
 * @dir: the directory; WR: @lock, readers under RCU
 * @kind: what the map's entries have in common
 * @wheel: where new segments announce their deadlines
 * @entries: how many the map holds, which says how deep segments may be
 * @min_bits: segments are never less deep, so that writers do not meet
 * @resize: one replacement of the directory at a time
 * @lock: for what is published
 * @next: directory that is being filled, kept up to date like @dir; WR: @lock
 * @next_void: @next cannot hold the segments any more; WR: @lock
 * @at_depth: segments of each depth; WR: @lock
 * @segments: their sum; WR: @lock
 * @splits: so far; WR: @lock
 * @merges: so far; WR: @lock
 * @resizes: directories replaced so far; WR: @lock
 * @bytes: segments and directories in use
 * @retired_bytes: segments and directories that wait for a grace period
 * @want_lock: innermost beside the wheel's
 * @want: segments that @work should look at; WR: @want_lock
 * @work: splits ahead of demand, merges, resizes the directory
 */
struct tm_table {
	struct tm_directory __rcu *dir;
	const struct tm_kind *kind;
	struct tm_wheel *wheel;
	const atomic_long_t *entries;
	u8 min_bits;
	/* one replacement of the directory at a time; outside of all segments' locks */
	struct mutex resize;
	/* over what is published; within the segments' locks */
	spinlock_t lock;
	struct tm_directory *next;
	bool next_void;
	u32 at_depth[TM_DIR_BITS_MAX + 1];
	u32 segments;
	u64 splits;
	u64 merges;
	u64 resizes;
	atomic_long_t bytes;
	atomic_long_t retired_bytes;
	/* over the list of work; within the segments' locks */
	spinlock_t want_lock;
	struct hlist_head want;
	struct delayed_work work;
};

/* Context: RCU read section. Return: the segment of a hash; it may have moved. */
static inline struct tm_segment *tm_table_segment(const struct tm_table *table, u64 hash)
{
	const struct tm_directory *dir = rcu_dereference(table->dir);

	return rcu_dereference(dir->slot[hash >> (64 - dir->bits)]);
}

/* What writers touch first is on its way into the cache. Context: Any. */
static inline void tm_table_prefetch(const struct tm_table *table, u64 hash)
{
	struct tm_segment *seg;

	rcu_read_lock();
	seg = tm_table_segment(table, hash);
	prefetchw(seg);
	prefetchw(&seg->bucket[tm_home(hash)]);
	rcu_read_unlock();
}

int tm_table_init(struct tm_table *table, u8 min_bits, const struct tm_kind *kind,
		  struct tm_wheel *wheel, const atomic_long_t *entries);
void tm_table_stop(struct tm_table *table);
void tm_table_destroy(struct tm_table *table);
struct tm_segment *tm_table_lock(const struct tm_table *table, u64 hash)
	__acquires(segment);
int tm_table_split(struct tm_table *table, u64 hash, gfp_t gfp);
bool tm_table_deepest(const struct tm_table *table, u64 hash);
int tm_table_grow(struct tm_table *table);
void tm_table_want(struct tm_table *table, struct tm_segment *seg);

#endif /* _TTLMAP_TABLE_H */
