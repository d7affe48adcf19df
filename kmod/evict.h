/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_EVICT_H
#define _TTLMAP_EVICT_H

#include "map.h"

/* In a map this small the epoch advances at each use: its LRU is exact. */
#define TM_LRU_EXACT	64

void tm_lru_used(struct ttlmap *map);
void tm_lru_inserted(struct ttlmap *map);
bool tm_evict(struct ttlmap *map, enum tm_stat why);
void tm_evict_from(struct ttlmap *map, struct tm_segment *seg);

#endif /* _TTLMAP_EVICT_H */
