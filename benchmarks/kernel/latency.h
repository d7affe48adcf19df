/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_LATENCY_H
#define _BENCH_LATENCY_H

#include "report.h"

/* Of each power of two, so many classes: a time is known to 1.6 %. */
#define BENCH_LATENCY_BITS	6
#define BENCH_LATENCY_CLASSES	((64 - BENCH_LATENCY_BITS + 1) << BENCH_LATENCY_BITS)

/**
 * struct bench_latency - how long operations took, in ticks
 * @total: how many there were
 * @most: what the longest took
 * @begin_ticks: when the first of them began
 * @begin_ns: the same moment
 * @counts: how many took so long, in classes
 */
struct bench_latency {
	u64 total;
	u64 most;
	u64 begin_ticks;
	u64 begin_ns;
	u32 counts[BENCH_LATENCY_CLASSES];
};

/*
 * The processor's own clock: that of User-Mode Linux goes in steps of 256 ns. What went
 * before is over when it is read.
 */
static inline u64 bench_ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a" (low), "=d" (high) :: "memory");
	return (u64)high << 32 | low;
}

void bench_latency_begin(struct bench_latency *latency);
void bench_latency_add(struct bench_latency *latency, u64 ticks);
void bench_latency_report(const struct bench_latency *latency, const struct bench_run *run,
			  const struct bench_peer *peer, const char *name);

#endif /* _BENCH_LATENCY_H */
