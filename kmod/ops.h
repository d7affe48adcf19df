/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_OPS_H
#define _TTLMAP_OPS_H

#include <linux/fs.h>

#include "hash.h"
#include "owner.h"

struct ttlmap_op;

/**
 * struct tm_ahead - what is known of a lookup before its turn comes
 * @key: read and hashed
 * @now: CLOCK_BOOTTIME ns when one of those before it began, or 0
 */
struct tm_ahead {
	const struct tm_key *key;
	u64 now;
};

int tm_op(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *ahead, fmode_t mode);

#endif /* _TTLMAP_OPS_H */
