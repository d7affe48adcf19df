// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Entries
 *
 * Owns the memory of entries: one allocation an entry, charged to the caller's
 * memory cgroup and to the limit over all maps. Sizes up to 256 bytes come from
 * slab caches of our own in steps of 8 and 16 bytes, shared by all maps: the
 * general caches jump from 32 to 64 bytes and from 128 to 192, and an entry of
 * 40 or 104 bytes is just what small keys and values make. A multiple of 64 is
 * aligned to 64, so that header and key share a cache line. Longer entries come
 * from kvmalloc().
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

#define CLASS_MIN	32	/* bytes; steps of 8 from here */
#define CLASS_MID	128	/* steps of 16 from here */
#define CLASS_MAX	256
#define CLASSES		((CLASS_MID - CLASS_MIN) / 8 + (CLASS_MAX - CLASS_MID) / 16 + 1)

static struct kmem_cache *caches[CLASSES];

static unsigned int class_of(size_t size)
{
	if (size <= CLASS_MID)
		return DIV_ROUND_UP(max_t(size_t, size, CLASS_MIN) - CLASS_MIN, 8);
	return (CLASS_MID - CLASS_MIN) / 8 + DIV_ROUND_UP(size - CLASS_MID, 16);
}

static size_t class_bytes(unsigned int class)
{
	unsigned int mid = (CLASS_MID - CLASS_MIN) / 8;

	return class <= mid ? CLASS_MIN + class * 8 : CLASS_MID + (class - mid) * 16;
}

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
	unsigned int i;

	for (i = 0; i < CLASSES; i++) {
		caches[i] = cache_create(class_bytes(i));
		if (!caches[i]) {
			tm_entry_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void tm_entry_exit(void)
{
	unsigned int i;

	for (i = 0; i < CLASSES; i++) {
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
}

static size_t entry_size(u32 key_len, u32 value_len, u32 tail_words)
{
	size_t size = sizeof(struct tm_entry) + ALIGN(key_len, 8) + value_len;

	return tail_words ? ALIGN(size, 8) + tail_words * 8 : size;
}

static size_t size_of(const struct tm_entry *entry)
{
	return entry_size(entry->key_len, entry->value_len, entry->tail_words);
}

static void give_back(struct tm_entry *entry, size_t size)
{
	if (size <= CLASS_MAX)
		kmem_cache_free(caches[class_of(size)], entry);
	else
		kvfree(entry);
}

/* Bytes that the allocator set aside. */
static size_t allocated(const struct tm_entry *entry, size_t size)
{
	if (size <= CLASS_MAX)
		return class_bytes(class_of(size));
	if (is_vmalloc_addr(entry))
		return PAGE_ALIGN(size);
	return ksize(entry);
}

static void *take_memory(size_t size, gfp_t gfp)
{
	struct tm_entry *entry;

	if (size <= CLASS_MAX)
		entry = kmem_cache_alloc(caches[class_of(size)], gfp);
	else if (gfpflags_allow_blocking(gfp))
		entry = kvmalloc(size, gfp | __GFP_NOWARN);
	else
		entry = kmalloc(size, gfp | __GFP_NOWARN);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	if (tm_memory_charge(allocated(entry, size)))
		return entry;
	give_back(entry, size);
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
 * @gfp: GFP_KERNEL_ACCOUNT, or GFP_ATOMIC and the like
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
			     take_memory(entry_size(key_len, value_len, kind->tail_words), gfp);
	if (IS_ERR(entry))
		return entry;
	entry->key_len = key_len;
	entry->state = 0;
	entry->value_len = value_len;
	entry->tail_words = kind->tail_words;
	return entry;
}

/* No reader is left. Context: may sleep if the entry came from vmalloc. */
void tm_entry_free(const struct tm_kind *kind, struct tm_entry *entry)
{
	size_t size = size_of(entry);

	if (kind->pool) {
		pool_give(kind->pool, entry);
		return;
	}
	tm_memory_uncharge(allocated(entry, size));
	give_back(entry, size);
}

/* Bytes that the allocator set aside for it. */
size_t tm_entry_bytes(const struct tm_kind *kind, const struct tm_entry *entry)
{
	return kind->pool ? kind->pool->slot_bytes : allocated(entry, size_of(entry));
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
		entry = tm_entry_alloc(kind, key_max, value_max, GFP_KERNEL_ACCOUNT);
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
		entry->tail_words = kind->tail_words;
		tm_entry_free(kind, entry);
		cond_resched();
	}
}

u64 tm_pool_bytes(struct tm_pool *pool)
{
	return READ_ONCE(pool->free_entries) * pool->slot_bytes;
}
