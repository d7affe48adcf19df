// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "keys.h"

#define SEED	1
#define BLOCK	SZ_8K
#define GOLDEN	0x9e3779b97f4a7c15ULL

/* A permutation of all 64-bit numbers (splitmix64, Sebastiano Vigna). */
static u64 scramble(u64 x)
{
	x += GOLDEN;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static void shuffle(u32 *order, u32 n)
{
	struct rnd_state state;
	u32 i, other;

	prandom_seed_state(&state, SEED);
	for (i = 0; i < n; i++) {
		other = mul_u64_u64_shr(prandom_u32_state(&state), i + 1, 32);
		order[i] = order[other];
		order[other] = i;
	}
}

int bench_keys_init(struct bench_keys *keys, u32 len, u32 entries)
{
	keys->len = len;
	keys->entries = entries;
	keys->order = kvmalloc_array(entries, sizeof(*keys->order), GFP_KERNEL);
	keys->block = kmalloc(BLOCK, GFP_KERNEL);
	keys->block_keys = BLOCK / len;
	if (!keys->order || !keys->block) {
		bench_keys_exit(keys);
		return -ENOMEM;
	}
	shuffle(keys->order, entries);
	return 0;
}

void bench_keys_exit(struct bench_keys *keys)
{
	kvfree(keys->order);
	kfree(keys->block);
}

/* Its first word alone makes it unlike all others. */
static void write_key(void *to, u64 number, u32 len)
{
	u64 word = scramble(number);
	u32 done, some;

	for (done = 0; done < len; done += some) {
		some = min_t(u32, len - done, sizeof(word));
		memcpy(to + done, &word, some);
		word = scramble(word);
	}
}

/**
 * bench_keys_write() - write out the next keys of a sequence
 * @keys: fills their block
 * @sequence: which
 * @from: place in the sequence
 * @n: how many, at most as many as there is room for
 */
void bench_keys_write(const struct bench_keys *keys, const struct bench_sequence *sequence,
		      u64 from, unsigned int n)
{
	unsigned int i;
	u64 number;

	for (i = 0; i < n; i++) {
		number = from + i;
		if (sequence->shuffled)
			number = keys->order[number % keys->entries];
		write_key(keys->block + i * keys->len, sequence->first + number, keys->len);
	}
}
