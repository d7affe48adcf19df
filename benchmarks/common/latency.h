/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include "bench.h"

#define LATENCY_CLASSES	4096

/**
 * struct latency - how long operations took
 * @counts: how many took so long, in classes a hundredth apart
 * @total: how many there were
 * @most: what the longest took, in nanoseconds
 */
struct latency {
	uint32_t counts[LATENCY_CLASSES];
	uint64_t total;
	uint64_t most;
};

void latency_add(struct latency *latency, uint64_t ns);

/* Samples NAME/PERCENTILE from 50 to 99.99, and NAME/100, the longest. */
void latency_report(const struct latency *latency, const struct source *source,
		    const char *name, const char *peer);

#endif
