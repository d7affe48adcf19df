/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_DEBUGFS_H
#define TOOL_DEBUGFS_H

#include <stdint.h>
#include <stdio.h>

#include "table.h"
#include "ttlmap.h"

#define DEBUGFS "/sys/kernel/debug/ttlmap"

/* All of these return -1 with errno; EPROTO for a file that reads like no other. */

/*
 * The next line of the summary of all maps, after the header that names its
 * columns.  Returns 1 with a map, 0 at the end.
 */
struct summary_reader {
	struct table table;
};

int summary_begin(struct summary_reader *reader, FILE *file);
int summary_next(struct summary_reader *reader, struct ttlmap_stat *stat);
void summary_end(struct summary_reader *reader);

/* A file of names and values, as DEBUGFS/ID/stats. */
int read_stats(FILE *file, struct ttlmap_stat *stat);

/* Opens a file of a map; NULL and errno if this user may not. */
FILE *debugfs_open(uint64_t id, const char *name);

#endif /* TOOL_DEBUGFS_H */
