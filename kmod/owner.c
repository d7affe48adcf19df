// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Owners
 *
 * Owns the entries that are bound to an open descriptor. In maps with
 * TTLMAP_F_OWNERS the tail of each entry has room for a place in its owner's
 * list, so that what a descriptor leaves behind is found without a search.
 *
 * Locks: the owner's, within a segment's. An entry in the list is in a segment;
 * it leaves the list under both locks before it is retired.
 */
#include "map.h"
#include "owner.h"

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

/**
 * tm_owner_first() - some entry of an owner
 * @owner: the owner
 * @hash: of the entry's key; in the entry itself it is only valid while listed
 *
 * Context: RCU read section.
 * Return: an entry, which may leave its segment at any moment; or NULL.
 */
struct tm_entry *tm_owner_first(struct tm_owner *owner, u64 *hash)
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
