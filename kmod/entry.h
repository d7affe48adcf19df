/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_ENTRY_H
#define _TTLMAP_ENTRY_H

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/gfp_types.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/ttlmap.h>
#include <linux/types.h>

#include "clock.h"
#include "compat.h"
#include "hash.h"

struct tm_owner;

#define TM_EXPIRES_NEVER	U64_MAX

/* Sizes of entries that come from slab caches of our own. */
#define TM_CLASS_MIN		32	/* bytes; steps of 8 from here */
#define TM_CLASS_MID		128	/* steps of 16 from here */
#define TM_CLASS_WIDE		256	/* steps of 64 from here */
#define TM_CLASS_MAX		1024

/* tm_entry.state */
#define TM_STATE_PINS		0x0fff	/* references beyond RCU sections */
#define TM_STATE_REASON_SHIFT	12	/* enum ttlmap_reason, once it is retired */
#define TM_STATE_FREE		0x8000	/* the last reference frees it */

/* tm_entry.written_by */
#define TM_WRITER_ID		0x7fff	/* number of the account that wrote it last */
#define TM_WRITER_READ		0x8000	/* it has been read since, or is gone */

/**
 * struct tm_entry - one key and value
 * @hash: of the key, for writers only
 * @retired: chains entries that wait for a grace period, or in a pool; lies over
 *	@hash, which no reader looks at
 * @expires: CLOCK_BOOTTIME ns; from then on no reader returns the entry; WR: the
 *	segment's lock, and hits in maps with TTLMAP_F_SLIDING
 * @key_len: bytes of the key
 * @value_len: bytes of the value
 * @state: TM_STATE_*
 * @written_by: TM_WRITER_*
 * @data: the key, from the next multiple of 8 on the value, from the next
 *	multiple of 8 on the tail, as long as struct tm_kind says
 *
 * Key and value are immutable once the entry is in a segment, but for counters.
 */
struct tm_entry {
	union {
		u64 hash;
		struct llist_node retired;
	};
	u64 expires;
	u32 key_len : 10;
	u32 value_len : 21;
	u16 state;
	u16 written_by;
	u8 data[];
};

static_assert(sizeof(struct tm_entry) == 24);
static_assert(!(TTLMAP_KEY_MAX >> 10));
static_assert(!(TTLMAP_VALUE_MAX >> 21));

/**
 * struct tm_owned - in the tail of an entry that may have an owner
 * @node: among the owner's entries; WR: the owner's lock
 * @entry: whose tail this is
 * @owner: or NULL; WR: the segment's lock
 */
struct tm_owned {
	struct hlist_node node;
	struct tm_entry *entry;
	struct tm_owner *owner;
};

/**
 * struct tm_pool - entries that were allocated with their map
 * @lock: leaf
 * @free: the unused ones; WR: @lock
 * @free_entries: how many; WR: @lock
 * @slot_bytes: of each, as allocated
 * @capacity: of the map, without what is spare
 */
struct tm_pool {
	/* a leaf, over the free list */
	spinlock_t lock;
	struct llist_node *free;
	u64 free_entries;
	size_t slot_bytes;
	u64 capacity;
};

/**
 * struct tm_kind - what the entries of a map have in common
 * @tail_words: length of the tail
 * @owned: it starts with struct tm_owned
 * @ttl_at: word of the tail with the TTL, or -1
 * @version_at: word of the tail with the version, or -1
 * @pool: where entries come from, or NULL
 * @removed: told of each entry that goes, when no reader is left; or NULL
 * @removed_arg: for it
 */
struct tm_kind {
	u8 tail_words;
	bool owned;
	s8 ttl_at;
	s8 version_at;
	struct tm_pool *pool;
	void (*removed)(void *arg, struct tm_entry *entry, enum ttlmap_reason reason);
	void *removed_arg;
};

static inline void *tm_entry_value(struct tm_entry *entry)
{
	return entry->data + ALIGN((u32)entry->key_len, 8);
}

static inline u64 *tm_entry_tail(struct tm_entry *entry)
{
	return tm_entry_value(entry) + ALIGN((u32)entry->value_len, 8);
}

static inline struct tm_owned *tm_entry_owned(struct tm_entry *entry)
{
	return (struct tm_owned *)tm_entry_tail(entry);
}

static inline u64 tm_entry_version(const struct tm_kind *kind, struct tm_entry *entry)
{
	return kind->version_at < 0 ? 0 : tm_entry_tail(entry)[kind->version_at];
}

/* In maps with TTLMAP_F_COUNTERS. */
static inline atomic64_t *tm_entry_counter(struct tm_entry *entry)
{
	return tm_entry_value(entry);
}

static inline bool tm_entry_expired(const struct tm_entry *entry, u64 now)
{
	return now >= READ_ONCE(entry->expires);
}

/* What is left of its TTL at @now. */
static inline u64 tm_entry_left(const struct tm_entry *entry, u64 now)
{
	u64 expires = READ_ONCE(entry->expires);

	if (expires == TM_EXPIRES_NEVER)
		return TTLMAP_TTL_NEVER;
	return expires > now ? expires - now : 0;
}

/* Word by word, since most keys are a few words: memcmp() goes byte by byte. */
static inline bool tm_entry_is(const struct tm_entry *entry, const struct tm_key *key)
{
	const u8 *ours = entry->data, *theirs = key->data;
	u32 left = key->len;

	if (entry->key_len != left)
		return false;
	for (; left >= sizeof(u64); left -= sizeof(u64)) {
		if (*(const u64 *)ours != get_unaligned((const u64 *)theirs))
			return false;
		ours += sizeof(u64);
		theirs += sizeof(u64);
	}
	for (; left; left--)
		if (*ours++ != *theirs++)
			return false;
	return true;
}

/* With zeros up to where the value starts: scans copy both at once. */
static inline void tm_entry_pad_key(struct tm_entry *entry)
{
	if (entry->key_len % 8)
		*(u64 *)(entry->data + ALIGN_DOWN((u32)entry->key_len, 8)) = 0;
}

static inline void tm_entry_set_key(struct tm_entry *entry, const void *key)
{
	tm_entry_pad_key(entry);
	memcpy(entry->data, key, entry->key_len);
}

static inline size_t tm_entry_size(u32 key_len, u32 value_len, u32 tail_words)
{
	size_t size = sizeof(struct tm_entry) + ALIGN(key_len, 8) + value_len;

	return tail_words ? ALIGN(size, 8) + tail_words * 8 : size;
}

/* What a slab cache of ours sets aside; @size is TM_CLASS_MAX at most. */
static inline size_t tm_class_bytes(size_t size)
{
	if (size <= TM_CLASS_MID)
		return max_t(size_t, ALIGN(size, 8), TM_CLASS_MIN);
	return size <= TM_CLASS_WIDE ? ALIGN(size, 16) : ALIGN(size, 64);
}

size_t tm_allocated_large(const struct tm_entry *entry, size_t size);

/* What any allocator does. */
static inline size_t tm_allocated_bytes(const struct tm_entry *entry, size_t size)
{
	if (likely(size <= TM_CLASS_MAX))
		return tm_class_bytes(size);
	return tm_allocated_large(entry, size);
}

/* Bytes that the allocator set aside for an entry. */
static inline size_t tm_entry_bytes(const struct tm_kind *kind, const struct tm_entry *entry)
{
	if (unlikely(kind->pool))
		return kind->pool->slot_bytes;
	return tm_allocated_bytes(entry, tm_entry_size(entry->key_len, entry->value_len,
						       kind->tail_words));
}

int tm_entry_init(void);
void tm_entry_exit(void);
struct tm_entry *tm_entry_alloc(const struct tm_kind *kind, u32 key_len, u32 value_len,
				gfp_t gfp);
void tm_entry_free(const struct tm_kind *kind, struct tm_entry *entry);
void tm_entry_gone(struct tm_entry *entry, enum ttlmap_reason reason);
bool tm_entry_release(const struct tm_kind *kind, struct tm_entry *entry);
bool tm_entry_pin(struct tm_entry *entry);
bool tm_entry_unpin(struct tm_entry *entry);
void tm_entry_bury(const struct tm_kind *kind, struct tm_entry *entry);

int tm_pool_fill(struct tm_kind *kind, struct tm_pool *pool, u64 entries, u32 key_max,
		 u32 value_max);
void tm_pool_drain(struct tm_kind *kind, struct tm_pool *pool, u32 key_max,
		   u32 value_max);
u64 tm_pool_bytes(struct tm_pool *pool);

#endif /* _TTLMAP_ENTRY_H */
