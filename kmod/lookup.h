/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_LOOKUP_H
#define _TTLMAP_LOOKUP_H

#include "clock.h"
#include "evict.h"
#include "latency.h"
#include "map.h"
#include "trace.h"

void tm_lookup_trace_hit(struct ttlmap *map, const struct tm_entry *entry);
void tm_lookup_trace_miss(struct ttlmap *map, const void *key, u32 len);
void tm_lookup_slide(struct ttlmap *map, struct tm_entry *entry, u64 now);
struct tm_entry *tm_map_lookup(struct ttlmap *map, const struct tm_key *key, bool use, u64 *now);
void tm_map_prefetch(struct ttlmap *map, const struct tm_key *keys, unsigned int n);

struct tm_entry *tm_lookup_timed(struct ttlmap *map, const struct tm_key *key, bool use, u64 *now);

/**
 * tm_lookup_untimed() - the entry of a key
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
static __always_inline struct tm_entry *tm_lookup_untimed(struct ttlmap *map,
							  const struct tm_key *key,
							  bool use, u64 *now)
{
	struct tm_segment *seg = tm_table_segment(&map->table, key->hash);
	struct tm_entry *entry;
	struct tm_pos pos;

	entry = tm_segment_find(seg, key, &pos);
	if (!entry || tm_clock_passed(READ_ONCE(entry->expires), now)) {
		if (trace_ttlmap_miss_enabled() && use)
			tm_lookup_trace_miss(map, key->data, key->len);
		return NULL;
	}
	if (!use)
		return entry;
	if (trace_ttlmap_hit_enabled())
		tm_lookup_trace_hit(map, entry);
	tm_account_read(map, entry);
	if (unlikely(map->kind.ttl_at >= 0))
		tm_lookup_slide(map, entry, *now ?: tm_now());
	tm_lru_used(map);
	tm_bucket_touch(&seg->bucket[pos.bucket], pos.slot, READ_ONCE(map->epoch));
	return entry;
}

/* The same, timed if somebody wants to know. Context: as above. */
static __always_inline struct tm_entry *tm_lookup(struct ttlmap *map, const struct tm_key *key,
						  bool use, u64 *now)
{
	if (tm_latency_on())
		return tm_lookup_timed(map, key, use, now);
	return tm_lookup_untimed(map, key, use, now);
}

#endif /* _TTLMAP_LOOKUP_H */
