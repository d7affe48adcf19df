// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Owners
 *
 * Owns the entries that are bound to an open descriptor. In maps with
 * TTLMAP_F_OWNERS the tail of each entry has room for a place in its owner's
 * list, so that what a descriptor leaves behind is found without a search.
 *
 * When the descriptor is closed, however its process ended, a worker removes the
 * entries one by one, each under its segment's lock for that moment only; others
 * hardly notice, however many they are. The owner exists until none is left, and
 * holds the map. In a frozen map they are let go instead.
 *
 * Locks: the owner's, within a segment's. An entry in the list is in a segment;
 * it leaves the list under both locks before it is retired.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "capacity.h"
#include "names.h"
#include "owner.h"
#include "work.h"

/**
 * tm_owner_link() - enter a new entry in its owner's list
 * @map: the map
 * @entry: in a segment, with its tail filled in
 *
 * Context: the segment's lock.
 */
void tm_owner_link(struct ttlmap *map, struct tm_entry *entry)
{
	struct tm_owned *owned;
	struct tm_owner *owner;

	if (!map->kind.owned)
		return;
	owned = tm_entry_owned(entry);
	owner = owned->owner;
	if (!owner)
		return;
	spin_lock(&owner->lock);
	hlist_add_head(&owned->node, &owner->list);
	owner->entries++;
	owner->bytes += tm_entry_bytes(&map->kind, entry);
	spin_unlock(&owner->lock);
	atomic_long_inc(&map->owned);
}

/**
 * tm_owner_unlink() - take an entry out of its owner's list
 * @map: the map
 * @entry: with an owner or without
 *
 * Context: the segment's lock.
 */
void tm_owner_unlink(struct ttlmap *map, struct tm_entry *entry)
{
	struct tm_owned *owned;
	struct tm_owner *owner;

	if (!map->kind.owned)
		return;
	owned = tm_entry_owned(entry);
	owner = owned->owner;
	if (!owner)
		return;
	spin_lock(&owner->lock);
	hlist_del(&owned->node);
	owner->entries--;
	owner->bytes -= tm_entry_bytes(&map->kind, entry);
	spin_unlock(&owner->lock);
	owned->owner = NULL;
	atomic_long_dec(&map->owned);
}

/* Some entry of the owner, and its hash, which is valid as long as it is listed. */
static struct tm_entry *first_entry(struct tm_owner *owner, u64 *hash)
{
	struct tm_entry *entry = NULL;

	spin_lock_bh(&owner->lock);
	if (!hlist_empty(&owner->list)) {
		entry = hlist_entry(owner->list.first, struct tm_owned, node)->entry;
		*hash = entry->hash;
	}
	spin_unlock_bh(&owner->lock);
	return entry;
}

/* Remove one entry, or see that somebody else just did. Returns false at the end. */
static bool remove_one(struct tm_owner *owner)
{
	struct ttlmap *map = owner->map;
	struct tm_segment *seg;
	struct tm_entry *entry;
	struct tm_key key;
	struct tm_pos pos;

	entry = first_entry(owner, &key.hash);
	if (!entry)
		return false;
	key.data = entry->data;
	key.len = entry->key_len;
	seg = tm_table_lock(&map->table, key.hash);
	if (tm_segment_find(seg, &key, &pos) == entry) {
		if (READ_ONCE(map->frozen))
			tm_owner_unlink(map, entry);
		else
			tm_capacity_unlink(map, seg, &pos, TM_OWNER_GONE);
	}
	spin_unlock_bh(&seg->lock);
	return true;
}

static void release(struct tm_owner *owner)
{
	tm_names_put(owner->map);
	kfree(owner);
}

static void owner_work(struct work_struct *work)
{
	struct tm_owner *owner = container_of(work, struct tm_owner, work);
	bool more;

	do {
		rcu_read_lock();
		more = remove_one(owner);
		rcu_read_unlock();
		cond_resched();
	} while (more);
	release(owner);
}

/**
 * tm_owner_create() - an owner for a new descriptor
 * @map: the reference is handed over on success
 *
 * Context: Process, may sleep.
 * Return: the owner, or NULL.
 */
struct tm_owner *tm_owner_create(struct ttlmap *map)
{
	struct tm_owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL_ACCOUNT);

	if (!owner)
		return NULL;
	owner->map = map;
	spin_lock_init(&owner->lock);
	INIT_WORK(&owner->work, owner_work);
	return owner;
}

/* Context: Process. Nobody binds entries to it any more. */
void tm_owner_close(struct tm_owner *owner)
{
	if (hlist_empty(&owner->list))
		release(owner);
	else
		queue_work(tm_workqueue, &owner->work);
}
