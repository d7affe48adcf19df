/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_MAPFD_H
#define _TTLMAP_MAPFD_H

#include <linux/fs.h>

#include "map.h"

struct file *tm_mapfd(struct ttlmap *map, unsigned int flags);

#endif /* _TTLMAP_MAPFD_H */
