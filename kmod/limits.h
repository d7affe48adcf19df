/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_LIMITS_H
#define _TTLMAP_LIMITS_H

#include <linux/types.h>
#include <uapi/linux/ttlmap.h>

int tm_limits_check(const struct ttlmap_create *limits);
int tm_limits_expiry(const struct ttlmap_create *limits, u64 ttl, u64 now, u64 *expires);

#endif /* _TTLMAP_LIMITS_H */
