/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_TABLE_H
#define TOOL_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct table - a file of lines whose first one names the columns
 * @file: where it is read from
 * @header: the first line, cut into names
 * @line: the current line, cut into values
 * @name: of each column
 * @value: of each column in the current line
 * @columns: how many
 *
 * Columns are found by name, so that a later kernel may add some.
 */
struct table {
	FILE *file;
	char *header;
	char *line;
	char **name;
	char **value;
	size_t columns;
};

/* Returns -1 with errno; EPROTO for a file that is no table. */
int table_begin(struct table *table, FILE *file);

/*
 * The next line.  Returns 1, 0 at the end, or -1 with errno: EPROTO for a line with
 * more or fewer values than there are columns.
 */
int table_next(struct table *table);

void table_end(struct table *table);

/* In the current line; "-" and 0 where there is no such column. */
const char *table_text(const struct table *table, const char *name);
uint64_t table_number(const struct table *table, const char *name);

#endif /* TOOL_TABLE_H */
