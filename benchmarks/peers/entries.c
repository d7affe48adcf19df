// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "entries.h"

struct entries entries;

static void write_hex(char *text, size_t digits, uint64_t number)
{
	while (digits--) {
		text[digits] = "0123456789abcdef"[number & 15];
		number >>= 4;
	}
}

/* The first eight digits are different for each: an odd factor maps 32 bits onto 32 bits. */
static void write_key(char *key, size_t number)
{
	write_hex(key, 8, (uint32_t)number * 0x9e3779b1U);
	write_hex(key + 8, entries.key_size - 8, mix64(number + 1));
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
