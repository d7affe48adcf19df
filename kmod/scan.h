/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_SCAN_H
#define _TTLMAP_SCAN_H

#include "map.h"

int tm_scan(struct ttlmap *map, struct ttlmap_scan *scan);

#endif /* _TTLMAP_SCAN_H */
