/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys by number: number i is always the same key, and random to look at. They are
 * written out into an array of their own shortly before they are used, so that none
 * is read out of a map's own objects, which would hide a cache miss.
 */
#ifndef _BENCH_KEYS_H
#define _BENCH_KEYS_H

#include <linux/types.h>

/**
 * struct bench_keys - the keys of a run
 * @len: bytes of each
 * @entries: how many a map holds
 * @order: the numbers below @entries, shuffled
 * @block: some keys, one after the other: few enough to stay in the innermost cache
 * @block_keys: how many
 */
struct bench_keys {
	u32 len;
	u32 entries;
	u32 *order;
	u8 *block;
	u32 block_keys;
};

/**
 * struct bench_sequence - which keys, in which order
 * @first: number of the first
 * @shuffled: in random order, over and over; else one number after the other
 */
struct bench_sequence {
	u64 first;
	bool shuffled;
};

int bench_keys_init(struct bench_keys *keys, u32 len, u32 entries);
void bench_keys_exit(struct bench_keys *keys);
void bench_keys_write(const struct bench_keys *keys, const struct bench_sequence *sequence,
		      u64 from, unsigned int n);

#endif /* _BENCH_KEYS_H */
