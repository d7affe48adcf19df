/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_BATCH_H
#define _TTLMAP_BATCH_H

#include <linux/fs.h>

#include "owner.h"

struct ttlmap_batch;

int tm_batch(struct tm_owner *owner, struct ttlmap_batch *batch, fmode_t mode);

#endif /* _TTLMAP_BATCH_H */
