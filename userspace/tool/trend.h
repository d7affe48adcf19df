/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_TREND_H
#define TOOL_TREND_H

#include <stddef.h>

/**
 * struct trend - the line of least squares through some points
 * @slope: how much y goes up while x goes up by one
 * @r2: how much of what y varies the line explains, 0 to 1
 */
struct trend {
	double slope;
	double r2;
};

/* Of fewer than three points nothing is said: slope and r2 are zero. */
struct trend trend_of(const double *x, const double *y, size_t count);

#endif /* TOOL_TREND_H */
