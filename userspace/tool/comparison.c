// SPDX-License-Identifier: GPL-2.0
/* What a span of a recording says, and what it says beside another one. */
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "trend.h"

#define DAY_MS (86400 * 1000.0)

/* What counts as growth: a twentieth of the mean, along a line, until the end. */
#define GROWTH_LEAST 0.05
#define GROWTH_R2 0.5
#define GROWTH_LATELY 0.25

/* A count of one life goes on; that of the next begins at zero. */
static uint64_t since(const struct point *was, const struct point *now, size_t offset)
{
	uint64_t count = *(const uint64_t *)((const char *)&now->stat + offset);
	uint64_t before = *(const uint64_t *)((const char *)&was->stat + offset);

	return was->map == now->map && before <= count ? count - before : count;
}

static void add_counts(struct point_figures *total, const struct point *was,
		       const struct point *now)
{
	total->hits += since(was, now, offsetof(struct point_figures, hits));
	total->misses += since(was, now, offsetof(struct point_figures, misses));
	total->inserts += since(was, now, offsetof(struct point_figures, inserts));
	total->evicted += since(was, now, offsetof(struct point_figures, evicted));
	total->expired += since(was, now, offsetof(struct point_figures, expired));
	total->refused += since(was, now, offsetof(struct point_figures, refused));
}

static void take_levels(struct point_figures *total, const struct point_figures *last)
{
	total->entries = last->entries;
	total->resident_bytes = last->resident_bytes;
	total->live_bytes = last->live_bytes;
	total->stale_bytes = last->stale_bytes;
	total->retired_bytes = last->retired_bytes;
	total->table_bytes = last->table_bytes;
}

static struct usage usage_of(const struct series *series)
{
	struct usage usage = { 0 };

	if (!series || !series->count)
		return usage;
	usage.points = series->count;
	for (size_t i = 0; i < series->count; i++) {
		usage.entries += (double)series->point[i].stat.entries / (double)series->count;
		usage.resident_bytes +=
			(double)series->point[i].stat.resident_bytes / (double)series->count;
		if (i)
			add_counts(&usage.total, &series->point[i - 1], &series->point[i]);
	}
	take_levels(&usage.total, &series->point[series->count - 1].stat);
	return usage;
}

/* Days since the first point, and what is looked at. */
static struct trend trend_from(const struct series *series, size_t first, double *x, double *y,
			       bool bytes)
{
	for (size_t i = first; i < series->count; i++) {
		const struct point *point = &series->point[i];

		x[i] = (double)(point->time_ms - series->point[0].time_ms) / DAY_MS;
		y[i] = (double)(bytes ? point->stat.resident_bytes : point->stat.entries);
	}
	return trend_of(x + first, y + first, series->count - first);
}

static int64_t full_in(const struct series *series, double entries_a_day)
{
	uint64_t capacity = series->setting.max_entries;
	uint64_t entries = series->point[series->count - 1].stat.entries;
	double days;

	if (entries_a_day <= 0 || entries >= capacity)
		return -1;
	days = (double)(capacity - entries) / entries_a_day;
	return days < 36500 ? (int64_t)(days * DAY_MS) : -1;
}

static struct growth growth_from(const struct series *series, const struct usage *usage,
				 double *x, double *y)
{
	struct trend entries = trend_from(series, 0, x, y, false);
	struct trend lately = trend_from(series, series->count / 2, x, y, true);
	struct trend bytes = trend_from(series, 0, x, y, true);
	double days = x[series->count - 1];
	struct growth growth = {
		.bytes_a_day = bytes.slope,
		.entries_a_day = entries.slope,
		.full_in_ms = -1,
	};

	growth.grows = bytes.r2 >= GROWTH_R2 &&
		       bytes.slope * days >= GROWTH_LEAST * usage->resident_bytes &&
		       lately.slope >= GROWTH_LATELY * bytes.slope;
	if (growth.grows)
		growth.full_in_ms = full_in(series, entries.slope);
	return growth;
}

static int growth_of(const struct series *series, const struct usage *usage,
		     struct growth *growth)
{
	double *values;

	*growth = (struct growth){ .full_in_ms = -1 };
	if (!series || !series->count)
		return 0;
	values = calloc(2 * series->count, sizeof(*values));
	if (!values)
		return -1;
	*growth = growth_from(series, usage, values, values + series->count);
	free(values);
	return 0;
}

static int add(struct comparison *comparison, const struct series *now,
	       const struct series *was)
{
	struct compared *map = &comparison->map[comparison->count++];

	*map = (struct compared){
		.now = now,
		.was = was,
		.usage = usage_of(now),
		.baseline = usage_of(was),
	};
	return growth_of(now, &map->usage, &map->growth);
}

static int fill(struct comparison *comparison)
{
	const struct span *span = comparison->span, *baseline = comparison->baseline;

	for (size_t i = 0; i < span->count; i++)
		if (add(comparison, &span->series[i],
			span_find(baseline, span->series[i].title)))
			return -1;
	for (size_t i = 0; i < baseline->count; i++)
		if (!span_find(span, baseline->series[i].title) &&
		    add(comparison, NULL, &baseline->series[i]))
			return -1;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct compared *one = a, *other = b;

	if (one->growth.grows != other->growth.grows)
		return one->growth.grows ? -1 : 1;
	if (one->growth.grows && one->growth.bytes_a_day != other->growth.bytes_a_day)
		return one->growth.bytes_a_day < other->growth.bytes_a_day ? 1 : -1;
	if (one->usage.resident_bytes != other->usage.resident_bytes)
		return one->usage.resident_bytes < other->usage.resident_bytes ? 1 : -1;
	return strcmp(compared_title(one), compared_title(other));
}

int compare_spans(struct comparison *comparison, const struct span *span,
		  const struct span *baseline)
{
	*comparison = (struct comparison){ .span = span, .baseline = baseline };
	comparison->map = calloc(span->count + baseline->count + 1, sizeof(*comparison->map));
	if (!comparison->map)
		return -1;
	if (fill(comparison)) {
		comparison_free(comparison);
		return -1;
	}
	qsort(comparison->map, comparison->count, sizeof(*comparison->map), compare);
	return 0;
}

void comparison_free(struct comparison *comparison)
{
	free(comparison->map);
	comparison->map = NULL;
	comparison->count = 0;
}

const char *compared_title(const struct compared *map)
{
	return (map->now ? map->now : map->was)->title;
}

void compared_settings(const struct compared *map,
		       void (*differs)(const struct compared *map, const struct field *field,
				       uint64_t was, uint64_t now, void *context),
		       void *context)
{
	if (!map->now || !map->was)
		return;
	for (const struct field *f = fields; f->name; f++) {
		uint64_t was = field_get(&map->was->setting, f);
		uint64_t now = field_get(&map->now->setting, f);

		if (f->kind == FIELD_SETTING && was != now)
			differs(map, f, was, now, context);
	}
}
