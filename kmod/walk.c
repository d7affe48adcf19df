// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Walks
 *
 * Owns the way through all segments of a map in the order of hashes. A walk takes
 * no lock; it holds an RCU read section for one segment at a time, so that it may
 * take as long as it likes and stops no writer.
 *
 * A segment that the walk has passed may be merged with the next one before it
 * gets there. What it then meets begins below where it stands; the entries there
 * are told by their hashes, computed anew from their keys: the hash in an entry is
 * not for those without the lock.
 */
#include <linux/sched.h>

#include "walk.h"

/**
 * tm_walk() - visit all segments
 * @walk: @from is 0
 *
 * Context: Process, may sleep between segments.
 * Return: what @walk->visit returned, or 0.
 */
int tm_walk(struct tm_walk *walk)
{
	struct tm_segment *seg;
	int ret;

	do {
		rcu_read_lock();
		seg = tm_table_segment(&walk->map->table, walk->from);
		ret = walk->visit(walk, seg);
		walk->from = tm_segment_end(seg);
		rcu_read_unlock();
		cond_resched();
	} while (walk->from && !ret);
	return ret;
}

static int visit_entries(const struct tm_walk *walk, const struct tm_segment *seg)
{
	struct tm_entry *entry;
	unsigned int i, slot;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = tm_segment_entry(seg, i, slot);
			if (entry)
				walk->entry(walk, seg, entry, READ_ONCE(seg->bucket[i].age[slot]));
		}
	}
	return 0;
}

/* Visit all entries. Context: Process, may sleep between segments. */
void tm_walk_entries(struct tm_walk *walk)
{
	walk->visit = visit_entries;
	tm_walk(walk);
}

/* Has the entry been visited in a segment that was merged into this one? */
bool tm_walk_visited(const struct tm_walk *walk, const struct tm_segment *seg,
		     const struct tm_entry *entry)
{
	return seg->prefix < walk->from &&
	       tm_hash(&walk->map->hasher, entry->data, entry->key_len) < walk->from;
}
