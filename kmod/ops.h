/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_OPS_H
#define _TTLMAP_OPS_H

#include <linux/fs.h>

#include "hash.h"
#include "owner.h"

struct ttlmap_op;

int tm_op(struct tm_owner *owner, struct ttlmap_op *op, const struct tm_key *key, fmode_t mode);

#endif /* _TTLMAP_OPS_H */
