// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

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

	free(*line);
	*line = NULL;
	if (getline(line, &size, file) >= 0)
		return 1;
	free(*line);
	*line = NULL;
	return ferror(file) ? -1 : 0;
}

static size_t count_words(const char *text)
{
	size_t words = 0;

	while (*(text += strspn(text, SEPARATORS))) {
		words++;
		text += strcspn(text, SEPARATORS);
	}
	return words;
}

static void cut(char *text, char **words)
{
	char *more;

	for (char *word = strtok_r(text, SEPARATORS, &more); word;
	     word = strtok_r(NULL, SEPARATORS, &more))
		*words++ = word;
}

static int take_header(struct table *table)
{
	char *names = table->header + 2;

	table->columns = count_words(names);
	table->name = calloc(table->columns + 1, sizeof(*table->name));
	table->value = calloc(table->columns + 1, sizeof(*table->value));
	if (!table->name || !table->value)
		return -1;
	cut(names, table->name);
	return 0;
}

int table_begin(struct table *table, FILE *file)
{
	int ret;

	memset(table, 0, sizeof(*table));
	table->file = file;
	ret = get_line(file, &table->header);
	if (ret > 0)
		ret = strncmp(table->header, "# ", 2) ? bad() : take_header(table);
	else
		ret = ret < 0 ? -1 : bad();
	if (ret)
		table_end(table);
	return ret;
}

int table_next(struct table *table)
{
	int ret = get_line(table->file, &table->line);

	if (ret <= 0)
		return ret;
	if (count_words(table->line) != table->columns)
		return bad();
	cut(table->line, table->value);
	return 1;
}

void table_end(struct table *table)
{
	free(table->header);
	free(table->line);
	free(table->name);
	free(table->value);
	memset(table, 0, sizeof(*table));
}

const char *table_text(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->columns; i++)
		if (!strcmp(table->name[i], name))
			return table->value[i];
	return "-";
}

uint64_t table_number(const struct table *table, const char *name)
{
	return strtoull(table_text(table, name), NULL, 10);
}
