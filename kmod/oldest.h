/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_OLDEST_H
#define _TTLMAP_OLDEST_H

#include "map.h"

#define TM_OLDEST	32	/* entries */
#define TM_OLDEST_KEY	64	/* bytes of a key */

/**
 * struct tm_old - an entry as it was found
 * @idle_ns: for how long it has not been used
 * @ttl_ns: what is left of its TTL
 * @bytes: as allocated
 * @value_len: bytes of its value
 * @key_len: bytes of its key
 * @owner: number of the account that wrote it last
 * @key: the first of them
 */
struct tm_old {
	u64 idle_ns;
	u64 ttl_ns;
	u64 bytes;
	u32 value_len;
	u16 key_len;
	u16 owner;
	u8 key[TM_OLDEST_KEY];
};

/**
 * struct tm_oldest - those idle longest
 * @n: how many
 * @now: CLOCK_BOOTTIME ns
 * @entries: longest first
 */
struct tm_oldest {
	unsigned int n;
	u64 now;
	struct tm_old entries[TM_OLDEST];
};

void tm_oldest(struct ttlmap *map, struct tm_oldest *oldest);

#endif /* _TTLMAP_OLDEST_H */
