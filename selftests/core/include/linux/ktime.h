/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_KTIME_H
#define _SHIM_LINUX_KTIME_H

#include <linux/types.h>
#include <time.h>

#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_SEC	1000000000L

typedef s64 ktime_t;

u64 ktime_get_boottime_ns(void);
u64 ktime_get_coarse_boottime_ns(void);

static inline ktime_t ns_to_ktime(u64 ns)
{
	return ns;
}

#endif /* _SHIM_LINUX_KTIME_H */
