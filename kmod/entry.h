/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_ENTRY_H
#define _TTLMAP_ENTRY_H

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/llist.h>
#include <linux/string.h>
#include <linux/types.h>

#include "hash.h"

#define TM_EXPIRES_NEVER	U64_MAX

/**
 * struct tm_entry - one key and value
 * @hash: of the key, for writers only
 * @retired: chains entries that wait for a grace period; lies over @hash, which
 *	no reader looks at
 * @expires: CLOCK_BOOTTIME ns; from then on no reader returns the entry
 * @key_len: bytes of the key
 * @__spare: keeps @value_len aligned
 * @value_len: bytes of the value
 * @data: the key, and from the next multiple of 8 on the value
 *
 * Immutable once it is in a segment.
 */
struct tm_entry {
	union {
		u64 hash;
		struct llist_node retired;
	};
	u64 expires;
	u16 key_len;
	u16 __spare;
	u32 value_len;
	u8 data[];
};

static_assert(sizeof(struct tm_entry) == 24);

static inline void *tm_entry_value(struct tm_entry *entry)
{
	return entry->data + ALIGN(entry->key_len, 8);
}

static inline bool tm_entry_expired(const struct tm_entry *entry, u64 now)
{
	return now >= entry->expires;
}

static inline bool tm_entry_is(const struct tm_entry *entry, const struct tm_key *key)
{
	return entry->key_len == key->len && !memcmp(entry->data, key->data, key->len);
}

int tm_entry_init(void);
void tm_entry_exit(void);
struct tm_entry *tm_entry_alloc(u32 key_len, u32 value_len);
void tm_entry_free(struct tm_entry *entry);
size_t tm_entry_bytes(const struct tm_entry *entry);

#endif /* _TTLMAP_ENTRY_H */
