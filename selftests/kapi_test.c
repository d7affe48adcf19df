// SPDX-License-Identifier: GPL-2.0
/*
 * The API for other modules. Its tests are in a module of their own,
 * modules/kapi_*.c, each behind a file in debugfs: whatever is there is run.
 */
#include <dirent.h>
#include <kselftest.h>

#include "kmodules.h"

#define CASES	"/sys/kernel/debug/ttlmap_kapi_test/cases"

static int is_case(const struct dirent *file)
{
	return file->d_name[0] != '.';
}

/* What a case has to say is what is wrong. */
static void run_case(const char *name)
{
	char path[512], *said;

	snprintf(path, sizeof(path), CASES "/%s", name);
	said = file_read(path);
	if (!said)
		ksft_print_msg("%s cannot be read\n", path);
	else if (*said)
		ksft_print_msg("%s", said);
	ksft_test_result(said && !*said, "%s\n", name);
	free(said);
}

int main(void)
{
	struct dirent **files;
	int count, rc;

	ksft_print_header();
	rc = kmodule_load("ttlmap_kapi_test", "");
	if (rc)
		ksft_exit_fail_msg("the module with the tests does not load: %s\n", rc_name(rc));
	count = scandir(CASES, &files, is_case, alphasort);
	if (count <= 0)
		ksft_exit_fail_msg("no cases in " CASES "\n");
	ksft_set_plan(count + 1);
	for (int i = 0; i < count; i++)
		run_case(files[i]->d_name);
	rc = kmodule_unload("ttlmap_kapi_test");
	ksft_test_result(!rc && !live_maps(), "no map is left\n");
	ksft_finished();
}
