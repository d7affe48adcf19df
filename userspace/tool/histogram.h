/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_HISTOGRAM_H
#define TOOL_HISTOGRAM_H

#include <stdint.h>

/*
 * Counts of figures from 0 to 2^64 - 1 in buckets that are at most 1/32 of the
 * figure wide.  It holds no pointers: it may lie in shared memory, and all zero
 * is empty.
 */

#define HISTOGRAM_SUB_BITS 5
#define HISTOGRAM_SUB (1U << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_SUB_BITS + 1) * HISTOGRAM_SUB)

/**
 * struct histogram - the counts
 * @count: of all figures
 * @max: the largest of them, exactly
 * @bucket: how many lie in each bucket
 */
struct histogram {
	uint64_t count;
	uint64_t max;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t figure);
void histogram_merge(struct histogram *to, const struct histogram *from);

/*
 * The figure that the given share of all does not exceed, rounded up to the end
 * of its bucket; 0 of nothing.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

#endif /* TOOL_HISTOGRAM_H */
