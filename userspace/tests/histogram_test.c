// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "histogram.h"

static struct histogram histogram, other;

static void clear(void)
{
	memset(&histogram, 0, sizeof(histogram));
	memset(&other, 0, sizeof(other));
}

static void nothing(void **state)
{
	(void)state;
	clear();
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	assert_int_equal(histogram_percentile(&histogram, 100), 0);
}

static void small_figures_are_exact(void **state)
{
	(void)state;
	clear();
	for (uint64_t i = 1; i <= 20; i++)
		histogram_add(&histogram, i);
	assert_int_equal(histogram_percentile(&histogram, 50), 10);
	assert_int_equal(histogram_percentile(&histogram, 90), 18);
	assert_int_equal(histogram_percentile(&histogram, 99), 20);
	assert_int_equal(histogram_percentile(&histogram, 100), 20);
	assert_int_equal(histogram_percentile(&histogram, 0), 1);
}

/* Any figure comes back as itself or up to 1/32 more. */
static void large_figures_are_close(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		for (int step = -1; step <= 1; step++) {
			uint64_t figure = (1ULL << bit) + step;
			uint64_t found;

			clear();
			histogram_add(&histogram, figure);
			histogram.max = UINT64_MAX;
			found = histogram_percentile(&histogram, 100);
			assert_true(found >= figure);
			assert_true(found - figure <= figure / HISTOGRAM_SUB);
		}
	}
}

static void the_largest_is_exact(void **state)
{
	(void)state;
	clear();
	histogram_add(&histogram, 1000001);
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram_percentile(&histogram, 100), UINT64_MAX);
	histogram_add(&other, 5);
	histogram_merge(&other, &histogram);
	assert_int_equal(other.count, 3);
	assert_int_equal(other.max, UINT64_MAX);
	assert_int_equal(histogram_percentile(&other, 33), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(small_figures_are_exact),
		cmocka_unit_test(large_figures_are_close),
		cmocka_unit_test(the_largest_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
