/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The entries that every peer holds.  Keys are text, as memcached wants them, and lie in
 * an array of their own in no order that a table could know; a value begins with its key.
 */
#ifndef BENCH_ENTRIES_H
#define BENCH_ENTRIES_H

#include <stddef.h>

#define KEY_MOST	32
#define VALUE_MOST	512
#define BATCH		64

/**
 * struct entries - what there is to be held
 * @keys: one after the other
 * @count: how many, at least BATCH
 * @capacity: what maps that are bounded are made for
 * @ttls: seconds that each lives; NULL: all of them an hour
 * @key_size: bytes of a key, 8 to KEY_MOST
 * @value_size: bytes of a value, up to VALUE_MOST
 */
struct entries {
	char *keys;
	size_t count;
	size_t capacity;
	unsigned int *ttls;
	size_t key_size;
	size_t value_size;
};

extern struct entries entries;

/* Everything but the keys is there. */
void entries_make(void);
const char *entries_key(size_t at);
void entries_value(size_t at, char *value);
unsigned int entries_ttl(size_t at);

/* Does not return unless @value belongs to the key. */
void entries_check(const char *peer, size_t at, const char *value);

#endif
