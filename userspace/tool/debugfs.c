// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "debugfs.h"
#include "fields.h"

static int bad(void)
{
	errno = EPROTO;
	return -1;
}

int summary_begin(struct summary_reader *reader, FILE *file)
{
	return table_begin(&reader->table, file);
}

int summary_next(struct summary_reader *reader, struct ttlmap_stat *stat)
{
	const struct table *table = &reader->table;
	int ret = table_next(&reader->table);

	memset(stat, 0, sizeof(*stat));
	for (size_t i = 0; ret > 0 && i < table->columns; i++)
		if (!field_set(stat, table->name[i], table->value[i]) &&
		    !strcmp(table->name[i], "name"))
			ret = bad();
	return ret;
}

void summary_end(struct summary_reader *reader)
{
	table_end(&reader->table);
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
