/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_RECLAIM_H
#define _TTLMAP_RECLAIM_H

#include "map.h"

int tm_reclaim_init(void);
void tm_reclaim_exit(void);
void tm_reclaim_add(struct ttlmap *map);
void tm_reclaim_remove(struct ttlmap *map);

#if IS_ENABLED(CONFIG_KUNIT)
struct shrink_control;
struct shrinker;

unsigned long tm_reclaim_count(struct shrinker *unused, struct shrink_control *sc);
unsigned long tm_reclaim_scan(struct shrinker *unused, struct shrink_control *sc);
#endif

#endif /* _TTLMAP_RECLAIM_H */
