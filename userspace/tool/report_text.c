// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "report.h"
#include "rule.h"
#include "setting.h"
#include "terminal.h"

/* Of the table's first column. */
#define NAME_WIDTH_MIN 14
#define NAME_WIDTH_MAX 24

struct text report_time(int64_t time_ms)
{
	time_t seconds = time_ms / 1000;
	struct text text;
	struct tm tm;

	strftime(text.s, sizeof(text.s), "%Y-%m-%d %H:%M", localtime_r(&seconds, &tm));
	return text;
}

struct text report_change(double bytes)
{
	struct text size = format_size((uint64_t)fabs(bytes));
	struct text text;

	snprintf(text.s, sizeof(text.s), "%c%.40s", bytes <= -1 ? '-' : '+', size.s);
	return text;
}

struct text report_pace(const struct growth *growth)
{
	return growth->grows ? report_change(growth->bytes_a_day) : (struct text){ "-" };
}

struct text report_hits(const struct usage *usage)
{
	return format_percent(usage->total.hits, usage->total.hits + usage->total.misses);
}

static void print_span(const struct span *span)
{
	printf("%s to %s (%zu looks)", report_time(span->from_ms).s, report_time(span->to_ms).s,
	       span->looks);
}

static void print_head(const struct comparison *comparison)
{
	fputs("span      ", stdout);
	print_span(comparison->span);
	fputs("\nbaseline  ", stdout);
	if (comparison->baseline->looks)
		print_span(comparison->baseline);
	else
		fputs("none: nothing was recorded then", stdout);
	puts("\n");
}

static void print_growing(const struct compared *map)
{
	const struct growth *growth = &map->growth;

	printf("  %s: %s a day, %s a week; holds %s", compared_title(map),
	       report_change(growth->bytes_a_day).s, report_change(7 * growth->bytes_a_day).s,
	       format_size(map->usage.total.resident_bytes).s);
	if (growth->full_in_ms >= 0)
		printf("; full in %s at that pace",
		       format_duration((uint64_t)growth->full_in_ms * 1000000).s);
	putchar('\n');
}

static void print_growth(const struct comparison *comparison)
{
	size_t growing = 0;

	for (size_t i = 0; i < comparison->count; i++)
		growing += comparison->map[i].growth.grows;
	if (!growing) {
		puts("No map grows.");
		return;
	}
	printf("%zu of %zu maps grow%s:\n", growing, comparison->span->count,
	       growing == 1 ? "s" : "");
	for (size_t i = 0; i < growing; i++)
		print_growing(&comparison->map[i]);
}

static void print_rise(const struct series *series, const struct rise *rise)
{
	printf("  %s: %s, %s time%s, %s since %s (%s, threshold %s)", series->title, rise->rule,
	       format_exact(rise->times).s, rise->times == 1 ? "" : "s", rise->on ? "on" : "off",
	       report_time(rise->since_ms).s, rule_figure_by_name(rise->rule, rise->figure).s,
	       rule_figure_by_name(rise->rule, rise->threshold).s);
	if (rise->owner_share)
		printf("; %" PRIu64 "%% held by %s (pid %" PRIu64 ")", rise->owner_share,
		       rise->command, rise->owner_pid);
	putchar('\n');
}

static void print_rises(const struct span *span)
{
	size_t rises = 0;

	for (size_t i = 0; i < span->count; i++)
		rises += span->series[i].rises;
	puts(rises ? "Alarms that rose:" : "No alarm rose.");
	for (size_t i = 0; i < span->count; i++)
		for (size_t j = 0; j < span->series[i].rises; j++)
			print_rise(&span->series[i], &span->series[i].rise[j]);
}

static void print_setting(const struct compared *map, const struct field *field, uint64_t was,
			  uint64_t now, void *context)
{
	char before[160], after[160];

	setting_value(field, was, before, sizeof(before));
	setting_value(field, now, after, sizeof(after));
	printf("  %s: %s %s, was %s\n", compared_title(map), setting_title(field), after, before);
	*(size_t *)context += 1;
}

static void print_changes(const struct comparison *comparison)
{
	size_t changes = 0;

	if (!comparison->baseline->looks)
		return;
	puts("Changed since the baseline:");
	for (size_t i = 0; i < comparison->count; i++) {
		const struct compared *map = &comparison->map[i];

		compared_settings(map, print_setting, &changes);
		if (map->now && map->was)
			continue;
		printf("  %s: %s\n", compared_title(map), map->now ? "came" : "went");
		changes++;
	}
	if (!changes)
		puts("  nothing");
}

/* What the other columns leave of a terminal; files have the room that they need. */
static int name_width(void)
{
	int left = isatty(STDOUT_FILENO) ? terminal_width() - 66 : NAME_WIDTH_MAX;

	return left < NAME_WIDTH_MIN ? NAME_WIDTH_MIN :
	       left > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : left;
}

static void print_map(const struct compared *map, int width)
{
	const struct point_figures *total = &map->usage.total;
	int64_t more = (int64_t)(map->usage.resident_bytes - map->baseline.resident_bytes);

	printf("%-*.*s %7s %5s %7s %5s %7s %6s %6s %7s %7s\n", width, width, compared_title(map),
	       format_count(total->entries).s, format_size(total->resident_bytes).s,
	       report_pace(&map->growth).s, format_size((uint64_t)map->usage.resident_bytes).s,
	       map->was ? report_change((double)more).s : "-", report_hits(&map->usage).s,
	       report_hits(&map->baseline).s, format_count(total->evicted).s,
	       format_count(total->expired).s);
}

static void print_maps(const struct comparison *comparison)
{
	int width = name_width();

	printf("%-*s %7s %5s %7s %5s %7s %6s %6s %7s %7s\n", width, "MAP", "ENTRIES", "BYTES",
	       "A DAY", "MEAN", "CHANGE", "HITS", "BEFORE", "EVICTED", "EXPIRED");
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->map[i].now)
			print_map(&comparison->map[i], width);
}

void report_print(const struct comparison *comparison)
{
	print_head(comparison);
	print_growth(comparison);
	print_rises(comparison->span);
	print_changes(comparison);
	putchar('\n');
	print_maps(comparison);
}
