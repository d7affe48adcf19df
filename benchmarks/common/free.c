// SPDX-License-Identifier: GPL-2.0
/*
 * Free pages are those of the zones and those that processors keep at hand, which
 * MemFree leaves out.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "free.h"

#define STILL_BYTES	65536
#define STILL_US	200000

/* Counters of pages are kept by processor as well: have them added up. */
static void refresh(void)
{
	static const char path[] = "/proc/sys/vm/stat_refresh";
	FILE *file = fopen(path, "we");

	if (!file || fputs("1", file) < 0 || fclose(file))
		err(1, "%s", path);
}

static uint64_t free_now(void)
{
	static const char path[] = "/proc/zoneinfo";
	uint64_t pages = 0, number;
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	refresh();
	file = fopen(path, "re");
	if (!file)
		err(1, "%s", path);
	while (getline(&line, &room, file) > 0)
		if (sscanf(line, " nr_free_pages %lu", &number) == 1 ||
		    sscanf(line, " count: %lu", &number) == 1)
			pages += number;
	free(line);
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

uint64_t free_bytes(void)
{
	uint64_t before, after = free_now();

	do {
		before = after;
		usleep(STILL_US);
		after = free_now();
	} while (after > before + STILL_BYTES);
	return after;
}
