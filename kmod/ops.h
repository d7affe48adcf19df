/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_OPS_H
#define _TTLMAP_OPS_H

#include <linux/fs.h>

#include "map.h"

int tm_op(struct ttlmap *map, struct ttlmap_op *op, fmode_t mode);

#endif /* _TTLMAP_OPS_H */
