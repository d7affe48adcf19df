// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fields.h"
#include "json_out.h"

/* Every flag that the ABI has is known by name, and by the option to make it. */
static void flags(void **state)
{
	unsigned int all = TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH |
			   TTLMAP_F_SLIDING | TTLMAP_F_COUNTERS | TTLMAP_F_VERSIONS |
			   TTLMAP_F_OWNERS | TTLMAP_F_RECLAIM | TTLMAP_F_PREALLOC |
			   TTLMAP_F_PRIVATE;
	struct json_object *array = json_map_flags(all);

	(void)state;
	assert_int_equal(json_object_array_length(array), __builtin_popcount(all));
	json_object_put(array);
	for (unsigned int flag = 1; flag <= TTLMAP_F_PRIVATE; flag <<= 1)
		assert_non_null(map_flag_option(flag));
	assert_null(map_flag_option(TTLMAP_F_PRIVATE << 1));
}

static void counts_are_of_the_interval(void **state)
{
	struct ttlmap_stat before = { .id = 7, .entries = 5, .hits = 100, .adds = 3 };
	struct ttlmap_stat now = { .id = 7, .entries = 4, .hits = 110, .adds = 3,
				   .popped = 1, .jitter_ns = 9, .frozen = 1 };

	(void)state;
	stat_since(&now, &before);
	assert_int_equal(now.id, 7);
	assert_int_equal(now.entries, 4);
	assert_int_equal(now.hits, 10);
	assert_int_equal(now.adds, 0);
	assert_int_equal(now.popped, 1);
	assert_int_equal(now.jitter_ns, 9);
	assert_int_equal(now.frozen, 1);
}

/* What debugfs and JSON call a figure is what the structure calls it. */
static void names(void **state)
{
	static const char *const added[] = {
		"jitter_ns", "frozen", "owned_entries", "popped", "cleared", "reclaimed",
		"owner_gone", "touches", "adds", "canceled",
	};
	struct ttlmap_stat stat = { 0 };
	struct json_object *object;

	(void)state;
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		assert_true(field_set(&stat, added[i], "42"));
	assert_int_equal(stat.jitter_ns, 42);
	assert_int_equal(stat.canceled, 42);
	assert_false(field_set(&stat, "no_such_figure", "1"));
	assert_false(field_set(&stat, "adds", "many"));
	object = json_stat(&stat);
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		struct json_object *value;

		assert_true(json_object_object_get_ex(object, added[i], &value));
		assert_int_equal(json_object_get_uint64(value), 42);
	}
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags),
		cmocka_unit_test(counts_are_of_the_interval),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
