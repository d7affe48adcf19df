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
 * No locks here. An entry is written before it is published in a segment and
 * immutable from then on; readers reach it under RCU, so that one that was
 * unlinked goes through the retirer before it is freed.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
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

static size_t entry_size(u32 key_len, u32 value_len)
{
	return sizeof(struct tm_entry) + ALIGN(key_len, 8) + value_len;
}

static void entry_release(struct tm_entry *entry, size_t size)
{
	if (size <= CLASS_MAX)
		kmem_cache_free(caches[class_of(size)], entry);
	else
		kvfree(entry);
}

/**
 * tm_entry_alloc() - an entry with room for a key and a value
 * @key_len: bytes of the key
 * @value_len: bytes of the value
 *
 * The caller fills in all but the lengths.
 *
 * Context: Process, may sleep.
 * Return: the entry, or ERR_PTR(-ENOMEM), or ERR_PTR(-EDQUOT) if all maps
 * together are at their limit.
 */
struct tm_entry *tm_entry_alloc(u32 key_len, u32 value_len)
{
	size_t size = entry_size(key_len, value_len);
	struct tm_entry *entry;

	if (size <= CLASS_MAX)
		entry = kmem_cache_alloc(caches[class_of(size)], GFP_KERNEL_ACCOUNT);
	else
		entry = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	entry->key_len = key_len;
	entry->__spare = 0;
	entry->value_len = value_len;
	if (tm_memory_charge(tm_entry_bytes(entry)))
		return entry;
	entry_release(entry, size);
	return ERR_PTR(-EDQUOT);
}

/* Context: may sleep if the entry came from vmalloc. */
void tm_entry_free(struct tm_entry *entry)
{
	tm_memory_uncharge(tm_entry_bytes(entry));
	entry_release(entry, entry_size(entry->key_len, entry->value_len));
}

/* Bytes that the allocator set aside for it. */
size_t tm_entry_bytes(const struct tm_entry *entry)
{
	size_t size = entry_size(entry->key_len, entry->value_len);

	if (size <= CLASS_MAX)
		return class_bytes(class_of(size));
	if (is_vmalloc_addr(entry))
		return PAGE_ALIGN(size);
	return ksize(entry);
}
