// SPDX-License-Identifier: GPL-2.0
/* A table in memory that processes share, with a column that says when a row expires. */
#include <err.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "entries.h"
#include "peer.h"

#define NAME	"sqlite"
#define FILE_NAME	"/dev/shm/bench.sqlite"

/* No crash is to be survived: what is in memory would not be. */
#define SETUP	"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"			\
		"CREATE TABLE IF NOT EXISTS map (key BLOB PRIMARY KEY, value BLOB,"	\
		" expires INTEGER) WITHOUT ROWID"

static sqlite3 *database;
static sqlite3_stmt *select_one, *select_all, *replace;

static void must(int rc, int wanted)
{
	if (rc != wanted)
		errx(1, NAME ": %s", sqlite3_errmsg(database));
}

static void execute(const char *sql)
{
	must(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement;

	must(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
	return statement;
}

static void sqlite_open(void)
{
	must(sqlite3_open(FILE_NAME, &database), SQLITE_OK);
	execute(SETUP);
	select_one = prepare("SELECT value FROM map WHERE key = ? AND expires > ?");
	select_all = prepare("SELECT key, value FROM map WHERE expires > ?");
	replace = prepare("REPLACE INTO map VALUES (?1, ?3, ?2)");
}

static void bind_key(sqlite3_stmt *statement, size_t at, time_t expires)
{
	must(sqlite3_bind_blob(statement, 1, entries_key(at), entries.key_size, SQLITE_STATIC),
	     SQLITE_OK);
	must(sqlite3_bind_int64(statement, 2, expires), SQLITE_OK);
}

static size_t lookup(size_t at)
{
	bind_key(select_one, at, time(NULL));
	must(sqlite3_step(select_one), SQLITE_ROW);
	entries_check(NAME, at, sqlite3_column_blob(select_one, 0));
	must(sqlite3_reset(select_one), SQLITE_OK);
	return 1;
}

static size_t update(size_t at)
{
	char value[VALUE_MOST];

	entries_value(at, value);
	bind_key(replace, at, time(NULL) + entries_ttl(at));
	must(sqlite3_bind_blob(replace, 3, value, entries.value_size, SQLITE_STATIC), SQLITE_OK);
	must(sqlite3_step(replace), SQLITE_DONE);
	must(sqlite3_reset(replace), SQLITE_OK);
	return 1;
}

static size_t transaction(size_t (*call)(size_t at), size_t at)
{
	execute("BEGIN");
	for (size_t i = at; i < at + BATCH; i++)
		call(i);
	execute("COMMIT");
	return BATCH;
}

static size_t lookup_64(size_t at)
{
	return transaction(lookup, at);
}

static size_t update_64(size_t at)
{
	return transaction(update, at);
}

static size_t scan(size_t at)
{
	size_t count = 0;
	int rc;

	(void)at;
	must(sqlite3_bind_int64(select_all, 1, time(NULL)), SQLITE_OK);
	while ((rc = sqlite3_step(select_all)) == SQLITE_ROW)
		count++;
	must(rc, SQLITE_DONE);
	must(sqlite3_reset(select_all), SQLITE_OK);
	return count;
}

const struct peer peer_sqlite = {
	.name = NAME,
	.open = sqlite_open,
	.calls = { lookup, lookup_64, update, update_64, scan },
};
