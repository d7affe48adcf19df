// SPDX-License-Identifier: GPL-2.0
/*
 * The metrics of maps that are made up.  With "openmetrics" or "text" prints them, with
 * an address and a port serves them: export.sh has others read them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fields.h"
#include "http.h"
#include "metrics.h"

/* Every figure is another one: its place among the fields, times the map's id. */
static int read_made_up(struct metrics *metrics)
{
	static const struct alarms alarms = { .count = 2, .alarm = {
		{ .rule = "growth", .on = true, .raised = 3 }, { .rule = "stale" },
	} };
	struct ttlmap_stat *map = calloc(2, sizeof(*map));

	metrics->alarms = calloc(2, sizeof(*metrics->alarms));
	if (!map || !metrics->alarms) {
		free(map);
		free(metrics->alarms);
		return -1;
	}
	for (const struct field *f = fields; f->name; f++) {
		field_put(&map[0], f, 3 * (uint64_t)(f - fields));
		field_put(&map[1], f, f->kind == FIELD_COUNT ? UINT64_MAX : 0);
	}
	map[0].id = 3;
	map[1].id = 7;
	field_set(&map[0], "name", "sessions");
	map[0].oldest_stale_ns = 1500000000;
	metrics->alarms[0] = alarms;
	metrics->maps = (struct maps){ .map = map, .count = 2, .hidden = 1 };
	return 0;
}

static char text[65536];

static void print_into_text(enum metrics_format format)
{
	FILE *file = fmemopen(text, sizeof(text), "w");
	struct metrics metrics;

	assert_non_null(file);
	assert_int_equal(read_made_up(&metrics), 0);
	metrics_print(file, &metrics, format);
	metrics_free(&metrics);
	assert_int_equal(fclose(file), 0);
}

static void has(const char *line)
{
	if (!strstr(text, line))
		fail_msg("no %s in:\n%s", line, text);
}

static void has_not(const char *line)
{
	if (strstr(text, line))
		fail_msg("%s in:\n%s", line, text);
}

static void has_figure(const char *format, const char *field)
{
	char line[160];

	snprintf(line, sizeof(line), format, (size_t)(3 * (field_find(field) - fields)));
	has(line);
}

static void openmetrics(void **state)
{
	(void)state;
	print_into_text(METRICS_OPENMETRICS);
	has("# TYPE ttlmap_resident_bytes gauge\n# UNIT ttlmap_resident_bytes bytes\n");
	has("# TYPE ttlmap_hits counter\n");
	has("\nttlmap_hidden_maps 1\n");
	has_figure("\nttlmap_entries{map=\"sessions\",id=\"3\"} %zu\n", "entries");
	has_figure("\nttlmap_hits_total{map=\"sessions\",id=\"3\"} %zu\n", "hits");
	has_figure("\nttlmap_removals_total{map=\"sessions\",id=\"3\",reason=\"popped\"} %zu\n", "popped");
	has_figure("\nttlmap_refusals_total{map=\"sessions\",id=\"3\",reason=\"full\"} %zu\n", "refused");
	has("\nttlmap_oldest_stale_seconds{map=\"sessions\",id=\"3\"} 1.500000000\n");
	has("\nttlmap_hits_total{map=\"\",id=\"7\"} 18446744073709551615\n");
	has("\nttlmap_alarm{map=\"sessions\",id=\"3\",rule=\"growth\"} 1\n");
	has("\nttlmap_alarm{map=\"sessions\",id=\"3\",rule=\"stale\"} 0\n");
	has("\nttlmap_alarms_raised_total{map=\"sessions\",id=\"3\",rule=\"growth\"} 3\n");
	/* No limit is not a limit of zero. */
	has("\nttlmap_capacity_bytes{map=\"sessions\"");
	has_not("\nttlmap_capacity_bytes{map=\"\"");
	assert_string_equal(text + strlen(text) - 7, "\n# EOF\n");
}

static void prometheus_text(void **state)
{
	(void)state;
	print_into_text(METRICS_TEXT);
	has("# TYPE ttlmap_hits_total counter\n");
	has("# TYPE ttlmap_resident_bytes gauge\n");
	has_not("# UNIT");
	has_not("# EOF");
}

/* Seconds in place of nanoseconds, and alarms by rule in place of their sum. */
static bool looks_different(const struct field *field)
{
	return strstr(field->name, "_ns") || strstr(field->name, "alarms");
}

/* Each figure that goes up or down, and each count, is exported. */
static void all_figures(void **state)
{
	struct metrics metrics;

	(void)state;
	print_into_text(METRICS_TEXT);
	assert_int_equal(read_made_up(&metrics), 0);
	for (const struct field *f = fields; f->name; f++) {
		char figure[48];

		if ((f->kind != FIELD_COUNT && f->kind != FIELD_LEVEL) || looks_different(f))
			continue;
		snprintf(figure, sizeof(figure), "} %zu\n", (size_t)(3 * (f - fields)));
		if (!strstr(text, figure))
			fail_msg("%s is not exported", f->name);
	}
	metrics_free(&metrics);
}

static int print_made_up(enum metrics_format format)
{
	struct metrics metrics;

	if (read_made_up(&metrics))
		return 1;
	metrics_print(stdout, &metrics, format);
	metrics_free(&metrics);
	return 0;
}

static int serve_made_up(const char *host, const char *port)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *address;
	int status;

	if (getaddrinfo(host, port, &hints, &address))
		return 1;
	status = http_serve(address, read_made_up);
	freeaddrinfo(address);
	return status;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openmetrics),
		cmocka_unit_test(prometheus_text),
		cmocka_unit_test(all_figures),
	};

	if (argc == 3)
		return serve_made_up(argv[1], argv[2]);
	if (argc == 2)
		return print_made_up(strcmp(argv[1], "text") ? METRICS_OPENMETRICS : METRICS_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
