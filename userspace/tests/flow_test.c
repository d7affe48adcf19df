// SPDX-License-Identifier: GPL-2.0
/* Lines of `ttlmap stat' an interval, and which entries `ttlmap dump' lets pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "filter.h"
#include "flow.h"

static void sums(void **state)
{
	struct ttlmap_stat was[] = {
		{ .id = 1, .entries = 5, .hits = 100 },
		{ .id = 2, .entries = 7, .hits = 900 },
	};
	struct ttlmap_stat is[] = {
		{ .id = 1, .entries = 6, .hits = 130, .oldest_stale_ns = 5, .max_entries = 9 },
		{ .id = 3, .entries = 8, .hits = 4, .oldest_stale_ns = 7 },
	};
	struct maps before = { .map = was, .count = 2 }, now = { .map = is, .count = 2 };
	struct ttlmap_stat sum = flow_sum(&now, &before);

	(void)state;
	assert_int_equal(sum.entries, 14);
	assert_int_equal(sum.hits, 34);
	assert_int_equal(sum.oldest_stale_ns, 7);
}

static void lines(void **state)
{
	static const struct ttlmap_stat stat = {
		.entries = 1234, .resident_bytes = 2048, .hits = 30, .misses = 10, .inserts = 5,
		.evicted = 3000000000, .popped = 2, .owner_gone = 4, .stale_entries = 1,
		.oldest_stale_ns = 12000000,
	};
	static const char wanted[] =
		"ENTRIES  BYTES  STALE RETIR.  GET/s   HITS  PUT/s EXPI/s EVIC/s  DEL/s   LATE\n"
		"  1.23K  2.00K      0      0     20  75.0%      3      0  1.50G      3 12.0ms\n"
		"  1.23K  2.00K      0      0      0  75.0%      0      0      0      0 12.0ms\n";
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	flow_print_header(out);
	flow_print(out, &stat, 2);
	flow_print(out, &stat, 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void filters(void **state)
{
	const struct ttlmap_entry entry = {
		.key = "user:7", .key_len = 6, .value_len = 10, .ttl_ns = 1000,
		.idle_ns = 50, .owner = 3, .flags = TTLMAP_RECORD_READ,
	};
	static struct owner three = { .id = 3 };
	const struct ttlmap_entry never = {
		.key = "a", .key_len = 1, .ttl_ns = TTLMAP_TTL_NEVER,
	};
	static const struct {
		struct filter filter;
		bool entry, never;
	} rows[] = {
		{ { 0 }, true, true },
		{ { .prefix = "" }, true, true },
		{ { .prefix = "user:" }, true, false },
		{ { .prefix = "user:7" }, true, false },
		{ { .prefix = "user:77" }, false, false },
		{ { .larger = 15 }, true, false },
		{ { .larger = 16 }, false, false },
		{ { .above = true }, true, true },
		{ { .above = true, .ttl_above_ns = 999 }, true, true },
		{ { .above = true, .ttl_above_ns = 1000 }, false, true },
		{ { .ttl_below_ns = 1001 }, true, false },
		{ { .ttl_below_ns = 1000 }, false, false },
		{ { .ttl_below_ns = TTLMAP_TTL_NEVER }, true, false },
		{ { .prefix = "user:", .larger = 16 }, false, false },
		{ { .idle_above_ns = 49 }, true, false },
		{ { .idle_above_ns = 50 }, false, false },
		{ { .unread = true }, false, true },
		{ { .owner = "x", .owners = { .owner = &three, .count = 1 } }, true, false },
		{ { .owner = "x" }, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(filter_passes(&rows[i].filter, &entry), rows[i].entry);
		assert_int_equal(filter_passes(&rows[i].filter, &never), rows[i].never);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums),
		cmocka_unit_test(lines),
		cmocka_unit_test(filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
