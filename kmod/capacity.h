/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_CAPACITY_H
#define _TTLMAP_CAPACITY_H

#include "map.h"

/**
 * struct tm_place - room in the map that is counted, and not an entry's yet
 * @held: one entry may come
 * @bytes: that it may take without asking
 */
struct tm_place {
	bool held;
	size_t bytes;
};

bool tm_capacity_reserve(struct ttlmap *map, struct tm_place *place, size_t bytes);
void tm_capacity_release(struct ttlmap *map, struct tm_place *place);
bool tm_capacity_resize(struct ttlmap *map, long bytes);
void tm_capacity_throttle(struct ttlmap *map);
void tm_capacity_retire(struct ttlmap *map, struct tm_entry *entry, size_t bytes,
			enum tm_stat why);
void tm_capacity_take(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
		      enum tm_stat why, struct tm_place *place);
void tm_capacity_unlink(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
			enum tm_stat why);

#endif /* _TTLMAP_CAPACITY_H */
