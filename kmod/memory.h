/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_MEMORY_H
#define _TTLMAP_MEMORY_H

#include <linux/types.h>

int tm_memory_init(void);
void tm_memory_exit(void);
bool tm_memory_charge(size_t bytes);
void tm_memory_uncharge(size_t bytes);

#if IS_ENABLED(CONFIG_KUNIT)
extern unsigned long tm_memory_max;
#endif

#endif /* _TTLMAP_MEMORY_H */
