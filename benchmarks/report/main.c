// SPDX-License-Identifier: GPL-2.0
/*
 * report FOLDER: makes of FOLDER/samples/ what people read, on standard output,
 * FOLDER/results.json and FOLDER/plots/.
 */
#include <err.h>
#include <stdlib.h>

#include "memory.h"
#include "output.h"

int main(int argc, char **argv)
{
	char *folder, *results, *plots;
	struct samples samples;

	if (argc != 2)
		errx(2, "usage: report FOLDER");
	folder = join_text(argv[1], "/samples");
	results = join_text(argv[1], "/results.json");
	plots = join_text(argv[1], "/plots");
	samples = samples_read(folder);
	table_print(&samples);
	json_write(&samples, results);
	plots_write(&samples, plots);
	samples_free(&samples);
	free(folder);
	free(results);
	free(plots);
	return 0;
}
