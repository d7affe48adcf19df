// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Hashing
 *
 * Owns the choice of the hash function and its seed. xxh64 (Yann Collet) with a
 * seed of its own for each map is fast and spreads well, but whoever knows it
 * can make keys that collide under every seed; SipHash-2-4 (Aumasson,
 * Bernstein) is a keyed pseudo-random function and withstands that.
 *
 * The 64 bits of a hash are used thus: the top bits index the directory, the
 * next lower ones decide each split, bits 32 to 39 are the tag, and the low 32
 * bits choose the home bucket. No locks; a hasher never changes once its map is
 * published.
 */
#include "hash.h"
#include "random.h"

void tm_hasher_init(struct tm_hasher *hasher, bool siphash)
{
	hasher->seed.key[0] = tm_random();
	hasher->seed.key[1] = tm_random();
	hasher->siphash = siphash;
}
