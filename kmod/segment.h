/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_SEGMENT_H
#define _TTLMAP_SEGMENT_H

#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "bucket.h"
#include "entry.h"
#include "hash.h"
#include "tick.h"

#define TM_SEGMENT_BUCKETS	15
#define TM_SEGMENT_SLOTS	(TM_SEGMENT_BUCKETS * TM_BUCKET_SLOTS)
/* An insert into a fuller segment, or past so many buckets, splits it first. */
#define TM_SPLIT_COUNT		78
#define TM_SPLIT_PROBES		4
/* The worker splits from here on, ahead of demand. */
#define TM_SPLIT_AHEAD		74
/*
 * Buddies that together hold less become one. Where a full map churns, segments
 * drift up to the split count sooner or later; were they merged at much less than
 * this, most would stay split at the cost of half the table again.
 */
#define TM_MERGE_COUNT		(TM_SEGMENT_SLOTS * 3 / 5)

struct tm_table;

/**
 * struct tm_segment - 15 buckets under one lock
 * @lock: for writers; bottom halves off
 * @depth: how many top bits of the hash its keys share
 * @count: entries in it
 * @moved: replaced by others: a writer that locks it starts again
 * @wanted: on the table's list of work
 * @prefix: the lowest hash that it may hold
 * @base: tick from which the buckets' deadlines count
 * @due: tick of the earliest deadline, or TM_TICK_NEVER; a lower bound, since
 *	deletes leave it alone
 * @wheel: its place in the timing wheel; WR: wheel lock
 * @rcu: once it has moved, and so left the wheel
 * @want: its place in the table's list of work; WR: that list's lock
 * @table: whose it was, once it has moved
 * @bucket: the entries
 *
 * WR: @lock for all but @wheel and @want. @depth and @prefix never change.
 */
struct tm_segment {
	/* for writers, bottom halves off */
	spinlock_t lock;
	u8 depth;
	u8 count;
	bool moved;
	bool wanted;
	u64 prefix;
	u64 base;
	u64 due;
	union {
		struct hlist_node wheel;
		struct rcu_head rcu;
	};
	union {
		struct hlist_node want;
		struct tm_table *table;
	};
	struct tm_bucket bucket[TM_SEGMENT_BUCKETS];
} __aligned(64);

#if !defined(CONFIG_DEBUG_SPINLOCK) && !defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct tm_segment) == 1024);
#endif

/**
 * struct tm_pos - the place of an entry in a segment
 * @bucket: index of the bucket
 * @slot: index of the slot
 * @probes: buckets between the home bucket and this one
 */
struct tm_pos {
	u8 bucket;
	u8 slot;
	u8 probes;
};

static inline unsigned int tm_home(u64 hash)
{
	return (u64)(u32)hash * TM_SEGMENT_BUCKETS >> 32;
}

static inline unsigned int tm_next_bucket(unsigned int bucket)
{
	return bucket == TM_SEGMENT_BUCKETS - 1 ? 0 : bucket + 1;
}

/* The first hash beyond the segment; 0 if it is the last one. */
static inline u64 tm_segment_end(const struct tm_segment *seg)
{
	return seg->prefix + (1ULL << (64 - seg->depth));
}

static inline struct tm_entry *tm_segment_entry(const struct tm_segment *seg,
						unsigned int bucket, unsigned int slot)
{
	return rcu_dereference_check(seg->bucket[bucket].slot[slot],
				     lockdep_is_held(&seg->lock));
}

/**
 * tm_segment_find() - the entry of a key
 * @seg: the segment that the key's hash leads to
 * @key: what to look for
 * @pos: filled in if it is found
 *
 * Context: RCU read section, or the segment's lock.
 * Return: the entry, expired or not, valid until the section ends; or NULL.
 */
static inline struct tm_entry *tm_segment_find(const struct tm_segment *seg,
					       const struct tm_key *key, struct tm_pos *pos)
{
	unsigned int bucket = tm_home(key->hash);
	u8 tag = tm_tag(key->hash);
	struct tm_entry *entry;
	unsigned int probes;
	u64 tags, match;

	for (probes = 0; probes < TM_SEGMENT_BUCKETS; probes++) {
		tags = READ_ONCE(seg->bucket[bucket].tags);
		for (match = tm_tags_match(tags, tag); match; match &= match - 1) {
			entry = tm_segment_entry(seg, bucket, tm_match_slot(match));
			if (likely(entry && tm_entry_is(entry, key))) {
				pos->bucket = bucket;
				pos->slot = tm_match_slot(match);
				pos->probes = probes;
				return entry;
			}
		}
		if (likely(!tm_tags_passed(tags)))
			return NULL;
		bucket = tm_next_bucket(bucket);
	}
	return NULL;
}

int tm_segment_cache_init(void);
void tm_segment_cache_exit(void);
struct tm_segment *tm_segment_alloc(gfp_t gfp);
void tm_segment_free(struct tm_segment *seg);
void tm_segment_init(struct tm_segment *seg, u8 depth, u64 prefix, u64 tick);

bool tm_segment_room(const struct tm_segment *seg, u64 hash, struct tm_pos *pos);
void tm_segment_place(struct tm_segment *seg, const struct tm_pos *pos,
		      struct tm_entry *entry, u8 age);
void tm_segment_replace(struct tm_segment *seg, const struct tm_pos *pos,
			struct tm_entry *entry, u8 age);
void tm_segment_remove(struct tm_segment *seg, const struct tm_pos *pos);
void tm_segment_due(struct tm_segment *seg, const struct tm_pos *pos, u64 expires);
void tm_segment_rebase(struct tm_segment *seg, u64 tick);
bool tm_segment_oldest(const struct tm_segment *seg, u8 epoch, struct tm_pos *pos);
void tm_segment_copy(struct tm_segment *to, const struct tm_segment *from);

#endif /* _TTLMAP_SEGMENT_H */
