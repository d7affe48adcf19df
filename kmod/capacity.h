/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_CAPACITY_H
#define _TTLMAP_CAPACITY_H

#include "map.h"

bool tm_capacity_reserve(struct ttlmap *map, size_t bytes);
bool tm_capacity_resize(struct ttlmap *map, long bytes);
void tm_capacity_throttle(struct ttlmap *map);
void tm_capacity_retire(struct ttlmap *map, struct tm_entry *entry, enum tm_stat why);
void tm_capacity_unlink(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
			enum tm_stat why);

#endif /* _TTLMAP_CAPACITY_H */
