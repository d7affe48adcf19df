// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "fields.h"

#define SEPARATORS " \t\n"

static int bad(void)
{
	errno = EPROTO;
	return -1;
}

/* A line into *line; 1, 0 at the end, -1 if it cannot be read. */
static int get_line(FILE *file, char **line)
{
	size_t size = 0;

	*line = NULL;
	if (getline(line, &size, file) >= 0)
		return 1;
	free(*line);
	*line = NULL;
	return ferror(file) ? -1 : 0;
}

int summary_begin(struct summary_reader *reader, FILE *file)
{
	int ret = get_line(file, &reader->header);

	reader->file = file;
	if (ret <= 0 || strncmp(reader->header, "# ", 2)) {
		free(reader->header);
		return ret < 0 ? -1 : bad();
	}
	return 0;
}

/* Columns are found by name, so that a later kernel may add some. */
static int take_columns(const char *header, char *line, struct ttlmap_stat *stat)
{
	char *names = strdup(header + 2);
	char *name, *value, *more_names, *more_values;
	bool good = true;

	if (!names)
		return -1;
	memset(stat, 0, sizeof(*stat));
	name = strtok_r(names, SEPARATORS, &more_names);
	value = strtok_r(line, SEPARATORS, &more_values);
	while (name && value) {
		if (!field_set(stat, name, value) && !strcmp(name, "name"))
			good = false;
		name = strtok_r(NULL, SEPARATORS, &more_names);
		value = strtok_r(NULL, SEPARATORS, &more_values);
	}
	/* A column more or less than the header has: do not guess which. */
	good = good && !name && !value;
	free(names);
	return good ? 1 : bad();
}

int summary_next(struct summary_reader *reader, struct ttlmap_stat *stat)
{
	char *line;
	int ret = get_line(reader->file, &line);

	if (ret > 0)
		ret = take_columns(reader->header, line, stat);
	free(line);
	return ret;
}

void summary_end(struct summary_reader *reader)
{
	free(reader->header);
}

int read_stats(FILE *file, struct ttlmap_stat *stat)
{
	char name[64], value[80];
	int found = 0;

	memset(stat, 0, sizeof(*stat));
	while (fscanf(file, "%63s %79s", name, value) == 2)
		found += field_set(stat, name, value);
	if (ferror(file))
		return -1;
	return found ? 0 : bad();
}

FILE *debugfs_open(uint64_t id, const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), DEBUGFS "/%" PRIu64 "/%s", id, name);
	return fopen(path, "re");
}
