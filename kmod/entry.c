// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Entries
 *
 * Owns the memory of entries: one allocation an entry, charged to the caller's
 * memory cgroup and to the limit over all maps. Sizes up to 1024 bytes come from
 * slab caches of our own in steps of 8, 16 and 64 bytes, shared by all maps: the
 * general caches jump from 32 to 64 bytes, from 128 to 192 and from 512 to 1024,
 * and an entry of 40 or 104 bytes is just what small keys and values make. A
 * multiple of 64 is aligned to 64, so that header and key share a cache line.
 * Longer entries come from kvmalloc().
 *
 * A map with TTLMAP_F_PREALLOC takes the memory for all its entries at creation
 * and keeps what is unused in a pool.
 *
 * Outside of RCU sections an entry is held by a reference (in-kernel users). One
 * that is retired meanwhile is freed by whoever drops the last.
 *
 * Locks: the pool's, a leaf. An entry is written before it is published in a segment and
 * immutable from then on; readers reach it under RCU, so that one that was
 * unlinked goes through the retirer before it is freed.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "entry.h"
#include "memory.h"

/* By size in words; most of those that are no class stay empty. */
static struct kmem_cache *caches[TM_CLASS_MAX / 8 + 1];

/* Values are copied to user space from where they lie: all of it may be. */
static struct kmem_cache *cache_create(size_t bytes)
{
	char name[16];

	snprintf(name, sizeof(name), "ttlmap-%zu", bytes);
	return kmem_cache_create_usercopy(name, bytes, bytes % 64 ? 8 : 64, SLAB_ACCOUNT,
					  offsetof(struct tm_entry, data),
					  bytes - offsetof(struct tm_entry, data), NULL);
}

int tm_entry_init(void)
{
	size_t bytes;

	for (bytes = TM_CLASS_MIN; bytes <= TM_CLASS_MAX; bytes = tm_class_bytes(bytes + 1)) {
		caches[bytes / 8] = cache_create(bytes);
		if (!caches[bytes / 8]) {
			tm_entry_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void tm_entry_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
}

/* Bytes that the allocator set aside for an entry that is in no class. */
size_t tm_allocated_large(const struct tm_entry *entry, size_t size)
{
	return is_vmalloc_addr(entry) ? PAGE_ALIGN(size) : ksize(entry);
}

static void give_back(struct tm_entry *entry, size_t bytes)
{
	if (bytes <= TM_CLASS_MAX)
		kmem_cache_free(caches[bytes / 8], entry);
	else
		kvfree(entry);
}

static void *take_memory(size_t size, gfp_t gfp)
{
	struct tm_entry *entry;
	size_t bytes;

	if (size <= TM_CLASS_MAX)
		entry = kmem_cache_alloc(caches[tm_class_bytes(size) / 8], gfp);
	else if (gfpflags_allow_blocking(gfp))
		entry = kvmalloc(size, gfp | __GFP_NOWARN);
	else
		entry = kmalloc(size, gfp | __GFP_NOWARN);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	bytes = tm_allocated_bytes(entry, size);
	if (tm_memory_charge(bytes))
		return entry;
	give_back(entry, bytes);
	return ERR_PTR(-EDQUOT);
}

static struct tm_entry *pool_take(struct tm_pool *pool)
{
	struct llist_node *first;

	spin_lock_bh(&pool->lock);
	first = pool->free;
	if (first) {
		pool->free = first->next;
		pool->free_entries--;
	}
	spin_unlock_bh(&pool->lock);
	return first ? llist_entry(first, struct tm_entry, retired) : ERR_PTR(-ENOMEM);
}

static void pool_give(struct tm_pool *pool, struct tm_entry *entry)
{
	spin_lock_bh(&pool->lock);
	entry->retired.next = pool->free;
	pool->free = &entry->retired;
	pool->free_entries++;
	spin_unlock_bh(&pool->lock);
}

/**
 * tm_entry_alloc() - an entry with room for a key and a value
 * @kind: what the map's entries have in common
 * @key_len: bytes of the key
 * @value_len: bytes of the value
 * @gfp: TM_GFP, or GFP_ATOMIC and the like
 *
 * The caller fills in hash, expiry, key, value and tail.
 *
 * Context: As @gfp says.
 * Return: the entry, or ERR_PTR(-ENOMEM), or ERR_PTR(-EDQUOT) if all maps
 * together are at their limit.
 */
struct tm_entry *tm_entry_alloc(const struct tm_kind *kind, u32 key_len, u32 value_len,
				gfp_t gfp)
{
	struct tm_entry *entry;

	entry = kind->pool ? pool_take(kind->pool) :
			     take_memory(tm_entry_size(key_len, value_len, kind->tail_words), gfp);
	if (IS_ERR(entry))
		return entry;
	entry->key_len = key_len;
	entry->value_len = value_len;
	entry->state = 0;
	return entry;
}

/* No reader is left. Context: may sleep if the entry came from vmalloc. */
void tm_entry_free(const struct tm_kind *kind, struct tm_entry *entry)
{
	size_t bytes = tm_entry_bytes(kind, entry);

	if (kind->pool) {
		pool_give(kind->pool, entry);
		return;
	}
	tm_memory_uncharge(bytes);
	give_back(entry, bytes);
}

/* Note why an entry goes. Context: it has just been unlinked. */
void tm_entry_gone(struct tm_entry *entry, enum ttlmap_reason reason)
{
	u16 old = READ_ONCE(entry->state), bits = reason << TM_STATE_REASON_SHIFT;

	while (!try_cmpxchg(&entry->state, &old, (u16)(old | bits)))
		;
}

/* Nobody refers to the entry any more. Context: Process. */
void tm_entry_bury(const struct tm_kind *kind, struct tm_entry *entry)
{
	if (kind->removed)
		kind->removed(kind->removed_arg, entry,
			      (entry->state & ~TM_STATE_FREE) >> TM_STATE_REASON_SHIFT);
	tm_entry_free(kind, entry);
}

/**
 * tm_entry_release() - free an entry, or leave that to its last reference
 * @kind: what the map's entries have in common
 * @entry: unlinked, a grace period ago or with no reader left
 *
 * Context: Process.
 * Return: false if it is left.
 */
bool tm_entry_release(const struct tm_kind *kind, struct tm_entry *entry)
{
	u16 old = READ_ONCE(entry->state);

	do {
		if (!(old & TM_STATE_PINS)) {
			tm_entry_bury(kind, entry);
			return true;
		}
	} while (!try_cmpxchg(&entry->state, &old, (u16)(old | TM_STATE_FREE)));
	return false;
}

/* Context: RCU read section. Return: false if it has too many references. */
bool tm_entry_pin(struct tm_entry *entry)
{
	u16 old = READ_ONCE(entry->state);

	do {
		if ((old & TM_STATE_PINS) == TM_STATE_PINS)
			return false;
	} while (!try_cmpxchg(&entry->state, &old, (u16)(old + 1)));
	return true;
}

/* Return: true if that was the last reference to an entry that was released. */
bool tm_entry_unpin(struct tm_entry *entry)
{
	u16 old = READ_ONCE(entry->state);

	while (!try_cmpxchg(&entry->state, &old, (u16)(old - 1)))
		;
	return (old & TM_STATE_FREE) && (old & TM_STATE_PINS) == 1;
}

/**
 * tm_pool_fill() - allocate all entries of a map beforehand
 * @kind: what the map's entries have in common; uses the pool from then on
 * @pool: zeroed
 * @entries: how many
 * @key_max: each has room for so long a key
 * @value_max: and so long a value
 *
 * Context: Process, may sleep.
 * Return: 0, -ENOMEM or -EDQUOT; tm_pool_drain() is due in any case.
 */
int tm_pool_fill(struct tm_kind *kind, struct tm_pool *pool, u64 entries, u32 key_max,
		 u32 value_max)
{
	struct tm_entry *entry;

	spin_lock_init(&pool->lock);
	while (pool->free_entries < entries) {
		entry = tm_entry_alloc(kind, key_max, value_max, TM_GFP);
		if (IS_ERR(entry))
			return PTR_ERR(entry);
		pool->slot_bytes = tm_entry_bytes(kind, entry);
		pool_give(pool, entry);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	kind->pool = pool;
	return 0;
}

/* All entries are back. Context: Process, may sleep. */
void tm_pool_drain(struct tm_kind *kind, struct tm_pool *pool, u32 key_max, u32 value_max)
{
	struct tm_entry *entry;

	kind->pool = NULL;
	while (pool->free) {
		entry = pool_take(pool);
		entry->key_len = key_max;
		entry->value_len = value_max;
		tm_entry_free(kind, entry);
		cond_resched();
	}
}

u64 tm_pool_bytes(struct tm_pool *pool)
{
	return READ_ONCE(pool->free_entries) * pool->slot_bytes;
}
