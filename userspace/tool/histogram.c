// SPDX-License-Identifier: GPL-2.0
#include "histogram.h"

/* Figures below HISTOGRAM_SUB have a bucket each; then 32 to a power of two. */
static unsigned int bucket_of(uint64_t figure)
{
	unsigned int shift;

	if (figure < HISTOGRAM_SUB)
		return figure;
	shift = 63 - __builtin_clzll(figure) - HISTOGRAM_SUB_BITS;
	return ((shift + 1) << HISTOGRAM_SUB_BITS) + (figure >> shift) - HISTOGRAM_SUB;
}

static uint64_t end_of(unsigned int bucket)
{
	unsigned int shift = bucket >> HISTOGRAM_SUB_BITS;
	uint64_t sub = bucket & (HISTOGRAM_SUB - 1);

	if (!shift)
		return sub;
	shift--;
	return ((sub + HISTOGRAM_SUB) << shift) + ((1ULL << shift) - 1);
}

void histogram_add(struct histogram *histogram, uint64_t figure)
{
	histogram->count++;
	histogram->bucket[bucket_of(figure)]++;
	if (figure > histogram->max)
		histogram->max = figure;
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	to->count += from->count;
	if (from->max > to->max)
		to->max = from->max;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t below = 0;
	uint64_t rank = (uint64_t)(histogram->count * (percent / 100));

	if (!histogram->count)
		return 0;
	/* The first is number 1, and no share is less than that. */
	if (rank < histogram->count * (percent / 100) || !rank)
		rank++;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		below += histogram->bucket[i];
		if (below >= rank) {
			uint64_t end = end_of(i);

			return end < histogram->max ? end : histogram->max;
		}
	}
	return histogram->max;
}
