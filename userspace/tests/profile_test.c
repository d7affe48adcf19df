// SPDX-License-Identifier: GPL-2.0
/* Stacks of a map that is made up.  With an argument, leaves its profile there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pprof.h"

static struct owner made_up_owners[] = {
	{ .id = 3, .pid = 77, .command = "leaky;client", .entries = 80, .bytes = 10240 },
	{ .id = 1, .pid = 10, .command = "web", .entries = 10, .bytes = 1000, .read_bytes = 900 },
	{ .id = 4, .pid = 12, .gone = true, .command = "batch", .entries = 1, .bytes = 200,
	  .read_bytes = 200 },
	{ .id = 5, .command = "flow_table", .entries = 1, .bytes = 64, .read_bytes = 99 },
	{ .id = 0, .command = "-", .entries = 1, .bytes = 64 },
};

static const struct evidence made_up = {
	.stat = {
		.id = 3, .name = "sessions", .live_bytes = 11000, .stale_bytes = 600,
		.table_bytes = 4000, .retired_bytes = 500, .resident_bytes = 16100,
	},
	.owners = { made_up_owners, 5 },
};

static void folded(void **state)
{
	static const char wanted[] =
		"sessions;leaky,client 77;never read;up to 128 bytes 10240\n"
		"sessions;web 10;never read;up to 128 bytes 100\n"
		"sessions;web 10;read;up to 128 bytes 900\n"
		"sessions;batch 12 (ended);read;up to 256 bytes 200\n"
		"sessions;flow_table (module);read;up to 64 bytes 64\n"
		"sessions;others;never read;up to 64 bytes 64\n"
		"sessions;[entries of nobody known] 32\n"
		"sessions;[table] 4000\n"
		"sessions;[retired] 500\n";
	struct stacks stacks;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	assert_int_equal(stacks_make(&stacks, &made_up), 0);
	stacks_print_folded(&stacks, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, wanted);
	free(text);
	stacks_free(&stacks);
}

static void nothing_known(void **state)
{
	static const struct evidence empty = { .stat = { .id = 9 } };
	struct stacks stacks;

	(void)state;
	assert_int_equal(stacks_make(&stacks, &empty), 0);
	assert_int_equal(stacks.count, 0);
	stacks_free(&stacks);
}

static void full_disk(void **state)
{
	struct stacks stacks;

	(void)state;
	assert_int_equal(stacks_make(&stacks, &made_up), 0);
	assert_int_equal(pprof_write("/dev/full", &stacks, 0), -1);
	assert_int_equal(pprof_write("/nonexistent/file", &stacks, 0), -1);
	stacks_free(&stacks);
}

static int leave_profile(const char *path)
{
	struct stacks stacks;
	int ret;

	if (stacks_make(&stacks, &made_up))
		return 1;
	ret = pprof_write(path, &stacks, 1795000000000000000ULL);
	stacks_free(&stacks);
	return ret ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folded),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test(full_disk),
	};

	if (argc > 1)
		return leave_profile(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
