/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms with classes of powers of two: 0, 1, 2 to 3, 4 to 7, and so on; the last
 * class has no end.
 */
#ifndef _TTLMAP_HISTOGRAM_H
#define _TTLMAP_HISTOGRAM_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

static inline unsigned int tm_class_of(u64 n, unsigned int classes)
{
	return min_t(unsigned int, fls64(n), classes - 1);
}

/* The least that is in a class. */
static inline u64 tm_class_first(unsigned int class)
{
	return class ? 1ULL << (class - 1) : 0;
}

#endif /* _TTLMAP_HISTOGRAM_H */
