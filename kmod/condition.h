/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_CONDITION_H
#define _TTLMAP_CONDITION_H

#include "map.h"

#define TM_IF	(TTLMAP_IF_VALUE | TTLMAP_IF_VERSION)

/**
 * struct tm_condition - what an entry must be for an operation to happen
 * @flags: TTLMAP_IF_VALUE, TTLMAP_IF_VERSION, or none
 * @len: bytes at @value
 * @value: that is expected
 * @version: that is expected; set to the one that was found
 */
struct tm_condition {
	u32 flags;
	u32 len;
	const void *value;
	u64 version;
};

struct tm_entry *tm_condition_find(struct ttlmap *map, const struct tm_key *key,
				   struct tm_condition *condition, u64 now);

#endif /* _TTLMAP_CONDITION_H */
