/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_EXPIRE_H
#define _TTLMAP_EXPIRE_H

#include "map.h"

void tm_expire_init(struct ttlmap *map);
void tm_expire_stop(struct ttlmap *map);
bool tm_expire_step(struct ttlmap *map);

#if IS_ENABLED(CONFIG_KUNIT)
enum hrtimer_restart tm_expire_fire(struct hrtimer *timer);
#endif

#endif /* _TTLMAP_EXPIRE_H */
