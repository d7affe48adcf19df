/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is random: seeds of hashes, and jitter. In a build with KUnit tests it is
 * theirs to choose.
 */
#ifndef _TTLMAP_RANDOM_H
#define _TTLMAP_RANDOM_H

#include <linux/random.h>
#include <linux/types.h>

#ifdef CONFIG_TTLMAP_KUNIT_TEST
u64 tm_random(void);
#else
static inline u64 tm_random(void)
{
	return get_random_u64();
}
#endif

#endif /* _TTLMAP_RANDOM_H */
