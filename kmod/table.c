// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The table
 *
 * Owns the directory and decides when segments split and merge. This is
 * extendible hashing (Fagin, Nievergelt, Pippenger, Strong, 1979) with segments
 * of 1 KiB as its buckets: one segment splits at a time, and there is no moment
 * at which the table is held twice.
 *
 * What readers see. A lookup loads the directory, then the segment, then probes.
 * A segment is only ever replaced whole: the new ones are complete before the
 * directory points to them, and the old one freezes. A reader that still comes
 * upon the old one, through the old or the new directory, sees what was true
 * when it was replaced, which is within the reader's own RCU section: had the
 * replacement been over when the section began, the reader would have seen the
 * directory slot, or the directory, that was published before. So a key that is
 * present throughout is found in one pass, whatever happens meanwhile.
 *
 * What writers do. They find a segment as readers do and lock it; if it has
 * moved they start again from the directory, where the lock's release by whoever
 * moved it guarantees that the new segment is seen.
 *
 * New segments are published with their locks held: the wheel's worker must not
 * retire an entry of a child while readers still come in through the parent.
 *
 * Locks, outermost first: @resize (sleeps) - segments (a merge takes the one
 * with the lower hash first; then the new ones) - @lock - @want_lock and the
 * wheel's lock. The directory comes after the segments, so that the copying of
 * entries is outside of the one lock that all splits share.
 *
 * While a directory is being replaced the new one is filled in chunks, each
 * under @lock; whoever publishes a segment meanwhile writes it into both.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "clock.h"
#include "memory.h"
#include "table.h"
#include "trace.h"
#include "work.h"

/*
 * How much deeper than the population explains a segment may be. With hashes
 * that are uniform a segment two levels too deep would have to draw 78 entries
 * where 20 are expected, which does not happen (p < 1e-20); four leave room for
 * a population that has just shrunk. Each level doubles what crafted keys can
 * make the directory cost.
 */
#define DEPTH_EXCESS	4
/* Directory slots copied at a time, with the lock held. */
#define COPY_BATCH	512

static void work_fn(struct work_struct *work);

static u64 tick_now(void)
{
	return tm_tick(tm_now());
}

static size_t directory_bytes(u8 bits)
{
	return struct_size((struct tm_directory *)NULL, slot, 1UL << bits);
}

static struct tm_directory *directory_alloc(struct tm_table *table, u8 bits)
{
	struct tm_directory *dir;

	if (!tm_memory_charge(directory_bytes(bits)))
		return NULL;
	dir = kvzalloc(directory_bytes(bits), TM_GFP);
	if (!dir) {
		tm_memory_uncharge(directory_bytes(bits));
		return NULL;
	}
	dir->table = table;
	dir->bits = bits;
	atomic_long_add(directory_bytes(bits), &table->bytes);
	return dir;
}

static void directory_free(struct tm_directory *dir)
{
	tm_memory_uncharge(directory_bytes(dir->bits));
	kvfree(dir);
}

static void directory_free_rcu(struct rcu_head *rcu)
{
	struct tm_directory *dir = container_of(rcu, struct tm_directory, rcu);

	atomic_long_sub(directory_bytes(dir->bits), &dir->table->retired_bytes);
	directory_free(dir);
}

static void directory_retire(struct tm_directory *dir)
{
	struct tm_table *table = dir->table;

	atomic_long_sub(directory_bytes(dir->bits), &table->bytes);
	atomic_long_add(directory_bytes(dir->bits), &table->retired_bytes);
	call_rcu(&dir->rcu, directory_free_rcu);
}

static void segment_free_rcu(struct rcu_head *rcu)
{
	struct tm_segment *seg = container_of(rcu, struct tm_segment, rcu);

	atomic_long_sub(sizeof(*seg), &seg->table->retired_bytes);
	tm_segment_free(seg);
}

/* Take a segment that has been replaced out of everything. */
static void segment_retire(struct tm_table *table, struct tm_segment *seg)
{
	lockdep_assert_held(&seg->lock);
	seg->moved = true;
	tm_wheel_remove(table->wheel, seg);
	spin_lock(&table->want_lock);
	hlist_del_init(&seg->want);
	seg->wanted = true;
	spin_unlock(&table->want_lock);
	seg->table = table;
	atomic_long_sub(sizeof(*seg), &table->bytes);
	atomic_long_add(sizeof(*seg), &table->retired_bytes);
	call_rcu(&seg->rcu, segment_free_rcu);
}

static void directory_set(struct tm_directory *dir, struct tm_segment *seg)
{
	u64 first = seg->prefix >> (64 - dir->bits);
	u64 i, n = 1ULL << (dir->bits - seg->depth);

	/* Pairs with the rcu_dereference() in tm_table_segment(). */
	for (i = 0; i < n; i++)
		rcu_assign_pointer(dir->slot[first + i], seg);
}

static void publish(struct tm_table *table, struct tm_segment *seg)
{
	lockdep_assert_held(&table->lock);
	directory_set(rcu_dereference_protected(table->dir, lockdep_is_held(&table->lock)), seg);
	if (table->next && seg->depth > table->next->bits)
		table->next_void = true;
	else if (table->next)
		directory_set(table->next, seg);
	WRITE_ONCE(table->at_depth[seg->depth], table->at_depth[seg->depth] + 1);
	WRITE_ONCE(table->segments, table->segments + 1);
	atomic_long_add(sizeof(*seg), &table->bytes);
}

static void unpublish(struct tm_table *table, struct tm_segment *seg)
{
	lockdep_assert_held(&table->lock);
	WRITE_ONCE(table->at_depth[seg->depth], table->at_depth[seg->depth] - 1);
	WRITE_ONCE(table->segments, table->segments - 1);
}

/**
 * tm_table_init() - a table with its first segments
 * @table: zeroed memory
 * @min_bits: log2 of how many segments there are at least
 * @kind: what the map's entries have in common
 * @wheel: where segments announce their deadlines
 * @entries: how many entries the map holds
 *
 * Context: Process, may sleep.
 * Return: 0 or -ENOMEM; tm_table_destroy() is due in either case.
 */
int tm_table_init(struct tm_table *table, u8 min_bits, const struct tm_kind *kind,
		  struct tm_wheel *wheel, const atomic_long_t *entries)
{
	struct tm_directory *dir;
	struct tm_segment *seg;
	u64 i;

	table->kind = kind;
	table->wheel = wheel;
	table->entries = entries;
	table->min_bits = min_bits;
	mutex_init(&table->resize);
	spin_lock_init(&table->lock);
	spin_lock_init(&table->want_lock);
	INIT_DELAYED_WORK(&table->work, work_fn);
	dir = directory_alloc(table, min_bits + 1);
	if (!dir)
		return -ENOMEM;
	RCU_INIT_POINTER(table->dir, dir);
	for (i = 0; i < 1ULL << min_bits; i++) {
		seg = tm_segment_alloc(TM_GFP);
		if (!seg)
			return -ENOMEM;
		tm_segment_init(seg, min_bits, i << (64 - min_bits), tick_now());
		spin_lock_bh(&table->lock);
		publish(table, seg);
		spin_unlock_bh(&table->lock);
	}
	return 0;
}

/* Context: Process, waits for the worker; nobody may change the table any more. */
void tm_table_stop(struct tm_table *table)
{
	cancel_delayed_work_sync(&table->work);
}

static void free_entries(const struct tm_kind *kind, struct tm_segment *seg)
{
	unsigned int i, slot;
	struct tm_entry *entry;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = rcu_dereference_protected(seg->bucket[i].slot[slot], true);
			if (entry)
				tm_entry_release(kind, entry);
		}
	}
}

/*
 * Free everything at once: no reader is left. A slot is empty only where
 * tm_table_init() did not come to an end, and then all that follow are.
 *
 * Context: Process, sleeps until what was retired earlier is freed.
 */
void tm_table_destroy(struct tm_table *table)
{
	struct tm_directory *dir = rcu_dereference_protected(table->dir, true);
	struct tm_segment *seg;
	u64 hash = 0;

	if (!dir)
		return;
	do {
		seg = rcu_dereference_protected(dir->slot[hash >> (64 - dir->bits)], true);
		if (!seg)
			break;
		hash = tm_segment_end(seg);
		free_entries(table->kind, seg);
		tm_segment_free(seg);
		cond_resched();
	} while (hash);
	directory_free(dir);
	rcu_barrier();
}

/**
 * tm_table_lock() - find and lock the segment of a hash
 * @table: the table
 * @hash: of a key
 *
 * Context: RCU read section. Unlock with spin_unlock_bh() within it.
 * Return: the segment, which has not moved.
 */
struct tm_segment *tm_table_lock(const struct tm_table *table, u64 hash)
	__acquires(segment)
{
	struct tm_segment *seg;

	for (;;) {
		seg = tm_table_segment(table, hash);
		spin_lock_bh(&seg->lock);
		if (likely(!seg->moved))
			return seg;
		spin_unlock_bh(&seg->lock);
	}
}

/**
 * tm_table_want() - have the worker look at a segment
 * @table: the table
 * @seg: rather full, or rather empty
 *
 * The worker starts a little later, so that it finds many of them.
 *
 * Context: the segment's lock.
 */
void tm_table_want(struct tm_table *table, struct tm_segment *seg)
{
	lockdep_assert_held(&seg->lock);
	spin_lock(&table->want_lock);
	if (!seg->wanted) {
		seg->wanted = true;
		hlist_add_head(&seg->want, &table->want);
	}
	spin_unlock(&table->want_lock);
	queue_delayed_work(tm_workqueue, &table->work, 1);
}

static unsigned int depth_limit(const struct tm_table *table)
{
	u64 population = max(atomic_long_read(table->entries), 0L);
	unsigned int explained = ilog2(population / (TM_SPLIT_COUNT / 2) + 1) + 1;

	return min_t(unsigned int, TM_DIR_BITS_MAX,
		     max_t(unsigned int, explained, table->min_bits) + DEPTH_EXCESS);
}

/**
 * tm_table_deepest() - is the segment of a hash as deep as it may be?
 * @table: the table
 * @hash: of a key
 *
 * Context: Any.
 * Return: true if it will not be split however full it is.
 */
bool tm_table_deepest(const struct tm_table *table, u64 hash)
{
	bool deepest;

	rcu_read_lock();
	deepest = tm_table_segment(table, hash)->depth >= depth_limit(table);
	rcu_read_unlock();
	return deepest;
}

static bool crowded(const struct tm_segment *seg, u64 hash)
{
	struct tm_pos pos;

	return seg->count >= TM_SPLIT_AHEAD || !tm_segment_room(seg, hash, &pos) ||
	       pos.probes >= TM_SPLIT_PROBES;
}

/* Directory first: deepest depth in use is the directory's, so it is short of bits. */
static bool short_of_bits(const struct tm_table *table, const struct tm_directory *dir)
{
	return READ_ONCE(table->at_depth[dir->bits]) && dir->bits < depth_limit(table);
}

/*
 * Replace @seg by its two halves. The caller holds its lock; the halves are
 * locked until they are in the wheel and in the directory.
 */
static bool split_into(struct tm_table *table, struct tm_segment *seg,
		       struct tm_segment *low, struct tm_segment *high)
{
	struct tm_directory *dir;
	u64 tick = tick_now();
	bool fits;

	tm_segment_init(low, seg->depth + 1, seg->prefix, tick);
	tm_segment_init(high, seg->depth + 1, seg->prefix | 1ULL << (63 - seg->depth), tick);
	spin_lock_nested(&low->lock, 1);
	spin_lock_nested(&high->lock, 2);
	tm_segment_copy(low, seg);
	tm_segment_copy(high, seg);
	spin_lock(&table->lock);
	dir = rcu_dereference_protected(table->dir, lockdep_is_held(&table->lock));
	fits = low->depth <= dir->bits;
	if (fits) {
		publish(table, low);
		publish(table, high);
		unpublish(table, seg);
		table->splits++;
	}
	spin_unlock(&table->lock);
	if (fits) {
		trace_ttlmap_split(table, seg);
		tm_wheel_add(table->wheel, low, tick);
		tm_wheel_add(table->wheel, high, tick);
		segment_retire(table, seg);
	}
	spin_unlock(&high->lock);
	spin_unlock(&low->lock);
	return fits;
}

/*
 * Context: RCU read section. Return: 1 if the segment of @hash was split, 0 if it
 * need not be, or an error as tm_table_split() does.
 */
static int split_segment(struct tm_table *table, u64 hash, struct tm_segment *low,
			 struct tm_segment *high)
{
	struct tm_segment *seg = tm_table_lock(table, hash);
	int ret;

	if (!crowded(seg, hash))
		ret = 0;
	else if (seg->depth >= depth_limit(table))
		ret = -E2BIG;
	else if (seg->depth >= rcu_dereference(table->dir)->bits)
		ret = -EAGAIN;
	else
		ret = split_into(table, seg, low, high) ? 1 : -EAGAIN;
	spin_unlock_bh(&seg->lock);
	return ret;
}

/**
 * tm_table_split() - split the segment of a hash if it is crowded
 * @table: the table
 * @hash: of the key for which there should be room
 * @gfp: for two segments
 *
 * Context: As @gfp says.
 * Return: 0; -E2BIG if the segment is as deep as it may be; -EAGAIN if the
 * directory has to grow first; -ENOMEM.
 */
int tm_table_split(struct tm_table *table, u64 hash, gfp_t gfp)
{
	struct tm_segment *low = tm_segment_alloc(gfp);
	struct tm_segment *high = tm_segment_alloc(gfp);
	int ret = -ENOMEM;

	if (low && high) {
		rcu_read_lock();
		ret = split_segment(table, hash, low, high);
		if (ret == 1 && short_of_bits(table, rcu_dereference(table->dir)))
			mod_delayed_work(tm_workqueue, &table->work, 0);
		rcu_read_unlock();
	}
	if (ret == 1)
		return 0;
	tm_segment_free(low);
	tm_segment_free(high);
	return ret;
}

/* Both locked, unmoved buddies that are little enough? */
static bool mergeable(const struct tm_table *table, const struct tm_segment *low,
		      const struct tm_segment *high)
{
	return !low->moved && !high->moved && low->depth == high->depth &&
	       low->depth > table->min_bits && low->count + high->count < TM_MERGE_COUNT &&
	       (low->prefix ^ high->prefix) == 1ULL << (64 - low->depth);
}

static void merge_into(struct tm_table *table, struct tm_segment *low,
		       struct tm_segment *high, struct tm_segment *both)
{
	u64 tick = tick_now();

	tm_segment_init(both, low->depth - 1, low->prefix, tick);
	spin_lock_nested(&both->lock, 2);
	tm_segment_copy(both, low);
	tm_segment_copy(both, high);
	spin_lock(&table->lock);
	publish(table, both);
	unpublish(table, low);
	unpublish(table, high);
	table->merges++;
	spin_unlock(&table->lock);
	trace_ttlmap_merge(table, both);
	tm_wheel_add(table->wheel, both, tick);
	segment_retire(table, low);
	segment_retire(table, high);
	spin_unlock(&both->lock);
}

/* Merge the segment of a hash with its buddy if they are little enough. */
static bool merge_segment(struct tm_table *table, u64 hash, struct tm_segment *both)
{
	struct tm_segment *seg = tm_table_segment(table, hash);
	u64 bit = 1ULL << (64 - seg->depth);
	struct tm_segment *low = tm_table_segment(table, seg->prefix & ~bit);
	struct tm_segment *high = tm_table_segment(table, seg->prefix | bit);
	bool merged;

	if (low == high)
		return false;
	spin_lock_bh(&low->lock);
	spin_lock_nested(&high->lock, 1);
	merged = mergeable(table, low, high);
	if (merged)
		merge_into(table, low, high, both);
	spin_unlock(&high->lock);
	spin_unlock_bh(&low->lock);
	return merged;
}

/* Without locks: is it worth a segment to try? */
static bool may_merge(const struct tm_table *table, u64 hash)
{
	struct tm_segment *seg = tm_table_segment(table, hash);
	struct tm_segment *buddy = tm_table_segment(table, seg->prefix ^ 1ULL << (64 - seg->depth));

	return seg->depth > table->min_bits && seg->depth == buddy->depth &&
	       READ_ONCE(seg->count) + READ_ONCE(buddy->count) < TM_MERGE_COUNT;
}

/* Merge upwards from the segment of a hash as far as it goes. */
static void merge_up(struct tm_table *table, u64 hash)
{
	struct tm_segment *both;
	bool merged = true;

	while (merged) {
		rcu_read_lock();
		merged = may_merge(table, hash);
		rcu_read_unlock();
		if (!merged)
			return;
		both = tm_segment_alloc(TM_GFP);
		if (!both)
			return;
		rcu_read_lock();
		merged = merge_segment(table, hash, both);
		rcu_read_unlock();
		if (!merged)
			tm_segment_free(both);
		cond_resched();
	}
}

/*
 * Fill slots of the new directory from the old one, which has twice or half as
 * many. Halved slots that still differ make the new one void.
 */
static void copy_slots(struct tm_table *table, const struct tm_directory *from, u64 first, u64 n)
{
	struct tm_directory *to = table->next;
	struct tm_segment *seg;
	u64 i;

	lockdep_assert_held(&table->lock);
	for (i = first; i < first + n && !table->next_void; i++) {
		seg = rcu_dereference_protected(from->slot[to->bits > from->bits ? i >> 1 : i << 1],
						lockdep_is_held(&table->lock));
		table->next_void = seg->depth > to->bits;
		RCU_INIT_POINTER(to->slot[i], seg);
	}
}

static void copy_directory(struct tm_table *table, const struct tm_directory *from, u8 bits)
{
	u64 first, slots = 1ULL << bits;

	for (first = 0; first < slots; first += COPY_BATCH) {
		spin_lock_bh(&table->lock);
		copy_slots(table, from, first, min_t(u64, COPY_BATCH, slots - first));
		spin_unlock_bh(&table->lock);
		cond_resched();
	}
}

static int resize_directory(struct tm_table *table, struct tm_directory *old, u8 bits)
{
	struct tm_directory *new = directory_alloc(table, bits);
	struct tm_directory *retired = old;

	lockdep_assert_held(&table->resize);
	if (!new)
		return -ENOMEM;
	spin_lock_bh(&table->lock);
	table->next_void = false;
	table->next = new;
	spin_unlock_bh(&table->lock);
	copy_directory(table, old, bits);
	spin_lock_bh(&table->lock);
	table->next = NULL;
	if (table->next_void) {
		retired = new;
	} else {
		/* Pairs with the rcu_dereference() in tm_table_segment(). */
		rcu_assign_pointer(table->dir, new);
		table->resizes++;
	}
	spin_unlock_bh(&table->lock);
	directory_retire(retired);
	return 0;
}

static bool long_of_bits(const struct tm_table *table, const struct tm_directory *dir)
{
	return dir->bits > table->min_bits + 1 && !READ_ONCE(table->at_depth[dir->bits]) &&
	       !READ_ONCE(table->at_depth[dir->bits - 1]);
}

/**
 * tm_table_grow() - double the directory if its bits are used up, or halve it
 * @table: the table
 *
 * The worker does this ahead of need; a writer that cannot go on without it, too.
 *
 * Context: Process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tm_table_grow(struct tm_table *table)
{
	struct tm_directory *dir;
	int ret = 0;

	mutex_lock(&table->resize);
	dir = rcu_dereference_protected(table->dir, lockdep_is_held(&table->resize));
	if (short_of_bits(table, dir))
		ret = resize_directory(table, dir, dir->bits + 1);
	else if (long_of_bits(table, dir))
		ret = resize_directory(table, dir, dir->bits - 1);
	mutex_unlock(&table->resize);
	return ret;
}

/* The next wanted segment's prefix and count. */
static bool next_wanted(struct tm_table *table, u64 *hash, u8 *count)
{
	struct tm_segment *seg = NULL;

	spin_lock_bh(&table->want_lock);
	if (!hlist_empty(&table->want)) {
		seg = hlist_entry(table->want.first, struct tm_segment, want);
		hlist_del_init(&seg->want);
		seg->wanted = false;
		*hash = seg->prefix;
		*count = READ_ONCE(seg->count);
	}
	spin_unlock_bh(&table->want_lock);
	return seg;
}

/*
 * What fails for want of memory is left: the next insert or delete asks again,
 * and an insert that cannot do without says so itself.
 */
static void work_fn(struct work_struct *work)
{
	struct tm_table *table = container_of(to_delayed_work(work), struct tm_table, work);
	struct tm_directory *dir;
	u64 hash;
	u8 count;

	while (next_wanted(table, &hash, &count)) {
		if (count >= TM_SPLIT_AHEAD)
			tm_table_split(table, hash, TM_GFP);
		else
			merge_up(table, hash);
		cond_resched();
	}
	do {
		dir = rcu_access_pointer(table->dir);
	} while (!tm_table_grow(table) && dir != rcu_access_pointer(table->dir));
}
