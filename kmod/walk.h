/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_WALK_H
#define _TTLMAP_WALK_H

#include "map.h"

/**
 * struct tm_walk - a walk through a map
 * @map: the map
 * @from: hashes below this one were visited before
 * @visit: called for each segment in an RCU read section; anything but 0 ends the
 *	walk. An entry for which tm_walk_visited() holds is not its business.
 * @arg: for @visit
 */
struct tm_walk {
	struct ttlmap *map;
	u64 from;
	int (*visit)(const struct tm_walk *walk, const struct tm_segment *seg);
	void *arg;
};

int tm_walk(struct tm_walk *walk);
bool tm_walk_visited(const struct tm_walk *walk, const struct tm_segment *seg,
		     const struct tm_entry *entry);

#endif /* _TTLMAP_WALK_H */
