// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "debugfs.h"
#include "frame.h"
#include "occupancy.h"

static FILE *text_file(const char *text)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");

	assert_non_null(file);
	return file;
}

static void summary(void **state)
{
	FILE *file = text_file("# id later name entries\n3 x sessions 12\n7 y - 0\n");
	struct summary_reader reader;
	struct ttlmap_stat stat;

	(void)state;
	assert_int_equal(summary_begin(&reader, file), 0);
	assert_int_equal(summary_next(&reader, &stat), 1);
	assert_int_equal(stat.id, 3);
	assert_string_equal((char *)stat.name, "sessions");
	assert_int_equal(stat.entries, 12);
	assert_int_equal(summary_next(&reader, &stat), 1);
	assert_int_equal(stat.id, 7);
	assert_string_equal((char *)stat.name, "");
	assert_int_equal(summary_next(&reader, &stat), 0);
	summary_end(&reader);
	fclose(file);
}

static void bad_summary(const char *text, int begin)
{
	FILE *file = text_file(text);
	struct summary_reader reader;
	struct ttlmap_stat stat;

	errno = 0;
	assert_int_equal(summary_begin(&reader, file), begin);
	if (!begin) {
		assert_int_equal(summary_next(&reader, &stat), -1);
		summary_end(&reader);
	}
	assert_int_equal(errno, EPROTO);
	fclose(file);
}

static void bad_summaries(void **state)
{
	(void)state;
	bad_summary("id name\n", -1);
	bad_summary("# id name\n3\n", 0);
	bad_summary("# id name\n3 a b\n", 0);
}

static void stats(void **state)
{
	FILE *file = text_file("name sessions\nentries 5\nmode 432\nnew_field 9\nhits 18446744073709551615\n");
	struct ttlmap_stat stat;

	(void)state;
	assert_int_equal(read_stats(file, &stat), 0);
	assert_string_equal((char *)stat.name, "sessions");
	assert_int_equal(stat.entries, 5);
	assert_int_equal(stat.mode, 0660);
	assert_int_equal(stat.hits, UINT64_MAX);
	fclose(file);
}

static void occupancy(void **state)
{
	FILE *file = text_file("bucket_slots 0 4\nbucket_slots 6 1\nsegment_entries 50-59 3\nprobe_length 14 2\nload_percent 61.5\nnew 1\n");
	struct occupancy found;

	(void)state;
	assert_int_equal(occupancy_read(file, &found), 0);
	assert_int_equal(found.bucket_slots[0], 4);
	assert_int_equal(found.bucket_slots[6], 1);
	assert_int_equal(found.segment_entries[5], 3);
	assert_int_equal(found.probe_length[14], 2);
	assert_true(found.load_percent > 61.4 && found.load_percent < 61.6);
	fclose(file);

	file = text_file("bucket_slots 7 1\n");
	assert_int_equal(occupancy_read(file, &found), -1);
	assert_int_equal(errno, EPROTO);
	fclose(file);
}

/* Whatever the screen is like, a frame fits it. */
static void frames_fit(void **state)
{
	struct ttlmap_stat map[40];
	struct maps before = { .map = map, .count = 40, .at_ns = 0 };
	struct maps now = { .map = map, .count = 40, .at_ns = 1000000000 };

	(void)state;
	memset(map, 0, sizeof(map));
	for (size_t i = 0; i < 40; i++) {
		map[i].id = i + 1;
		memset(map[i].name, 'n', TTLMAP_NAME_SIZE - 1);
		map[i].entries = ~0ULL >> i;
		map[i].max_entries = ~0ULL >> i;
		map[i].hits = ~0ULL >> i;
		map[i].stale_entries = i;
		map[i].oldest_stale_ns = ~0ULL >> i;
	}
	for (int width = 40; width <= FRAME_WIDTH_MAX; width++) {
		for (int height = 1; height < 60; height++) {
			struct view view = { .width = width, .height = height, .selected = 40 };
			struct frame frame;

			assert_int_equal(frame_build(&frame, &view, &now, &before), 0);
			assert_true(frame.count <= (size_t)(height < 3 ? 3 : height));
			if (width >= 80)
				for (size_t i = 2; i < frame.count && i < 5; i++)
					assert_true(strlen(frame.line[i].text) <= (size_t)width);
			frame_free(&frame);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summary),
		cmocka_unit_test(bad_summaries),
		cmocka_unit_test(stats),
		cmocka_unit_test(occupancy),
		cmocka_unit_test(frames_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
