// SPDX-License-Identifier: GPL-2.0
/* A page that is HTML and XML at once, and needs no other file, network or script. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "chart.h"
#include "report.h"
#include "rule.h"
#include "setting.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	"<title>ttlmap report</title>\n"
	"<style>\n"
	":root { --page: #fff; --text: #1c1c1a; --dim: #6b6a65; --grid: #e4e3de; --card: #f7f6f2;\n"
	" --live: #2a78d6; --stale: #d9482b; --retired: #eda100; --table: #9a99a0; --hits: #1a8f63;\n"
	" --bad: #b3261e; color-scheme: light dark; }\n"
	"@media (prefers-color-scheme: dark) { :root { --page: #17171a; --text: #ececea;\n"
	" --dim: #a3a29d; --grid: #34343a; --card: #202024; --live: #5c9dea; --stale: #f0755a;\n"
	" --retired: #f3b93f; --table: #85848c; --hits: #3fbf8b; --bad: #ff8a7f; } }\n"
	"body { margin: 0 auto; max-width: 66rem; padding: 1.5rem; background: var(--page);\n"
	" color: var(--text); font: 15px/1.5 system-ui, sans-serif; }\n"
	"h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }\n"
	"p { margin: .25rem 0; } .dim, figcaption { color: var(--dim); }\n"
	".bad { color: var(--bad); font-weight: 600; } ul { margin: .25rem 0; padding-left: 1.25rem; }\n"
	".wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }\n"
	"th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--grid);\n"
	" font-variant-numeric: tabular-nums; white-space: nowrap; }\n"
	"th { color: var(--dim); font-weight: 500; } th:first-child, td:first-child { text-align: left; }\n"
	".charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; }\n"
	"figure { margin: 0; padding: .75rem; background: var(--card); border-radius: 8px; }\n"
	"svg { display: block; width: 100%; height: auto; } svg text { fill: var(--dim); font-size: 14px; }\n"
	".grid { stroke: var(--grid); fill: none; } .live { fill: var(--live); } .stale { fill: var(--stale); }\n"
	".retired { fill: var(--retired); } .table { fill: var(--table); }\n"
	".entries, .hits { fill: none; stroke-width: 2; stroke: var(--live); } .hits { stroke: var(--hits); }\n"
	".limit { fill: none; stroke: var(--bad); stroke-dasharray: 5 4; }\n"
	".key { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin: 0 .3em 0 .8em; }\n"
	".key.live { background: var(--live); } .key.stale { background: var(--stale); }\n"
	".key.retired { background: var(--retired); } .key.table { background: var(--table); }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n";

static void print_escaped(const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", stdout);
			break;
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '"':
			fputs("&quot;", stdout);
			break;
		default:
			putchar(*text);
		}
	}
}

static void print_span(const char *name, const struct span *span)
{
	printf("<p class=\"dim\">%s: %s to %s, %zu looks</p>\n", name,
	       report_time(span->from_ms).s, report_time(span->to_ms).s, span->looks);
}

static void print_head(const struct comparison *comparison)
{
	fputs(head, stdout);
	puts("<h1>ttlmap report</h1>");
	print_span("Span", comparison->span);
	if (comparison->baseline->looks)
		print_span("Baseline", comparison->baseline);
	else
		puts("<p class=\"dim\">No baseline: nothing was recorded then.</p>");
}

static void print_growing(const struct compared *map)
{
	const struct growth *growth = &map->growth;

	fputs("<li><span class=\"bad\">", stdout);
	print_escaped(compared_title(map));
	printf("</span> grows by %s a day, %s a week; it holds %s",
	       report_change(growth->bytes_a_day).s, report_change(7 * growth->bytes_a_day).s,
	       format_size(map->usage.total.resident_bytes).s);
	if (growth->full_in_ms >= 0)
		printf(" and is full in %s at that pace",
		       format_duration((uint64_t)growth->full_in_ms * 1000000).s);
	puts(".</li>");
}

static void print_rise(const struct series *series, const struct rise *rise)
{
	fputs("<li><span class=\"bad\">", stdout);
	print_escaped(series->title);
	fputs("</span>: alarm <b>", stdout);
	print_escaped(rise->rule);
	printf("</b>, %s time%s, %s since %s (%s, threshold %s)", format_exact(rise->times).s,
	       rise->times == 1 ? "" : "s", rise->on ? "on" : "off",
	       report_time(rise->since_ms).s, rule_figure_by_name(rise->rule, rise->figure).s,
	       rule_figure_by_name(rise->rule, rise->threshold).s);
	if (rise->owner_share) {
		printf("; %" PRIu64 "%% held by ", rise->owner_share);
		print_escaped(rise->command);
		printf(" (pid %" PRIu64 ")", rise->owner_pid);
	}
	puts("</li>");
}

static size_t print_findings(const struct comparison *comparison)
{
	size_t findings = 0;

	for (size_t i = 0; i < comparison->count && comparison->map[i].growth.grows; i++) {
		print_growing(&comparison->map[i]);
		findings++;
	}
	for (size_t i = 0; i < comparison->span->count; i++) {
		const struct series *series = &comparison->span->series[i];

		for (size_t j = 0; j < series->rises; j++)
			print_rise(series, &series->rise[j]);
		findings += series->rises;
	}
	return findings;
}

static void print_setting(const struct compared *map, const struct field *field, uint64_t was,
			  uint64_t now, void *context)
{
	char before[160], after[160];

	setting_value(field, was, before, sizeof(before));
	setting_value(field, now, after, sizeof(after));
	fputs("<li>", stdout);
	print_escaped(compared_title(map));
	printf(": %s %s, was %s</li>\n", setting_title(field), after, before);
	*(size_t *)context += 1;
}

static size_t print_changes(const struct comparison *comparison)
{
	size_t changes = 0;

	for (size_t i = 0; comparison->baseline->looks && i < comparison->count; i++) {
		const struct compared *map = &comparison->map[i];

		compared_settings(map, print_setting, &changes);
		if (map->now && map->was)
			continue;
		fputs("<li>", stdout);
		print_escaped(compared_title(map));
		puts(map->now ? " came</li>" : " went</li>");
		changes++;
	}
	return changes;
}

/* A list is never empty in HTML that is valid. */
static void print_list(const char *title, const struct comparison *comparison,
		       size_t (*print)(const struct comparison *comparison), const char *nothing)
{
	printf("<h2>%s</h2>\n<ul>\n", title);
	if (!print(comparison))
		printf("<li>%s</li>\n", nothing);
	puts("</ul>");
}

static void print_row(const struct compared *map)
{
	const struct point_figures *total = &map->usage.total;

	fputs("<tr><td>", stdout);
	print_escaped(compared_title(map));
	printf("</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td>",
	       format_count(total->entries).s, format_count(map->now->setting.max_entries).s,
	       format_size(total->resident_bytes).s, report_pace(&map->growth).s);
	printf("<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
	       map->was ? report_change(map->usage.resident_bytes -
					map->baseline.resident_bytes).s : "-",
	       report_hits(&map->usage).s, report_hits(&map->baseline).s,
	       format_count(total->evicted).s, format_count(total->expired).s);
}

static void print_table(const struct comparison *comparison)
{
	puts("<h2>Maps</h2>\n<div class=\"wide\"><table>\n"
	     "<thead><tr><th>Map</th><th>Entries</th><th>Capacity</th><th>Bytes</th><th>A day</th>"
	     "<th>Mean, changed by</th><th>Hits</th><th>Baseline</th><th>Evicted</th><th>Expired</th></tr></thead>\n"
	     "<tbody>");
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->map[i].now)
			print_row(&comparison->map[i]);
	puts("</tbody></table></div>");
}

enum kind { KIND_TABLE, KIND_LIVE, KIND_RETIRED, KIND_STALE, KINDS };

/* From the bottom: what is always there lies below what should not be. */
static const char *const kind_classes[KINDS] = { "table", "live", "retired", "stale" };

static double kind_bytes(const struct point_figures *figures, enum kind kind)
{
	switch (kind) {
	case KIND_TABLE:
		return (double)figures->table_bytes;
	case KIND_LIVE:
		return (double)figures->live_bytes;
	case KIND_RETIRED:
		return (double)figures->retired_bytes;
	default:
		return (double)figures->stale_bytes;
	}
}

/* The charts of a map, with room for the dots of two lines. */
struct drawing {
	const struct span *span;
	const struct series *series;
	struct dot *upper;
	struct dot *lower;
};

static void take_dots(const struct drawing *drawing, struct dot *dots,
		      double (*figure)(const struct point_figures *figures))
{
	for (size_t i = 0; i < drawing->series->count; i++) {
		const struct point *point = &drawing->series->point[i];

		dots[i] = (struct dot){ point->time_ms, figure ? figure(&point->stat) : 0 };
	}
}

static double highest(const struct dot *dots, size_t count)
{
	double most = 1;

	for (size_t i = 0; i < count; i++)
		if (dots[i].y > most)
			most = dots[i].y;
	return most;
}

static double entries_of(const struct point_figures *figures)
{
	return (double)figures->entries;
}

static double resident_of(const struct point_figures *figures)
{
	return (double)figures->resident_bytes;
}

static struct chart make_chart(const struct drawing *drawing, const char *title, double most,
			       struct text (*format)(uint64_t figure))
{
	return (struct chart){
		.title = title,
		.from_ms = drawing->span->from_ms,
		.to_ms = drawing->span->to_ms,
		.most = 1.05 * most,
		.format = format,
	};
}

static void draw_bytes(const struct drawing *drawing)
{
	size_t count = drawing->series->count;
	struct chart chart;

	take_dots(drawing, drawing->upper, resident_of);
	chart = make_chart(drawing, "Bytes", highest(drawing->upper, count), format_size);
	chart_begin(&chart);
	take_dots(drawing, drawing->upper, NULL);
	for (enum kind kind = KIND_TABLE; kind < KINDS; kind++) {
		for (size_t i = 0; i < count; i++) {
			drawing->lower[i] = drawing->upper[i];
			drawing->upper[i].y += kind_bytes(&drawing->series->point[i].stat, kind);
		}
		chart_area(&chart, kind_classes[kind], drawing->upper, drawing->lower, count);
	}
	chart_end();
}

static void draw_entries(const struct drawing *drawing)
{
	double capacity = (double)drawing->series->setting.max_entries;
	struct chart chart;
	double most;
	bool near;

	take_dots(drawing, drawing->upper, entries_of);
	most = highest(drawing->upper, drawing->series->count);
	/* A capacity that is far away would press the line to the floor. */
	near = capacity < 3 * most;
	chart = make_chart(drawing, near ? "Entries, and the capacity" : "Entries",
			   near && capacity > most ? capacity : most, format_count);
	chart_begin(&chart);
	chart_line(&chart, "entries", drawing->upper, drawing->series->count);
	chart_level(&chart, "limit", capacity);
	chart_end();
}

static struct text format_whole_percent(uint64_t percent)
{
	struct text text;

	snprintf(text.s, sizeof(text.s), "%u%%", (unsigned int)percent);
	return text;
}

static double hits_between(const struct point *was, const struct point *now)
{
	uint64_t hits = now->stat.hits - was->stat.hits;
	uint64_t misses = now->stat.misses - was->stat.misses;

	if (was->map != now->map || hits + misses == 0)
		return -1;
	return 100.0 * (double)hits / (double)(hits + misses);
}

static void draw_hits(const struct drawing *drawing)
{
	const struct series *series = drawing->series;
	struct chart chart = make_chart(drawing, "Lookups that found their key",
					100, format_whole_percent);

	chart.most = 100;
	for (size_t i = 0; i < series->count; i++)
		drawing->upper[i] = (struct dot){
			series->point[i].time_ms,
			i ? hits_between(&series->point[i - 1], &series->point[i]) : -1,
		};
	chart_begin(&chart);
	chart_line(&chart, "hits", drawing->upper, series->count);
	chart_end();
}

static void print_series(const struct drawing *drawing)
{
	fputs("<h2>", stdout);
	print_escaped(drawing->series->title);
	puts("</h2>\n<p class=\"dim\">Bytes:"
	     "<span class=\"key stale\"></span>stale<span class=\"key retired\"></span>retired"
	     "<span class=\"key live\"></span>live<span class=\"key table\"></span>table</p>\n"
	     "<div class=\"charts\">");
	draw_bytes(drawing);
	draw_entries(drawing);
	draw_hits(drawing);
	puts("</div>");
}

static void print_charts(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		const struct series *series = comparison->map[i].now;
		struct drawing drawing = { .span = comparison->span, .series = series };

		if (!series || !series->count)
			continue;
		drawing.upper = calloc(series->count, sizeof(*drawing.upper));
		drawing.lower = calloc(series->count, sizeof(*drawing.lower));
		if (drawing.upper && drawing.lower)
			print_series(&drawing);
		else
			puts("<p class=\"bad\">out of memory</p>");
		free(drawing.upper);
		free(drawing.lower);
	}
}

void report_print_html(const struct comparison *comparison)
{
	print_head(comparison);
	print_list("Findings", comparison, print_findings, "No map grows, no alarm rose.");
	print_list("Changed since the baseline", comparison, print_changes, "Nothing.");
	print_table(comparison);
	print_charts(comparison);
	puts("</body>\n</html>");
}
