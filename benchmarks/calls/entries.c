// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "entries.h"

struct entries entries;

static void write_key(char *key, size_t number)
{
	char text[KEY_SIZE + 1];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)mix64(number + 1));
	memcpy(key, text, KEY_SIZE);
}

void entries_make(size_t count)
{
	if (count < BATCH)
		errx(2, "at least %d entries", BATCH);
	entries.keys = calloc(count, KEY_SIZE);
	if (!entries.keys)
		err(1, "keys");
	entries.count = count;
	for (size_t i = 0; i < count; i++)
		write_key(entries.keys[i], i);
}

void entries_value(size_t at, char *value)
{
	for (size_t i = 0; i < VALUE_SIZE; i += KEY_SIZE)
		memcpy(value + i, entries.keys[at], KEY_SIZE);
}

void entries_check(const char *peer, size_t at, const char *value)
{
	if (memcmp(value, entries.keys[at], KEY_SIZE))
		errx(1, "%s: %.*s has another value", peer, KEY_SIZE, entries.keys[at]);
}
