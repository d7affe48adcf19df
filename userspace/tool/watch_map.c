// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "columns.h"
#include "fields.h"
#include "json_out.h"
#include "terminal.h"
#include "trouble.h"
#include "ttlmap.h"
#include "watch.h"

#define TIME_WIDTH 12
#define LINES_A_HEADER 20

/* The figures of one look. */
struct sight {
	struct ttlmap_stat stat;
	uint64_t at_ns;
};

static int look(const struct watch *watch, struct sight *sight)
{
	int fd = ttlmap_map_open(watch->map, TTLMAP_OPEN_READ);
	int status = 0;

	if (fd < 0)
		return trouble_with_map(watch->map);
	if (ttlmap_map_stat(fd, &sight->stat))
		status = trouble_with_map(watch->map);
	sight->at_ns = clock_ns();
	close(fd);
	return status;
}

/* Columns that fit, after the time. */
static size_t columns_end(void)
{
	int left = terminal_width() - TIME_WIDTH;
	size_t end = COLUMN_ENTRIES;

	while (end < columns_count && left > columns[end].width)
		left -= columns[end++].width + 1;
	return end;
}

static void print_header(void)
{
	size_t end = columns_end();

	printf("%-*s", TIME_WIDTH, "TIME");
	for (size_t i = COLUMN_ENTRIES; i < end; i++)
		printf(" %*s", columns[i].width, columns[i].title);
	putchar('\n');
}

static void print_text(const struct row *row)
{
	size_t end = columns_end();

	printf("%-*s", TIME_WIDTH, watch_time().s);
	for (size_t i = COLUMN_ENTRIES; i < end; i++)
		printf(" %*s", columns[i].width, columns[i].cell(row).s);
	putchar('\n');
}

static void print_json(const struct row *row)
{
	struct ttlmap_stat stat = *row->now;
	struct json_object *object;

	stat_since(&stat, row->before);
	object = json_stat(&stat);
	json_add_text(object, "time", watch_json_time().s);
	json_add_real(object, "seconds", row->seconds);
	json_print_line(object);
}

static void print(const struct watch *watch, const struct sight *is, const struct sight *was,
		  uint64_t lines)
{
	static const struct ttlmap_stat nothing;
	struct row row = {
		.now = &is->stat,
		/* Another map of the same name had done nothing before. */
		.before = is->stat.id == was->stat.id ? &was->stat : &nothing,
		.seconds = (is->at_ns - was->at_ns) / 1e9,
	};

	if (watch->json) {
		print_json(&row);
	} else {
		if (lines % LINES_A_HEADER == 0)
			print_header();
		print_text(&row);
	}
	fflush(stdout);
}

int watch_map(const struct watch *watch)
{
	struct sight was = { 0 }, is = { 0 };
	uint64_t lines = 0;
	int status = look(watch, &was);

	while (!status && !ferror(stdout)) {
		sleep_ns(watch->interval_ns);
		status = look(watch, &is);
		if (status)
			break;
		print(watch, &is, &was, lines++);
		if (lines == watch->count)
			break;
		was = is;
	}
	return status;
}
