/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_COLUMNS_H
#define TOOL_COLUMNS_H

#include <stddef.h>

#include "format.h"
#include "ttlmap.h"

/**
 * struct row - a map in two moments
 * @now: its figures
 * @before: what they were
 * @seconds: the time in between, 0 if there was no earlier moment
 */
struct row {
	const struct ttlmap_stat *now;
	const struct ttlmap_stat *before;
	double seconds;
};

/**
 * struct column - a column of `ttlmap top'
 * @title: its heading
 * @width: characters
 * @cell: its text for a map
 * @rank: a figure to sort by, larger first
 */
struct column {
	const char *title;
	int width;
	struct text (*cell)(const struct row *row);
	double (*rank)(const struct row *row);
};

/* From the most important to the first to go when the screen is narrow. */
extern const struct column columns[];
extern const size_t columns_count;

#define COLUMN_MAP 0
#define COLUMN_ENTRIES 1

/* How many alarms of a map are on; 0 where the kernel does not say. */
uint64_t map_alarms(const struct ttlmap_stat *map);

#endif /* TOOL_COLUMNS_H */
