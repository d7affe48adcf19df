/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_COMPARISON_H
#define TOOL_COMPARISON_H

#include "span.h"

/**
 * struct usage - what became of a map over a span
 * @points: samples of it, 0 if it was not there
 * @entries: mean
 * @resident_bytes: mean
 * @total: counts of the span, and levels at its end
 */
struct usage {
	size_t points;
	double entries;
	double resident_bytes;
	struct point_figures total;
};

/**
 * struct growth - which way a map goes, by least squares
 * @bytes_a_day: resident bytes
 * @entries_a_day: entries
 * @grows: by so much, so steadily and so lately that it is no accident
 * @full_in_ms: until it holds its capacity if it goes on like that; -1 for never
 */
struct growth {
	double bytes_a_day;
	double entries_a_day;
	bool grows;
	int64_t full_in_ms;
};

/**
 * struct compared - a map in the span and in the baseline
 * @now: in the span, NULL if it was not there
 * @was: in the baseline, NULL if it was not there, or there is no baseline
 * @usage: in the span
 * @baseline: in the baseline
 * @growth: in the span
 */
struct compared {
	const struct series *now;
	const struct series *was;
	struct usage usage;
	struct usage baseline;
	struct growth growth;
};

/**
 * struct comparison - a span beside a baseline
 * @span: what is reported
 * @baseline: what it is held against; without looks there is none
 * @map: each map of either, the one that grows most first
 * @count: how many
 */
struct comparison {
	const struct span *span;
	const struct span *baseline;
	struct compared *map;
	size_t count;
};

/* Returns -1 where there is no memory. */
int compare_spans(struct comparison *comparison, const struct span *span,
		  const struct span *baseline);
void comparison_free(struct comparison *comparison);

const char *compared_title(const struct compared *map);

/* Settings that differ, by their fields: calls back for each. */
void compared_settings(const struct compared *map,
		       void (*differs)(const struct compared *map, const struct field *field,
				       uint64_t was, uint64_t now, void *context),
		       void *context);

#endif /* TOOL_COMPARISON_H */
