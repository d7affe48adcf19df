/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_HASH_H
#define _TTLMAP_HASH_H

#include <linux/compiler.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include <linux/xxhash.h>

/**
 * struct tm_hasher - the hash function of a map
 * @seed: random, never leaves the kernel; xxh64 uses the first half
 * @siphash: SipHash-2-4 instead of xxh64
 */
struct tm_hasher {
	siphash_key_t seed;
	bool siphash;
};

/**
 * struct tm_key - a key with its hash
 * @data: the bytes
 * @len: how many
 * @hash: of them, by the map's hasher
 */
struct tm_key {
	const void *data;
	u32 len;
	u64 hash;
};

void tm_hasher_init(struct tm_hasher *hasher, bool siphash);

static inline u64 tm_hash(const struct tm_hasher *hasher, const void *data, u32 len)
{
	if (unlikely(hasher->siphash))
		return siphash(data, len, &hasher->seed);
	return xxh64(data, len, hasher->seed.key[0]);
}

#endif /* _TTLMAP_HASH_H */
