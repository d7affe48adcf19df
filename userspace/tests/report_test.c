// SPDX-License-Identifier: GPL-2.0
/*
 * What a report says of maps whose growth is known.  With an argument, leaves the
 * recording there and does nothing else: report.sh prints it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "comparison.h"
#include "recorder.h"
#include "trend.h"

#define MINUTE_MS 60000LL
#define DAY_MS (1440 * MINUTE_MS)
#define STEP_MS (10 * MINUTE_MS)
#define ENTRY 100

/* The first moment of the baseline; the span is the day after it. */
#define START_MS 1795000000000LL

static struct ttlmap_stat make_stat(uint64_t id, const char *name, double entries)
{
	struct ttlmap_stat stat = { .id = id, .max_entries = 100000 };

	memcpy(stat.name, name, strlen(name));
	stat.entries = (uint64_t)entries;
	stat.live_bytes = ENTRY * stat.entries;
	stat.stale_bytes = stat.live_bytes / 50;
	stat.table_bytes = stat.live_bytes / 5 + 4096;
	stat.retired_bytes = stat.live_bytes / 100;
	stat.resident_bytes = stat.live_bytes + stat.stale_bytes + stat.table_bytes +
			      stat.retired_bytes;
	return stat;
}

/* Noise that is the same in each run. */
static double noise(int64_t at)
{
	return sin((double)at * 12.9898) * 0.01;
}

static void take_counts(struct ttlmap_stat *stat, double days, double ratio)
{
	stat->hits = (uint64_t)(days * 1e6 * ratio);
	stat->misses = (uint64_t)(days * 1e6 * (1 - ratio));
	stat->inserts = stat->misses;
	stat->evicted = stat->misses / 2;
	stat->expired = stat->misses / 4;
}

static size_t make_maps(struct ttlmap_stat *map, int64_t at)
{
	double days = (double)at / (double)DAY_MS;
	bool second = days > 1;
	size_t count = 0;

	/* 20,000 entries a day, after a day of none. */
	map[count++] = make_stat(1, "leaky", 20000 + (second ? 20000 * (days - 1) : 0) +
				 100 * noise(at));
	/* Fills in two hours, and stays. */
	if (second)
		map[count++] = make_stat(2, "warms-up",
					 fmin(1, (days - 1) * 12) * 30000 * (1 + noise(at)));
	map[count++] = make_stat(3, "by-day", 20000 + 10000 * sin(days * 2 * M_PI));
	map[count++] = make_stat(4, "tuned", 5000 * (1 + noise(at)));
	map[count - 1].max_entries = second ? 50000 : 5000;
	map[count - 1].default_ttl_ns = second ? 0 : 600000000000;
	if (!second)
		map[count++] = make_stat(5, "went", 100);
	map[count++] = make_stat(6, "", 7);
	for (size_t i = 0; i < count; i++)
		take_counts(&map[i], days, map[i].id == 4 && second ? 0.45 : 0.9);
	return count;
}

static void record_two_days(const struct recording *recording)
{
	struct alarms alarms[8] = { 0 };
	struct ttlmap_stat map[8];

	assert_int_equal(recording_run(recording, "PRAGMA synchronous = OFF"), 0);
	for (int64_t at = STEP_MS; at <= 2 * DAY_MS; at += STEP_MS) {
		struct maps maps = { .map = map, .at_ns = 2 * (uint64_t)DAY_MS * 1000000 };
		struct look look = {
			.time_ms = START_MS + at,
			.boot = "boot",
			.maps = &maps,
			.alarms = alarms,
		};

		maps.count = make_maps(map, at);
		if (at == DAY_MS + DAY_MS / 2)
			alarms[0] = (struct alarms){ .count = 1, .alarm = { {
				.rule = "growth", .on = true, .raised = 1, .figure = 53,
				.since_ns = maps.at_ns, .threshold = 10, .owner_pid = 77,
				.owner_share = 91, .command = "leaky<client>",
			} } };
		assert_int_equal(recorder_add(recording, &look), 0);
	}
}

static int leave_recording(const char *path)
{
	struct recording recording;

	if (recording_create(&recording, path))
		return 1;
	record_two_days(&recording);
	recording_close(&recording);
	return 0;
}

static struct recording recording;
static struct span span, baseline;
static char path[] = "/tmp/ttlmap-report-XXXXXX";

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	if (leave_recording(path) || recording_open(&recording, path) ||
	    span_read(&recording, START_MS + DAY_MS, START_MS + 2 * DAY_MS, &span) ||
	    span_read(&recording, START_MS, START_MS + DAY_MS, &baseline))
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	span_free(&span);
	span_free(&baseline);
	recording_close(&recording);
	return unlink(path);
}

static const struct compared *find(const struct comparison *comparison, const char *title)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (!strcmp(compared_title(&comparison->map[i]), title))
			return &comparison->map[i];
	fail_msg("%s is not there", title);
	return NULL;
}

static bool near(double seen, double wanted)
{
	return fabs(seen - wanted) < 0.02 * fabs(wanted);
}

static void trends(void **state)
{
	static const double x[] = { 1000000, 1000000 + 1, 1000000 + 2, 1000000 + 3 };
	static const double line[] = { 5, 8, 11, 14 }, flat[] = { 3, 3, 3, 3 };
	static const double zigzag[] = { 1, 9, 1, 9 };
	struct trend trend = trend_of(x, line, 4);

	(void)state;
	assert_true(fabs(trend.slope - 3) < 0.000001 && trend.r2 > 0.999);
	trend = trend_of(x, flat, 4);
	assert_true(trend.slope == 0 && trend.r2 == 0);
	assert_true(trend_of(x, zigzag, 4).r2 < 0.5);
	assert_true(trend_of(x, line, 2).slope == 0);
	assert_true(trend_of(x, line, 0).slope == 0);
	assert_true(trend_of(flat, line, 4).slope == 0);
}

static void what_grows(void **state)
{
	struct comparison comparison;
	const struct compared *leaky;

	(void)state;
	assert_int_equal(compare_spans(&comparison, &span, &baseline), 0);
	leaky = &comparison.map[0];
	assert_string_equal(compared_title(leaky), "leaky");
	assert_true(leaky->growth.grows);
	assert_true(near(leaky->growth.entries_a_day, 20000));
	assert_true(near(leaky->growth.bytes_a_day, 20000 * ENTRY * 1.23));
	/* 60,000 more at 20,000 a day. */
	assert_true(near((double)leaky->growth.full_in_ms, 3.0 * DAY_MS));
	for (size_t i = 1; i < comparison.count; i++)
		assert_false(comparison.map[i].growth.grows);
	comparison_free(&comparison);
	/* The same one when nothing happened to it. */
	assert_int_equal(compare_spans(&comparison, &baseline, &span), 0);
	assert_false(find(&comparison, "leaky")->growth.grows);
	comparison_free(&comparison);
}

static void count_setting(const struct compared *map, const struct field *field, uint64_t was,
			  uint64_t now, void *context)
{
	(void)map;
	if (!strcmp(field->name, "max_entries"))
		assert_true(was == 5000 && now == 50000);
	else
		assert_string_equal(field->name, "default_ttl_ns");
	*(int *)context += 1;
}

static void what_changed(void **state)
{
	struct comparison comparison;
	const struct compared *map;
	int changes = 0;

	(void)state;
	assert_int_equal(compare_spans(&comparison, &span, &baseline), 0);
	map = find(&comparison, "warms-up");
	assert_non_null(map->now);
	assert_null(map->was);
	map = find(&comparison, "went");
	assert_null(map->now);
	assert_int_equal(map->usage.points, 0);
	map = find(&comparison, "tuned");
	compared_settings(map, count_setting, &changes);
	assert_int_equal(changes, 2);
	assert_true(near(map->usage.entries, 5000));
	compared_settings(find(&comparison, "leaky"), count_setting, &changes);
	assert_int_equal(changes, 2);
	comparison_free(&comparison);
}

static void counts_of_a_span(void **state)
{
	struct comparison comparison;
	const struct compared *map;

	(void)state;
	assert_int_equal(compare_spans(&comparison, &span, &baseline), 0);
	map = find(&comparison, "by-day");
	assert_true(near((double)map->usage.total.hits, 900000));
	assert_true(near((double)map->baseline.total.hits, 900000));
	assert_true(near((double)map->usage.total.expired, 25000));
	/* It began anew in between, and is one map all the same. */
	map = find(&comparison, "tuned");
	assert_true(map->usage.total.hits + map->usage.total.misses > 900000);
	assert_true(near((double)map->usage.points, 144));
	comparison_free(&comparison);
}

static void alarms(void **state)
{
	const struct series *leaky = span_find(&span, "leaky");

	(void)state;
	assert_int_equal(leaky->rises, 1);
	assert_int_equal(leaky->rise[0].since_ms, START_MS + DAY_MS + DAY_MS / 2);
	assert_int_equal(span_find(&baseline, "leaky")->rises, 0);
}

static void nothing_at_all(void **state)
{
	struct span nothing = { 0 };
	struct comparison comparison;

	(void)state;
	assert_int_equal(compare_spans(&comparison, &nothing, &nothing), 0);
	assert_int_equal(comparison.count, 0);
	comparison_free(&comparison);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trends),
		cmocka_unit_test(what_grows),
		cmocka_unit_test(what_changed),
		cmocka_unit_test(counts_of_a_span),
		cmocka_unit_test(alarms),
		cmocka_unit_test(nothing_at_all),
	};

	if (argc > 1)
		return leave_recording(argv[1]);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
