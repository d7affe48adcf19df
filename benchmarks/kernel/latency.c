// SPDX-License-Identifier: GPL-2.0
/*
 * Percentiles out of a histogram whose classes grow with the times in them.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "latency.h"

#define CLASSES	BIT(BENCH_LATENCY_BITS)

/* Below twice that many ticks each has a class of its own. */
static unsigned int class_of(u64 ticks)
{
	unsigned int shift;

	if (ticks < 2 * CLASSES)
		return ticks;
	shift = fls64(ticks) - 1 - BENCH_LATENCY_BITS;
	return shift * CLASSES + (ticks >> shift);
}

static u64 most_of(unsigned int class)
{
	unsigned int shift;

	if (class < 2 * CLASSES)
		return class;
	shift = class / CLASSES - 1;
	return ((class - shift * CLASSES + 1ULL) << shift) - 1;
}

void bench_latency_begin(struct bench_latency *latency)
{
	memset(latency, 0, sizeof(*latency));
	latency->begin_ns = ktime_get_ns();
	latency->begin_ticks = bench_ticks();
}

void bench_latency_add(struct bench_latency *latency, u64 ticks)
{
	latency->counts[class_of(ticks)]++;
	latency->total++;
	latency->most = max(latency->most, ticks);
}

/* Within that time so many of ten thousand operations were over. */
static u64 percentile(const struct bench_latency *latency, unsigned int hundredths)
{
	u64 wanted = DIV_ROUND_UP_ULL(latency->total * hundredths, 10000), count = 0;
	unsigned int class;

	for (class = 0; class < BENCH_LATENCY_CLASSES; class++) {
		count += latency->counts[class];
		if (count >= wanted)
			break;
	}
	return min(most_of(class), latency->most);
}

/* Samples NAME/PERCENTILE; that of 100 is the longest. Context: the last has just ended. */
void bench_latency_report(const struct bench_latency *latency, const struct bench_run *run,
			  const struct bench_peer *peer, const char *name)
{
	static const struct {
		const char *name;
		unsigned int hundredths;
	} percents[] = {
		{ "50", 5000 }, { "90", 9000 }, { "99", 9900 }, { "99.9", 9990 },
		{ "99.99", 9999 }, { "100", 10000 },
	};
	u64 ticks = bench_ticks() - latency->begin_ticks, ns = ktime_get_ns() - latency->begin_ns;
	char path[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(percents); i++) {
		snprintf(path, sizeof(path), "%s/%s", name, percents[i].name);
		bench_report(run, peer, path,
			     mul_u64_u64_div_u64(percentile(latency, percents[i].hundredths), ns,
						 ticks), 1, "ns");
	}
}
