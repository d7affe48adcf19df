// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "value.h"

/* The next eight bytes (Weyl sequence, mixed as in SplitMix64). */
static uint64_t next(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static size_t part(size_t len)
{
	return len < sizeof(uint64_t) ? len : sizeof(uint64_t);
}

void value_make(char *value, size_t len, const char *key, size_t key_len)
{
	uint64_t state = XXH3_64bits_withSeed(key, key_len, len);

	while (len) {
		uint64_t bytes = next(&state);
		size_t n = part(len);

		memcpy(value, &bytes, n);
		value += n;
		len -= n;
	}
}

bool value_check(const char *value, size_t len, const char *key, size_t key_len)
{
	uint64_t state = XXH3_64bits_withSeed(key, key_len, len);

	while (len) {
		uint64_t bytes = next(&state);
		size_t n = part(len);

		if (memcmp(value, &bytes, n))
			return false;
		value += n;
		len -= n;
	}
	return true;
}
