/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_UPDATE_H
#define _TTLMAP_UPDATE_H

#include "condition.h"
#include "map.h"

/**
 * struct tm_update - what an update asks for
 * @key: hashed
 * @entry: the new entry with its key and value
 * @ttl_ns: its TTL as in struct ttlmap_op
 * @flags: as in struct ttlmap_op
 * @condition: for compare-and-swap; its version is set to the entry's new one
 * @account: by which it is written; NULL is the map's
 * @owner: to which the entry is bound, or NULL
 * @gfp: what may be done for memory
 */
struct tm_update {
	struct tm_key key;
	struct tm_entry *entry;
	u64 ttl_ns;
	u32 flags;
	struct tm_condition condition;
	struct tm_account *account;
	struct tm_owner *owner;
	gfp_t gfp;
};

/**
 * struct tm_add - an addition to a counter
 * @key: of the counter
 * @ttl_ns: of a counter that is not there yet
 * @flags: as in struct ttlmap_op
 * @value: what to add; set to the sum
 * @account: by which a new counter is written; NULL is the map's
 * @owner: to which a new counter is bound, or NULL
 * @gfp: what may be done for memory
 */
struct tm_add {
	struct tm_key key;
	u64 ttl_ns;
	u32 flags;
	u64 value;
	struct tm_account *account;
	struct tm_owner *owner;
	gfp_t gfp;
};

bool tm_map_flags_ok(const struct ttlmap *map, u32 flags);
int tm_map_check_update(const struct ttlmap *map, u32 flags, u32 key_len, u32 value_len);
struct tm_entry *tm_map_entry(struct ttlmap *map, u32 key_len, u32 value_len, gfp_t gfp);
int tm_map_update(struct ttlmap *map, struct tm_update *update);
int tm_map_add(struct ttlmap *map, struct tm_add *add);
int tm_map_touch(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op);

#endif /* _TTLMAP_UPDATE_H */
