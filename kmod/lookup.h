/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_LOOKUP_H
#define _TTLMAP_LOOKUP_H

#include <linux/jump_label.h>

#include "clock.h"
#include "evict.h"
#include "map.h"

void tm_lookup_slide(struct ttlmap *map, struct tm_entry *entry, u64 now);
struct tm_entry *tm_map_lookup(struct ttlmap *map, const struct tm_key *key, bool use, u64 *now);
void tm_map_prefetch(struct ttlmap *map, const struct tm_key *keys, unsigned int n);

/* On while lookups are timed or traced. */
DECLARE_STATIC_KEY_FALSE(tm_lookup_watched);

void tm_lookup_watch(bool on);
struct tm_entry *tm_lookup_and_tell(struct ttlmap *map, const void *data, u32 len, u64 hash,
				    bool use);

/**
 * tm_lookup_unwatched() - the entry of a key
 * @map: the map
 * @key: what to look for
 * @use: it counts as a use
 * @now: 0, or CLOCK_BOOTTIME ns; read if it is needed and 0
 *
 * The statistics are the caller's.
 *
 * Context: RCU read section.
 * Return: an entry that has not expired, valid until the section ends; or NULL.
 */
static __always_inline struct tm_entry *tm_lookup_unwatched(struct ttlmap *map,
							    const struct tm_key *key,
							    bool use, u64 *now)
{
	struct tm_segment *seg = tm_table_segment(&map->table, key->hash);
	struct tm_pos pos __uninitialized;
	struct tm_entry *entry;

	entry = tm_segment_find(seg, key, &pos);
	if (!entry || tm_clock_passed(READ_ONCE(entry->expires), now))
		return NULL;
	if (!use)
		return entry;
	tm_account_read(map, entry);
	if (unlikely(map->kind.ttl_at >= 0))
		tm_lookup_slide(map, entry, *now ?: tm_now());
	tm_lru_used(map);
	tm_bucket_touch(&seg->bucket[pos.bucket], pos.slot, READ_ONCE(map->epoch));
	return entry;
}

/*
 * The same, timed and traced if somebody wants to know, to which the key is handed in
 * parts so that it may stay in registers. Context: as above.
 */
static __always_inline struct tm_entry *tm_lookup(struct ttlmap *map, const struct tm_key *key,
						  bool use, u64 *now)
{
	if (static_branch_unlikely(&tm_lookup_watched))
		return tm_lookup_and_tell(map, key->data, key->len, key->hash, use);
	return tm_lookup_unwatched(map, key, use, now);
}

#endif /* _TTLMAP_LOOKUP_H */
