// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/ttlmap.h>

#include "format.h"

static void counts(void **state)
{
	(void)state;
	assert_string_equal(format_count(0).s, "0");
	assert_string_equal(format_count(999).s, "999");
	assert_string_equal(format_count(1000).s, "1.00K");
	assert_string_equal(format_count(1234).s, "1.23K");
	assert_string_equal(format_count(45600000).s, "45.6M");
	assert_string_equal(format_count(999400).s, "999K");
	assert_string_equal(format_count(999600).s, "1.00M");
	assert_string_equal(format_count(UINT64_MAX).s, "18.4E");
}

static void sizes(void **state)
{
	(void)state;
	assert_string_equal(format_size(1023).s, "1023");
	assert_string_equal(format_size(1024).s, "1.00K");
	assert_string_equal(format_size(1 << 20).s, "1.00M");
	assert_string_equal(format_size((1 << 20) - 1).s, "1.00M");
	assert_string_equal(format_size(1000 << 10).s, "1000K");
	assert_string_equal(format_size(UINT64_MAX).s, "16.0E");
}

static void durations(void **state)
{
	(void)state;
	assert_string_equal(format_duration(0).s, "0s");
	assert_string_equal(format_duration(7).s, "7ns");
	assert_string_equal(format_duration(250000000).s, "250ms");
	assert_string_equal(format_duration(30000000000).s, "30s");
	assert_string_equal(format_duration(29500000000).s, "29s500ms");
	assert_string_equal(format_duration(5400000000000).s, "1h30m");
	assert_string_equal(format_duration(86400000000000).s, "1d");
	assert_string_equal(format_duration(TTLMAP_TTL_NEVER).s, "never");
}

static void the_rest(void **state)
{
	(void)state;
	assert_string_equal(format_percent(1, 8).s, "12.5%");
	assert_string_equal(format_percent(3, 3).s, "100.0%");
	assert_string_equal(format_percent(0, 0).s, "-");
	assert_string_equal(format_exact(0).s, "0");
	assert_string_equal(format_exact(999).s, "999");
	assert_string_equal(format_exact(1000).s, "1,000");
	assert_string_equal(format_exact(UINT64_MAX).s, "18,446,744,073,709,551,615");
	assert_string_equal(format_latency(730).s, "730ns");
	assert_string_equal(format_latency(1240).s, "1.24us");
	assert_string_equal(format_latency(45600000).s, "45.6ms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
