// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "command.h"
#include "recording.h"
#include "trouble.h"

/* "ttlm": file(1) and SQLite's own tools tell the file by it. */
#define APPLICATION_ID 0x74746c6d
#define SCHEMA_VERSION 1
#define BUSY_MS 10000

/* What a look cost must not be lost, nor what was recorded before: sync at each commit. */
static const char durable[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"PRAGMA foreign_keys = ON;";

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS look ("
	" time INTEGER PRIMARY KEY, maps INTEGER NOT NULL, hidden INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS map ("
	" map INTEGER PRIMARY KEY, boot TEXT NOT NULL, id INTEGER NOT NULL,"
	" name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;"
	"CREATE INDEX IF NOT EXISTS map_by_id ON map (boot, id);"
	"CREATE TABLE IF NOT EXISTS sample ("
	" time INTEGER NOT NULL, map INTEGER NOT NULL REFERENCES map ON DELETE CASCADE,"
	" PRIMARY KEY (time, map)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS setting ("
	" map INTEGER NOT NULL REFERENCES map ON DELETE CASCADE, time INTEGER NOT NULL,"
	" PRIMARY KEY (map, time)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS alarm ("
	" map INTEGER NOT NULL REFERENCES map ON DELETE CASCADE, rule TEXT NOT NULL,"
	" time INTEGER NOT NULL, state INTEGER NOT NULL, since INTEGER NOT NULL,"
	" raised INTEGER NOT NULL, figure INTEGER NOT NULL, threshold INTEGER NOT NULL,"
	" owner_pid INTEGER NOT NULL, owner_share INTEGER NOT NULL, command TEXT NOT NULL,"
	" PRIMARY KEY (map, rule, time)) STRICT, WITHOUT ROWID;"
	"COMMIT;";

bool recording_samples_field(const struct field *field)
{
	return field->kind == FIELD_LEVEL || field->kind == FIELD_COUNT;
}

bool recording_settings_field(const struct field *field)
{
	return field->kind == FIELD_SETTING;
}

int recording_trouble(const struct recording *recording)
{
	fflush(stdout);
	fprintf(stderr, "ttlmap: %s: %s\n", recording->path,
		recording->db ? sqlite3_errmsg(recording->db) : "out of memory");
	return EXIT_TROUBLE;
}

int recording_run(const struct recording *recording, const char *sql)
{
	return sqlite3_exec(recording->db, sql, NULL, NULL, NULL) ? -1 : 0;
}

sqlite3_stmt *recording_prepare(const struct recording *recording, const char *sql)
{
	sqlite3_stmt *statement;

	return sqlite3_prepare_v2(recording->db, sql, -1, &statement, NULL) ? NULL : statement;
}

/* A number that the file answers with; -1 where it does not. */
static int64_t ask(const struct recording *recording, const char *sql)
{
	sqlite3_stmt *statement = recording_prepare(recording, sql);
	int64_t number = -1;

	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static int not_ours(const struct recording *recording, const char *why)
{
	fprintf(stderr, "ttlmap: %s: %s\n", recording->path, why);
	return EXIT_TROUBLE;
}

static int check(const struct recording *recording)
{
	int64_t id = ask(recording, "PRAGMA application_id");
	int64_t version = ask(recording, "PRAGMA user_version");

	if (id < 0 || version < 0)
		return recording_trouble(recording);
	if (id != APPLICATION_ID)
		return not_ours(recording, "not a recording of `ttlmap record'");
	if (version > SCHEMA_VERSION)
		return not_ours(recording, "recorded by a later version of ttlmap");
	return 0;
}

/* Figures that a later module has become columns when there is something to put there. */
static int add_columns(const struct recording *recording, const char *table,
		       bool (*has)(const struct field *field))
{
	char sql[160];

	for (const struct field *f = fields; f->name; f++) {
		if (!has(f))
			continue;
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
			 table, f->name);
		if (ask(recording, sql) > 0)
			continue;
		snprintf(sql, sizeof(sql), "ALTER TABLE %s ADD COLUMN %s INTEGER NOT NULL DEFAULT 0",
			 table, f->name);
		if (recording_run(recording, sql))
			return -1;
	}
	return 0;
}

static int stamp(const struct recording *recording)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, SCHEMA_VERSION);
	return recording_run(recording, sql);
}

/* Nothing that somebody else wrote is touched. */
static int prepare(const struct recording *recording)
{
	int64_t tables = ask(recording, "SELECT count(*) FROM sqlite_schema");
	int status;

	if (tables < 0)
		return recording_trouble(recording);
	if (!tables && (recording_run(recording, "PRAGMA auto_vacuum = INCREMENTAL") ||
			stamp(recording)))
		return recording_trouble(recording);
	status = check(recording);
	if (status)
		return status;
	if (recording_run(recording, durable) || recording_run(recording, schema) ||
	    add_columns(recording, "sample", recording_samples_field) ||
	    add_columns(recording, "setting", recording_settings_field))
		return recording_trouble(recording);
	return 0;
}

/*
 * SQLite has locks of its own, which belong to the process: this descriptor is
 * opened before it opens the file and closed after it closed it.
 */
static int lock(struct recording *recording)
{
	recording->lock = open(recording->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (recording->lock < 0)
		return trouble_with(recording->path);
	if (!flock(recording->lock, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return trouble_with(recording->path);
	return not_ours(recording, "another `ttlmap record' is at work there");
}

static int open_db(struct recording *recording, int flags)
{
	if (sqlite3_open_v2(recording->path, &recording->db, flags, NULL))
		return recording_trouble(recording);
	sqlite3_busy_timeout(recording->db, BUSY_MS);
	return 0;
}

int recording_create(struct recording *recording, const char *path)
{
	int status;

	*recording = (struct recording){ .path = path, .lock = -1 };
	status = lock(recording);
	if (!status)
		status = open_db(recording, SQLITE_OPEN_READWRITE);
	if (!status)
		status = prepare(recording);
	if (status)
		recording_close(recording);
	return status;
}

int recording_open(struct recording *recording, const char *path)
{
	int status;

	*recording = (struct recording){ .path = path, .lock = -1 };
	status = open_db(recording, SQLITE_OPEN_READONLY);
	if (!status)
		status = check(recording);
	if (status)
		recording_close(recording);
	return status;
}

void recording_close(struct recording *recording)
{
	sqlite3_close(recording->db);
	if (recording->lock >= 0)
		close(recording->lock);
}
