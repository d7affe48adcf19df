// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "command.h"
#include "ttlmap.h"
#include "typed.h"

static const struct handle plain = { .name = "plain" };
static const struct handle counters = { .name = "counters", .flags = TTLMAP_F_COUNTERS };

static void bytes_are_kept(void **state)
{
	struct typed typed = typed_text("12\n");

	(void)state;
	assert_int_equal(typed_for(&typed, &plain), 0);
	assert_int_equal(typed_len(&typed, &plain), 3);
	assert_memory_equal(typed_bytes(&typed, &plain), "12\n", 3);
}

static void numbers_are_eight_bytes(void **state)
{
	struct typed typed = typed_text("-2\n");
	uint64_t number;

	(void)state;
	assert_int_equal(typed_for(&typed, &counters), 0);
	assert_int_equal(typed_len(&typed, &counters), sizeof(number));
	memcpy(&number, typed_bytes(&typed, &counters), sizeof(number));
	assert_int_equal(number, UINT64_MAX - 1);
}

static void others_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "many", "1\n\n", "1 ", "00000000000000000000000000000000000000001",
	};
	struct typed nul = { .text = "1\0002", .len = 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct typed typed = typed_text(bad[i]);

		assert_int_equal(typed_for(&typed, &counters), EXIT_USAGE);
	}
	assert_int_equal(typed_for(&nul, &counters), EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_kept),
		cmocka_unit_test(numbers_are_eight_bytes),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
