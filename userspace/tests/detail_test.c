// SPDX-License-Identifier: GPL-2.0
/*
 * The detail screen of a map that is made up.  With "screen" shows it on the terminal,
 * and the list of maps before: top.sh looks at that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "clock.h"
#include "detail.h"
#include "screen.h"

#define PERIODS 100

static struct owner owners[20] = {
	{ .id = 3, .pid = 77, .uid = 1000, .command = "leaky", .entries = 8000, .bytes = 1024000,
	  .unexpiring_entries = 8000 },
	{ .id = 1, .pid = 10, .command = "web", .entries = 900, .bytes = 115200,
	  .read_bytes = 100000 },
	{ .id = 2, .pid = 11, .gone = true, .command = "batch\\040job", .entries = 100,
	  .bytes = 12800, .read_bytes = 12800 },
};

static struct period periods[PERIODS];

static const struct ttlmap_stat stat = {
	.id = 3, .name = "sessions", .entries = 9000, .max_entries = 10000,
	.default_ttl_ns = 600000000000, .live_bytes = 1152000, .table_bytes = 184000,
	.resident_bytes = 1336000, .hits = 90000, .misses = 10000,
};

static struct detail make_detail(void)
{
	static const struct ttlmap_stat before;
	struct detail detail = {
		.row = { .now = &stat, .before = &before, .seconds = 1 },
		.evidence = {
			.owners = { owners, 3 },
			.history = { periods, PERIODS },
			.ttls = { { { .name = "expired" }, { .name = "within_1s", .count = 10 },
				    { .name = "within_10min", .count = 990 },
				    { .name = "never", .count = 8000 } }, 4 },
			.alarms = { { { .rule = "growth" }, { .rule = "unread", .on = true,
				      .since_ns = 1000000000 } }, 2 },
		},
		.occupancy = { .bucket_slots = { 1, 2, 3, 4, 5, 6, 7 } },
		.now_ns = 721000000000,
	};

	for (size_t i = 0; i < PERIODS; i++)
		periods[i] = (struct period){
			.period_s = 10, .time_ns = 10000000000 * i, .entries = 90 * (i + 1),
			.live_bytes = 13000 * i, .hits = 100 - i, .misses = i, .inserts = 50,
		};
	return detail;
}

static void lines_of_80_by_24(void **state)
{
	static const char *const wanted[] = {
		"sessions: 9,000 of 10,000 entries [##################  ]",
		"bytes    1.27M resident = 1.10M live + 0 stale + 0 retired + 180K table",
		"TTL      10m by default; nothing is stale",
		"alarms   unread for 12m",
		"HISTORY  of 16m30s, coarser the older",
		"bytes    ---:::::::::::::::::====================++++++++++++++++++****************## 1.23M",
		"entries",
		"hits",
		"inserts  ############################################################ 5",
		"BUCKETS BY USED SLOTS                   TTL THAT IS LEFT",
		"0 of 6         3.6%                     expired        0.0%",
		"1 of 6         7.1% #                   within_1s      0.1%",
		"2 of 6        10.7% #                   within_10min  11.0% #",
		"3 of 6        14.3% ##                  never         88.9% ##############",
		"4 of 6        17.9% ##",
		"5 of 6        21.4% ###",
		"6 of 6        25.0% ####",
		"OWNER                     PID   USER ENTRIES   BYTES  SHARE UNREAD  NEVER STATE",
		"leaky                      77   1000   8.00K   1000K  88.9% 100.0% 100.0%  live",
		"web                        10      0     900    112K  10.0%  13.2%   0.0%  live",
		"batch\\040job               11      0     100   12.5K   1.1%   0.0%   0.0%  gone",
	};
	struct view view = { .width = 80, .height = 23 };
	struct detail detail = make_detail();
	struct frame frame;

	(void)state;
	assert_int_equal(detail_build(&frame, &view, &detail), 0);
	assert_int_equal(frame.count, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < frame.count; i++) {
		const char *text = frame.line[i].text;

		assert_true(strlen(text) <= 80);
		if (i < 5 || i > 7)
			assert_int_equal(strncmp(text, wanted[i], strlen(wanted[i])), 0);
	}
	assert_int_equal(frame.line[3].style, LINE_ALARM);
	assert_int_equal(frame.line[18].style, LINE_ALARM);
	assert_int_equal(frame.line[19].style, LINE_PLAIN);
	frame_free(&frame);
}

static void every_size(void **state)
{
	struct detail detail = make_detail();

	(void)state;
	detail.evidence.owners.count = 20;
	for (int width = 20; width <= FRAME_WIDTH_MAX; width += 7) {
		for (int height = 1; height < 50; height++) {
			struct view view = { .width = width, .height = height };
			struct frame frame;

			assert_int_equal(detail_build(&frame, &view, &detail), 0);
			assert_true(frame.count <= (size_t)height);
			frame_free(&frame);
		}
	}
}

static void nothing_known(void **state)
{
	static const struct ttlmap_stat nothing;
	struct detail detail = { .row = { .now = &nothing, .before = &nothing } };
	struct view view = { .width = 80 };
	struct frame frame;

	(void)state;
	assert_int_equal(detail_build(&frame, &view, &detail), 0);
	assert_string_equal(frame.line[3].text, "alarms   -");
	assert_string_equal(frame.line[4].text, "HISTORY  -");
	frame_free(&frame);
}

static void sparklines(void **state)
{
	static const double rising[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, none[] = { 0, 0 };
	char text[32];

	(void)state;
	sparkline(text, 8, rising, 8);
	assert_string_equal(text, "_.-:=+*#");
	sparkline(text, 3, rising, 8);
	assert_string_equal(text, "+*#");
	sparkline(text, 8, none, 2);
	assert_string_equal(text, "__");
	sparkline(text, 8, none, 0);
	assert_string_equal(text, "");
}

static void filter(void **state)
{
	struct ttlmap_stat map[] = {
		{ .id = 1, .name = "pages" }, { .id = 2, .name = "sessions.a" },
		{ .id = 3 }, { .id = 4, .name = "sessions.b" },
	};
	struct maps maps = { .map = map, .count = 4 };
	struct view view = { .filter = "sess" };

	(void)state;
	frame_filter(&view, &maps);
	assert_int_equal(maps.count, 2);
	assert_int_equal(map[0].id, 2);
	assert_int_equal(map[1].id, 4);
	assert_int_equal(map[2].id + map[3].id, 4);
	snprintf(view.filter, sizeof(view.filter), "#3");
	maps.count = 4;
	frame_filter(&view, &maps);
	assert_int_equal(maps.count, 1);
	assert_int_equal(map[0].id, 3);
	view.filter[0] = '\0';
	maps.count = 4;
	frame_filter(&view, &maps);
	assert_int_equal(maps.count, 4);
}

static void show(bool details)
{
	struct ttlmap_stat map[] = { stat };
	struct maps maps = { .map = map, .count = 1, .at_ns = 1 };
	struct detail detail = make_detail();
	struct frame frame;
	struct view view = { 0 };

	screen_size(&view.width, &view.height);
	view.height--;
	if (details ? detail_build(&frame, &view, &detail) :
		      frame_build(&frame, &view, &maps, &maps))
		exit(1);
	screen_show(&frame, "last line");
	frame_free(&frame);
}

/* A key takes it from the list to the details and back. */
static int show_screens(void)
{
	enum wish wish = WISH_NONE;
	bool details = false;

	if (!screen_begin())
		return 1;
	while (wish != WISH_QUIT) {
		show(details);
		wish = screen_wish(clock_ns() + 1000000000, NULL);
		if (wish == WISH_DETAIL)
			details = !details;
	}
	screen_end();
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_80_by_24),
		cmocka_unit_test(every_size),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test(sparklines),
		cmocka_unit_test(filter),
	};

	(void)argv;
	if (argc > 1)
		return show_screens();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
