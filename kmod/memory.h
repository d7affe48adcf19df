/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_MEMORY_H
#define _TTLMAP_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * For all that a program asks for. Where its memory cgroup, or the machine, has nothing
 * left, it is told so: nobody is killed for a cache.
 */
#define TM_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

int tm_memory_init(void);
void tm_memory_exit(void);
bool tm_memory_charge(size_t bytes);
void tm_memory_uncharge(size_t bytes);

#if IS_ENABLED(CONFIG_KUNIT)
extern unsigned long tm_memory_max;
#endif

#endif /* _TTLMAP_MEMORY_H */
