/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_EVICT_H
#define _TTLMAP_EVICT_H

#include "capacity.h"
#include "map.h"

/* In a map this small the epoch advances at each use: its LRU is exact. */
#define TM_LRU_EXACT	96

static inline bool tm_lru_exact(const struct ttlmap *map)
{
	return READ_ONCE(map->limits.max_entries) <= TM_LRU_EXACT;
}

int tm_lru_init(struct ttlmap *map);
u64 tm_lru_idle_ns(const struct ttlmap *map, u8 used, u64 now);
void tm_lru_look(struct ttlmap *map);
void tm_lru_used_exactly(struct ttlmap *map);

/**
 * tm_lru_used() - an entry is about to be used
 * @map: the map
 *
 * Only small maps take notice.
 *
 * Context: RCU read section.
 */
static inline void tm_lru_used(struct ttlmap *map)
{
	if (unlikely(tm_lru_exact(map)))
		tm_lru_used_exactly(map);
}

void tm_lru_inserted(struct ttlmap *map);
bool tm_evict(struct ttlmap *map, enum tm_stat why);
bool tm_evict_for(struct ttlmap *map, enum tm_stat why, struct tm_place *place);
void tm_evict_from(struct ttlmap *map, struct tm_segment *seg);

#endif /* _TTLMAP_EVICT_H */
