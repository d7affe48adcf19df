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
 * @entry: called by tm_walk_entries() for each entry, expired or not, that is there
 *	when its segment is visited, with the epoch of its last use
 * @arg: for @visit and @entry
 */
struct tm_walk {
	struct ttlmap *map;
	u64 from;
	int (*visit)(const struct tm_walk *walk, const struct tm_segment *seg);
	void (*entry)(const struct tm_walk *walk, const struct tm_segment *seg,
		      struct tm_entry *entry, u8 used);
	void *arg;
};

int tm_walk(struct tm_walk *walk);
void tm_walk_entries(struct tm_walk *walk);
bool tm_walk_visited(const struct tm_walk *walk, const struct tm_segment *seg,
		     const struct tm_entry *entry);

#endif /* _TTLMAP_WALK_H */
