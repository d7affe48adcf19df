// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "entries.h"

struct entries entries;

/* 32 bits that are different for each, then what looks random. */
static void write_key(char *key, size_t number)
{
	char text[KEY_MOST + 1];

	snprintf(text, sizeof(text), "%08x%024llx", (unsigned int)number,
		 (unsigned long long)mix64(number + 1));
	memcpy(key, text, entries.key_size);
}

static void swap_keys(size_t a, size_t b)
{
	char key[KEY_MOST], *first = entries.keys + a * entries.key_size,
		*second = entries.keys + b * entries.key_size;

	memcpy(key, first, entries.key_size);
	memcpy(first, second, entries.key_size);
	memcpy(second, key, entries.key_size);
}

void entries_make(void)
{
	if (entries.count < BATCH || entries.key_size < 8 || entries.key_size > KEY_MOST ||
	    entries.value_size < entries.key_size || entries.value_size > VALUE_MOST)
		errx(2, "not sizes that entries may have");
	entries.keys = calloc(entries.count, entries.key_size);
	if (!entries.keys)
		err(1, "keys");
	for (size_t i = 0; i < entries.count; i++)
		write_key(entries.keys + i * entries.key_size, i);
	for (size_t i = entries.count - 1; i > 0; i--)
		swap_keys(i, mix64(i) % (i + 1));
}

const char *entries_key(size_t at)
{
	return entries.keys + at * entries.key_size;
}

void entries_value(size_t at, char *value)
{
	memset(value, '.', entries.value_size);
	memcpy(value, entries_key(at), entries.key_size);
}

unsigned int entries_ttl(size_t at)
{
	return entries.ttls ? entries.ttls[at] : 3600;
}

void entries_check(const char *peer, size_t at, const char *value)
{
	if (memcmp(value, entries_key(at), entries.key_size))
		errx(1, "%s: %.*s has another value", peer, (int)entries.key_size, entries_key(at));
}
