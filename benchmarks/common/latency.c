// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>

#include "latency.h"

#define STEP	1.01

void latency_add(struct latency *latency, uint64_t ns)
{
	unsigned int class = log(ns ?: 1) / log(STEP);

	latency->counts[class < LATENCY_CLASSES ? class : LATENCY_CLASSES - 1]++;
	latency->total++;
	if (ns > latency->most)
		latency->most = ns;
}

/* The upper end of the class in which that share of the operations is complete. */
static double percentile(const struct latency *latency, double percent)
{
	uint64_t wanted = ceil(latency->total * percent / 100), count = 0;
	unsigned int class = 0;

	while (class < LATENCY_CLASSES && (count += latency->counts[class]) < wanted)
		class++;
	return pow(STEP, class + 1);
}

void latency_report(const struct latency *latency, const struct source *source,
		    const char *name, const char *peer)
{
	static const double percents[] = { 50, 90, 99, 99.9, 99.99 };
	char path[128];

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		snprintf(path, sizeof(path), "%s/%g", name, percents[i]);
		sample(source, path, peer, percentile(latency, percents[i]), "ns");
	}
	snprintf(path, sizeof(path), "%s/100", name);
	sample(source, path, peer, latency->most, "ns");
}
