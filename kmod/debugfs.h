/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_DEBUGFS_H
#define _TTLMAP_DEBUGFS_H

#include "map.h"

void tm_debugfs_init(void);
void tm_debugfs_exit(void);
void tm_debugfs_add(struct ttlmap *map);

#endif /* _TTLMAP_DEBUGFS_H */
