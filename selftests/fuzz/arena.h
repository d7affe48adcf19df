/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory at addresses that are the same in every run, so that pointers in
 * programs are plain numbers. Written in text as NAME+OFFSET.
 */
#ifndef TTLMAP_FUZZ_ARENA_H
#define TTLMAP_FUZZ_ARENA_H

#include "../common.h"

struct region {
	const char *name;
	u64 base;
	u64 size;
};

#define ARENA_KEYS	0x100000000ULL	/* every 8 bytes a key begins */
#define ARENA_VALUES	0x101000000ULL	/* keys, values */
#define ARENA_OUT	0x102000000ULL	/* to be written to */
#define ARENA_FRESH	0x103000000ULL	/* pages that are not there yet */
#define ARENA_FIXED	0x104000000ULL	/* to be read only */
#define ARENA_EDGE	0x105000000ULL	/* followed by nothing */
#define ARENA_NONE	0x106000000ULL	/* nothing */
#define ARENA_KERNEL	0xffff888000000000ULL
#define ARENA_STRANGE	0x8000000000000000ULL
#define ARENA_SIZE	0x200000ULL
#define ARENA_EDGE_SIZE	0x10000ULL
#define ARENA_FILLED	0x10000ULL	/* of each region: a fork copies what is there */

/* Operations of batches, for each thread: some, and then nothing for a long way. */
#define ARENA_OPS(thread)	(0x1100000000ULL + (thread) * 0x20000000ULL)
#define ARENA_OPS_SIZE	0x20000ULL

void arena_map(void);
void arena_restore(void);
const struct region *arena_region(u64 address);
u64 arena_address(const char *name);

#endif
