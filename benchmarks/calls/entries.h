/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The entries that every peer holds.  Keys are text, as memcached wants them, and lie in
 * an array of their own in no order that a table could know; a value begins with its key.
 */
#ifndef BENCH_ENTRIES_H
#define BENCH_ENTRIES_H

#include <stddef.h>

#define KEY_SIZE	16
#define VALUE_SIZE	64
#define TTL_SECONDS	3600
#define BATCH		64

struct entries {
	char (*keys)[KEY_SIZE];
	size_t count;
};

extern struct entries entries;

/* @count is at least BATCH. */
void entries_make(size_t count);
void entries_value(size_t at, char *value);

/* Does not return unless @value belongs to the key. */
void entries_check(const char *peer, size_t at, const char *value);

#endif
