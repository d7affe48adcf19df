/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_NAMES_H
#define _TTLMAP_NAMES_H

#include "map.h"

int tm_names_init(void);
void tm_names_exit(void);
int tm_names_check(const u8 *name);
int tm_names_check_limits(const struct ttlmap_create *limits);
int tm_names_add(struct ttlmap *map);
struct ttlmap *tm_names_open(const u8 *name, u32 flags);
bool tm_names_owned(const struct ttlmap *map);
void tm_names_forget(struct ttlmap *map);
int tm_names_unlink(const u8 *name);
bool tm_names_list(u64 *cursor, struct ttlmap_list_item *item);
struct ttlmap *tm_names_next(u64 *cursor);
void tm_names_put(struct ttlmap *map);

#if IS_ENABLED(CONFIG_KUNIT)
extern unsigned int tm_names_max;
extern unsigned int tm_names_max_per_user;
#endif

#endif /* _TTLMAP_NAMES_H */
