/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_REMOVE_H
#define _TTLMAP_REMOVE_H

#include "condition.h"
#include "map.h"

int tm_map_delete(struct ttlmap *map, const struct tm_key *key, u32 flags,
		  struct tm_condition *condition);
bool tm_map_take(struct ttlmap *map, const struct tm_key *key, struct tm_entry *entry,
		 enum tm_stat why);
int tm_map_clear(struct ttlmap *map);

#endif /* _TTLMAP_REMOVE_H */
