// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Orphans
 *
 * Owns the lifetime of owners, and the removal of what a closed descriptor leaves
 * behind. However its process ended, a worker removes the entries one by one,
 * each under its segment's lock for that moment only; others hardly notice,
 * however many they are. The owner exists until none is left, and holds the map.
 * In a frozen map they are let go instead.
 *
 * Locks: a segment's at a time; the owner's within.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "capacity.h"
#include "memory.h"
#include "names.h"
#include "orphans.h"
#include "owner.h"
#include "trace.h"
#include "work.h"

/* Remove one entry, or see that somebody else just did. Returns false at the end. */
static bool remove_one(struct tm_owner *owner)
{
	struct ttlmap *map = owner->map;
	struct tm_segment *seg;
	struct tm_entry *entry;
	struct tm_key key;
	struct tm_pos pos;

	entry = tm_owner_first(owner, &key.hash);
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

static void orphans_work(struct work_struct *work)
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
	module_put(THIS_MODULE);
}

/**
 * tm_orphans_owner() - an owner for a new descriptor
 * @map: the reference is handed over on success
 *
 * Context: Process, may sleep.
 * Return: the owner, or NULL.
 */
struct tm_owner *tm_orphans_owner(struct ttlmap *map)
{
	struct tm_owner *owner = kzalloc(sizeof(*owner), TM_GFP);
	char command[TASK_COMM_LEN];

	get_task_comm(command, current);
	if (!owner)
		return NULL;
	owner->account = tm_account_open(&map->accounts, command, task_tgid_nr(current));
	if (!owner->account) {
		kfree(owner);
		return NULL;
	}
	owner->map = map;
	spin_lock_init(&owner->lock);
	init_waitqueue_head(&owner->wait);
	INIT_WORK(&owner->work, orphans_work);
	return owner;
}

/* No descriptor came of it; the map's reference is the caller's again. Context: Process. */
void tm_orphans_discard(struct tm_owner *owner)
{
	tm_account_close(owner->account);
	kfree(owner);
}

/*
 * Nobody binds entries to it any more. The module stays until all are gone: what
 * takes a map apart needs a workqueue that is not being taken apart itself.
 *
 * Context: Process.
 */
void tm_orphans_leave(struct tm_owner *owner)
{
	trace_ttlmap_owner_gone(owner);
	tm_account_close(owner->account);
	if (hlist_empty(&owner->list)) {
		release(owner);
		return;
	}
	__module_get(THIS_MODULE);
	queue_work(tm_workqueue, &owner->work);
}
