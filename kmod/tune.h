/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_TUNE_H
#define _TTLMAP_TUNE_H

#include "map.h"

void tm_tune_init(struct ttlmap *map);
int tm_tune(struct ttlmap *map, const struct ttlmap_tune *tune);
void tm_freeze(struct ttlmap *map);

#if IS_ENABLED(CONFIG_KUNIT)
bool tm_tune_lower(struct ttlmap *map);
#endif

#endif /* _TTLMAP_TUNE_H */
