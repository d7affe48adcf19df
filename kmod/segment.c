// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Segments
 *
 * A segment is 1 KiB: a header and 15 buckets. It is what writers lock, what
 * splits and merges, and what the timing wheel holds. This file owns what
 * happens within one: probing, placing, removing, deadlines, and filling a new
 * segment from an old one.
 *
 * An entry goes into its home bucket or, where that is full, into the next one
 * with a free slot, around the end. Each bucket that it passes by counts it,
 * and a lookup stops at the first bucket that nobody passed by.
 *
 * What readers may rely on, without a lock:
 *
 * - An entry never moves inside a segment. It is in one slot from its insertion
 *   to its removal; a replacement swaps the pointer in that slot.
 * - A bucket's passed count rises before an entry beyond it is published and
 *   falls after it is gone. All writes to a tag word are ordered by the lock, so
 *   a reader that sees the word as it was at the entry's insertion, or any later
 *   one, sees a count that includes the entry.
 * - So a reader that starts after an insertion has ended, and ends before the
 *   entry is removed, finds it in one pass. It never has to start again.
 * - The contents of a segment freeze when it has moved; what it holds at that
 *   moment stays valid until a grace period later.
 *
 * Locks: the segment's own lock, taken with bottom halves off, covers all writes
 * but those of ages. Nothing is allocated or copied under it.
 */
#include <linux/kernel.h>
#include <linux/prefetch.h>
#include <linux/slab.h>

#include "compat.h"
#include "memory.h"
#include "segment.h"

static struct kmem_cache *cache;

int tm_segment_cache_init(void)
{
	cache = tm_cache_create("ttlmap-segment", sizeof(struct tm_segment),
				__alignof__(struct tm_segment), SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

void tm_segment_cache_exit(void)
{
	kmem_cache_destroy(cache);
}

/* Context: As @gfp says. Return: zeroed memory, or NULL. */
struct tm_segment *tm_segment_alloc(gfp_t gfp)
{
	struct tm_segment *seg;

	if (!tm_memory_charge(sizeof(*seg)))
		return NULL;
	seg = kmem_cache_zalloc(cache, gfp);
	if (!seg)
		tm_memory_uncharge(sizeof(*seg));
	return seg;
}

void tm_segment_free(struct tm_segment *seg)
{
	if (!seg)
		return;
	tm_memory_uncharge(sizeof(*seg));
	kmem_cache_free(cache, seg);
}

void tm_segment_init(struct tm_segment *seg, u8 depth, u64 prefix, u64 tick)
{
	unsigned int i;

	spin_lock_init(&seg->lock);
	INIT_HLIST_NODE(&seg->wheel);
	INIT_HLIST_NODE(&seg->want);
	seg->depth = depth;
	seg->prefix = prefix;
	seg->base = tick;
	seg->due = TM_TICK_NEVER;
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		seg->bucket[i].deadline = TM_DEADLINE_NONE;
}

/**
 * tm_segment_room() - where an entry of this hash would go
 * @seg: the segment
 * @hash: of its key
 * @pos: filled in
 *
 * Context: the segment's lock.
 * Return: false if the segment is full.
 */
bool tm_segment_room(const struct tm_segment *seg, u64 hash, struct tm_pos *pos)
{
	unsigned int bucket = tm_home(hash);
	unsigned int probes;
	u64 empty;

	for (probes = 0; probes < TM_SEGMENT_BUCKETS; probes++) {
		empty = tm_tags_match(seg->bucket[bucket].tags, 0);
		if (empty) {
			pos->bucket = bucket;
			pos->slot = tm_match_slot(empty);
			pos->probes = probes;
			return true;
		}
		bucket = tm_next_bucket(bucket);
	}
	return false;
}

/* Count an entry of @hash in, or out of, the buckets that it passed by. */
static void count_passed(struct tm_segment *seg, u64 hash, unsigned int probes, u64 by)
{
	unsigned int bucket = tm_home(hash);
	u64 tags;

	while (probes--) {
		tags = seg->bucket[bucket].tags;
		WRITE_ONCE(seg->bucket[bucket].tags, tags + by);
		bucket = tm_next_bucket(bucket);
	}
}

/* Lower the bucket's deadline, and the segment's, to that of an entry. */
static void note_deadline(struct tm_segment *seg, struct tm_bucket *bucket, u64 expires)
{
	u64 due, delta;

	if (expires == TM_EXPIRES_NEVER)
		return;
	due = tm_tick_due(expires);
	delta = due > seg->base ? due - seg->base : 0;
	delta = min_t(u64, delta, TM_DEADLINE_NONE - 1);
	if (delta < bucket->deadline)
		WRITE_ONCE(bucket->deadline, delta);
	WRITE_ONCE(seg->due, min(seg->due, seg->base + delta));
}

/**
 * tm_segment_place() - put a new entry into a free slot
 * @seg: the segment
 * @pos: as tm_segment_room() found it
 * @entry: complete, with its hash
 * @age: epoch of its last use
 *
 * Lowers the segment's deadline; the wheel is the caller's to tell.
 *
 * Context: the segment's lock, or a segment that is not published yet.
 */
void tm_segment_place(struct tm_segment *seg, const struct tm_pos *pos,
		      struct tm_entry *entry, u8 age)
{
	struct tm_bucket *bucket = &seg->bucket[pos->bucket];

	count_passed(seg, entry->hash, pos->probes, TM_PASSED_ONE);
	WRITE_ONCE(bucket->age[pos->slot], age);
	note_deadline(seg, bucket, READ_ONCE(entry->expires));
	/* Pairs with the rcu_dereference_check() in tm_segment_entry(). */
	rcu_assign_pointer(bucket->slot[pos->slot], entry);
	tm_bucket_set_tag(bucket, pos->slot, tm_tag(entry->hash));
	WRITE_ONCE(seg->count, seg->count + 1);
}

/* Swap in the new entry of a key; the old one is the caller's to retire. */
void tm_segment_replace(struct tm_segment *seg, const struct tm_pos *pos,
			struct tm_entry *entry, u8 age)
{
	struct tm_bucket *bucket = &seg->bucket[pos->bucket];

	lockdep_assert_held(&seg->lock);
	WRITE_ONCE(bucket->age[pos->slot], age);
	note_deadline(seg, bucket, entry->expires);
	/* Pairs with the rcu_dereference_check() in tm_segment_entry(). */
	rcu_assign_pointer(bucket->slot[pos->slot], entry);
}

/* Lower the deadlines to that of an entry whose expiry has changed. */
void tm_segment_due(struct tm_segment *seg, const struct tm_pos *pos, u64 expires)
{
	lockdep_assert_held(&seg->lock);
	note_deadline(seg, &seg->bucket[pos->bucket], expires);
}

/* Unlink an entry, which is the caller's to retire. Leaves deadlines alone. */
void tm_segment_remove(struct tm_segment *seg, const struct tm_pos *pos)
{
	struct tm_entry *entry = tm_segment_entry(seg, pos->bucket, pos->slot);
	struct tm_bucket *bucket = &seg->bucket[pos->bucket];
	unsigned int home = tm_home(entry->hash);
	unsigned int probes = pos->bucket >= home ? pos->bucket - home :
			      pos->bucket + TM_SEGMENT_BUCKETS - home;

	lockdep_assert_held(&seg->lock);
	tm_bucket_set_tag(bucket, pos->slot, 0);
	RCU_INIT_POINTER(bucket->slot[pos->slot], NULL);
	count_passed(seg, entry->hash, probes, -TM_PASSED_ONE);
	WRITE_ONCE(seg->count, seg->count - 1);
}

static void bucket_rebase(struct tm_segment *seg, struct tm_bucket *bucket, u64 shift)
{
	struct tm_entry *entry;
	unsigned int i;

	if (bucket->deadline == TM_DEADLINE_NONE)
		return;
	if (bucket->deadline > shift) {
		WRITE_ONCE(bucket->deadline, bucket->deadline - shift);
		WRITE_ONCE(seg->due, min(seg->due, seg->base + bucket->deadline));
		return;
	}
	WRITE_ONCE(bucket->deadline, TM_DEADLINE_NONE);
	for (i = 0; i < TM_BUCKET_SLOTS; i++) {
		entry = rcu_dereference_protected(bucket->slot[i],
						  lockdep_is_held(&seg->lock));
		if (entry)
			note_deadline(seg, bucket, READ_ONCE(entry->expires));
	}
}

/**
 * tm_segment_rebase() - count deadlines from now on
 * @seg: the segment, whose expired entries have been removed
 * @tick: now
 *
 * Only buckets that were due are looked into; the others' deadlines are shifted.
 *
 * Context: the segment's lock.
 */
void tm_segment_rebase(struct tm_segment *seg, u64 tick)
{
	u64 shift = tick - seg->base;
	unsigned int i;

	lockdep_assert_held(&seg->lock);
	seg->base = tick;
	WRITE_ONCE(seg->due, TM_TICK_NEVER);
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		bucket_rebase(seg, &seg->bucket[i], shift);
}

/**
 * tm_segment_oldest() - the entry that was not used for longest
 * @seg: the segment
 * @epoch: now
 * @pos: filled in
 *
 * Context: the segment's lock.
 * Return: false if the segment is empty.
 */
bool tm_segment_oldest(const struct tm_segment *seg, u8 epoch, struct tm_pos *pos)
{
	unsigned int i, slot;
	int age, oldest = -1;
	u64 used;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		used = tm_tags_used(seg->bucket[i].tags);
		for (; used; used &= used - 1) {
			slot = tm_match_slot(used);
			age = (u8)(epoch - READ_ONCE(seg->bucket[i].age[slot]));
			if (age <= oldest)
				continue;
			oldest = age;
			pos->bucket = i;
			pos->slot = slot;
		}
	}
	return oldest >= 0;
}

/* Splits read every entry's hash: fetch all lines at once. */
static void prefetch_entries(const struct tm_segment *seg)
{
	unsigned int i, slot;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++)
			prefetch(tm_segment_entry(seg, i, slot));
}

static void copy_entry(struct tm_segment *to, struct tm_entry *entry, u8 age)
{
	struct tm_pos pos;

	if ((entry->hash ^ to->prefix) >> (64 - to->depth))
		return;
	if (WARN_ON_ONCE(!tm_segment_room(to, entry->hash, &pos)))
		return;
	tm_segment_place(to, &pos, entry, age);
}

/**
 * tm_segment_copy() - fill a segment from another
 * @to: not published yet; takes the entries whose hashes fall into its range
 * @from: its parent (split) or one of its children (merge)
 *
 * Context: the lock of @from.
 */
void tm_segment_copy(struct tm_segment *to, const struct tm_segment *from)
{
	struct tm_entry *entry;
	unsigned int i, slot;

	lockdep_assert_held(&from->lock);
	prefetch_entries(from);
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = tm_segment_entry(from, i, slot);
			if (entry)
				copy_entry(to, entry, READ_ONCE(from->bucket[i].age[slot]));
		}
	}
}
