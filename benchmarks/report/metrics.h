/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_METRICS_H
#define BENCH_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "samples.h"

enum better { LOWER, HIGHER };

/**
 * struct metric - a figure that has a goal
 * @name: of the metric
 * @better: which way
 * @goal: the worst value that is good enough
 * @measured: whether there are samples for it
 * @ok: whether the goal holds
 * @value: what was measured, if anything was
 */
struct metric {
	const char *name;
	enum better better;
	double goal;
	bool measured;
	bool ok;
	double value;
};

size_t metrics_count(void);
struct metric metrics_get(size_t i, const struct samples *samples);

#endif
