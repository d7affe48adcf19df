/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_CHART_H
#define TOOL_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

/**
 * struct chart - figures over time, as SVG on the standard output
 * @title: what it shows
 * @from_ms: the left edge
 * @to_ms: the right edge
 * @most: the upper edge; the lower one is zero
 * @format: how a figure is written
 */
struct chart {
	const char *title;
	int64_t from_ms;
	int64_t to_ms;
	double most;
	struct text (*format)(uint64_t figure);
};

/**
 * struct dot - a figure at a time
 * @time_ms: since 1970
 * @y: the figure, negative where there is none
 */
struct dot {
	int64_t time_ms;
	double y;
};

void chart_begin(const struct chart *chart);

/* CSS classes give the colours.  An area lies between two figures at the same times. */
void chart_area(const struct chart *chart, const char *class, const struct dot *upper,
		const struct dot *lower, size_t count);
void chart_line(const struct chart *chart, const char *class, const struct dot *dots,
		size_t count);

/* A level across the whole of it, if it is within. */
void chart_level(const struct chart *chart, const char *class, double y);
void chart_end(void);

#endif /* TOOL_CHART_H */
