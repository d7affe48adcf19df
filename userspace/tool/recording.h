/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_RECORDING_H
#define TOOL_RECORDING_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "fields.h"

#define RECORDING_DEFAULT "/var/lib/ttlmap/record.db"

/*
 * A file of SQLite's in which the figures of all maps are kept as time goes by.
 * ttlmap-record(1) describes its tables.  Times are milliseconds since 1970.
 */

/**
 * struct recording - such a file, open
 * @path: where it is
 * @db: SQLite's handle
 * @lock: descriptor that keeps other recorders away, -1 for one who reads
 */
struct recording {
	const char *path;
	sqlite3 *db;
	int lock;
};

/* To add to it: made if it is not there.  Both return EXIT_TROUBLE with a message. */
int recording_create(struct recording *recording, const char *path);

/* To read it. */
int recording_open(struct recording *recording, const char *path);

void recording_close(struct recording *recording);

/* Says what SQLite complains about; returns EXIT_TROUBLE. */
int recording_trouble(const struct recording *recording);

int recording_run(const struct recording *recording, const char *sql);

/* A statement; NULL where it cannot be.  sqlite3_finalize() takes it back. */
sqlite3_stmt *recording_prepare(const struct recording *recording, const char *sql);

/* The tables that have a column for each field of some kinds. */
bool recording_samples_field(const struct field *field);
bool recording_settings_field(const struct field *field);

#endif /* TOOL_RECORDING_H */
