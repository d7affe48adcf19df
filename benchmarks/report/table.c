// SPDX-License-Identifier: GPL-2.0
/* What people read: every case with its peers side by side, then the goals. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "metrics.h"
#include "output.h"

static bool same_case(const struct series *a, const struct series *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->name, b->name);
}

/* Of the case that the series belongs to, as the others are held against ours. */
static const struct series *ours(const struct family *family, const struct series *series)
{
	for (size_t i = 0; i < family->series_count; i++)
		if (same_case(&family->series[i], series) &&
		    !strcmp(family->series[i].peer, "ttlmap"))
			return &family->series[i];
	return NULL;
}

static void print_series(const struct family *family, const struct series *series)
{
	const struct series *base = ours(family, series);

	printf("    %-20s %12.6g %-8s %12.6g %12.6g %4zu", series->peer, series->median,
	       series->unit, series->least, series->most, series->count);
	if (base && base != series && base->median > 0)
		printf("  x %.3g", series->median / base->median);
	putchar('\n');
}

/* All peers of a case, where the first of them stands. */
static void print_case(const struct family *family, size_t first)
{
	for (size_t i = 0; i < first; i++)
		if (same_case(&family->series[i], &family->series[first]))
			return;
	printf("  %s %s\n", family->series[first].rig, family->series[first].name);
	for (size_t i = first; i < family->series_count; i++)
		if (same_case(&family->series[i], &family->series[first]))
			print_series(family, &family->series[i]);
}

static void print_family(const struct family *family)
{
	printf("%s\n", family->name);
	for (size_t i = 0; i < family->note_count; i++)
		printf("  %s: %s\n", family->notes[i].what, family->notes[i].text);
	printf("    %-20s %12s %-8s %12s %12s %4s  %s\n", "peer", "median", "", "least", "most",
	       "of", "ours");
	for (size_t i = 0; i < family->series_count; i++)
		print_case(family, i);
	putchar('\n');
}

static void print_metric(const struct metric *metric)
{
	char value[16] = "-";

	if (metric->measured)
		snprintf(value, sizeof(value), "%.4g", metric->value);
	printf("    %-32s %10s  %s %-6g %s\n", metric->name, value,
	       metric->better == LOWER ? "<=" : ">=", metric->goal,
	       !metric->measured ? "not measured" : metric->ok ? "ok" : "missed");
}

void table_print(const struct samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		print_family(&samples->families[i]);
	printf("    %-32s %10s  %s\n", "metric", "value", "goal");
	for (size_t i = 0; i < metrics_count(); i++) {
		struct metric metric = metrics_get(i, samples);

		print_metric(&metric);
	}
}
