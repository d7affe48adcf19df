// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/ttlmap.h>

#include "parse.h"

#define SECOND 1000000000ULL

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0", 0 }, { "30", 30 * SECOND }, { "30s", 30 * SECOND },
		{ "5m", 300 * SECOND }, { "1h30m", 5400 * SECOND },
		{ "250ms", 250000000 }, { "7us", 7000 }, { "9ns", 9 },
		{ "1d", 86400 * SECOND }, { "2w", 14 * (86400 * SECOND) },
		{ "1h1s1ms", 3601 * SECOND + 1000000 },
		{ "4611686018427387904ns", TTLMAP_TTL_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t ns = 1;

		assert_null(parse_duration(good[i].text, &ns));
		assert_int_equal(ns, good[i].ns);
	}
}

static void bad_durations(void **state)
{
	static const char *const bad[] = {
		"", "s", "-1s", "+1s", " 1s", "1s ", "1.5s", "1x", "1h30", "1sm", "1S",
		"never", "4611686018427387905ns", "18446744073709551616", "5000w5000w5000w",
		"99999999999999999999s", "4611686019",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ns;

		if (!parse_duration(bad[i], &ns))
			fail_msg("\"%s\" was taken for a duration", bad[i]);
	}
}

static void sizes(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_null(parse_size("0", &bytes));
	assert_int_equal(bytes, 0);
	assert_null(parse_size("4096", &bytes));
	assert_int_equal(bytes, 4096);
	assert_null(parse_size("64K", &bytes));
	assert_int_equal(bytes, 65536);
	assert_null(parse_size("64k", &bytes));
	assert_int_equal(bytes, 65536);
	assert_null(parse_size("3MiB", &bytes));
	assert_int_equal(bytes, 3 << 20);
	assert_null(parse_size("2T", &bytes));
	assert_int_equal(bytes, 2ULL << 40);
	assert_null(parse_size("18446744073709551615", &bytes));
	assert_int_equal(bytes, UINT64_MAX);
}

static void counts(void **state)
{
	uint64_t count;

	(void)state;
	assert_null(parse_count("256", &count));
	assert_int_equal(count, 256);
	assert_null(parse_count("50k", &count));
	assert_int_equal(count, 50000);
	assert_null(parse_count("1M", &count));
	assert_int_equal(count, 1000000);
	assert_null(parse_count("2G", &count));
	assert_int_equal(count, 2000000000);
}

static void bad_numbers(void **state)
{
	static const char *const bad[] = {
		"", "K", "-1", "+1", " 1", "1 ", "1.5M", "1Q", "0x10", "1KK", "1Kb",
		"18446744073709551616", "99999999999G",
	};
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!parse_size(bad[i], &number))
			fail_msg("\"%s\" was taken for a size", bad[i]);
		if (!parse_count(bad[i], &number))
			fail_msg("\"%s\" was taken for a count", bad[i]);
	}
	assert_non_null(parse_count("1KiB", &number));
}

static void numbers(void **state)
{
	uint64_t number;

	(void)state;
	assert_null(parse_number("0", &number));
	assert_int_equal(number, 0);
	assert_null(parse_number("18446744073709551615", &number));
	assert_int_equal(number, UINT64_MAX);
	assert_non_null(parse_number("", &number));
	assert_non_null(parse_number("-1", &number));
	assert_non_null(parse_number("1K", &number));
	assert_non_null(parse_number("1 ", &number));
	assert_non_null(parse_number("18446744073709551616", &number));
}

static void counters(void **state)
{
	uint64_t counter;

	(void)state;
	assert_null(parse_counter("42", &counter));
	assert_int_equal(counter, 42);
	assert_null(parse_counter("-1", &counter));
	assert_int_equal(counter, UINT64_MAX);
	assert_null(parse_counter("-9223372036854775808", &counter));
	assert_int_equal(counter, 1ULL << 63);
	assert_null(parse_counter("18446744073709551615", &counter));
	assert_int_equal(counter, UINT64_MAX);
	assert_non_null(parse_counter("", &counter));
	assert_non_null(parse_counter("-", &counter));
	assert_non_null(parse_counter("--1", &counter));
	assert_non_null(parse_counter("+1", &counter));
	assert_non_null(parse_counter("1x", &counter));
	assert_non_null(parse_counter("-9223372036854775809", &counter));
}

static void modes(void **state)
{
	uint32_t mode;

	(void)state;
	assert_null(parse_mode("0660", &mode));
	assert_int_equal(mode, 0660);
	assert_null(parse_mode("644", &mode));
	assert_int_equal(mode, 0644);
	assert_null(parse_mode("0", &mode));
	assert_int_equal(mode, 0);
	assert_non_null(parse_mode("", &mode));
	assert_non_null(parse_mode("0888", &mode));
	assert_non_null(parse_mode("1777", &mode));
	assert_non_null(parse_mode("00660", &mode));
	assert_non_null(parse_mode("rw-", &mode));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(bad_durations),
		cmocka_unit_test(sizes),
		cmocka_unit_test(counts),
		cmocka_unit_test(bad_numbers),
		cmocka_unit_test(numbers),
		cmocka_unit_test(counters),
		cmocka_unit_test(modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
