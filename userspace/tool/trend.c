// SPDX-License-Identifier: GPL-2.0
#include "trend.h"

static double mean(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

struct trend trend_of(const double *x, const double *y, size_t count)
{
	double mean_x, mean_y, xx = 0, xy = 0, yy = 0;

	if (count < 3)
		return (struct trend){ 0 };
	/* From the means, so that no figure is lost in the size of the others. */
	mean_x = mean(x, count);
	mean_y = mean(y, count);
	for (size_t i = 0; i < count; i++) {
		xx += (x[i] - mean_x) * (x[i] - mean_x);
		xy += (x[i] - mean_x) * (y[i] - mean_y);
		yy += (y[i] - mean_y) * (y[i] - mean_y);
	}
	if (xx <= 0 || yy <= 0)
		return (struct trend){ 0 };
	return (struct trend){ .slope = xy / xx, .r2 = xy * xy / (xx * yy) };
}
