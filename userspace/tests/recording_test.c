// SPDX-License-Identifier: GPL-2.0
/* What is recorded is there again, whoever died; what is old goes; nothing else is touched. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "command.h"
#include "recorder.h"
#include "span.h"

#define MINUTE_MS 60000LL

static char folder[] = "/tmp/ttlmap-recording-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/record.db", folder);
	return 0;
}

static int tear_down(void **state)
{
	char beside[80];

	(void)state;
	unlink(path);
	snprintf(beside, sizeof(beside), "%s-wal", path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", path);
	unlink(beside);
	return 0;
}

static struct ttlmap_stat make_stat(uint64_t id, const char *name, uint64_t entries)
{
	struct ttlmap_stat stat = {
		.id = id,
		.max_entries = 1000,
		.entries = entries,
		.resident_bytes = 100 * entries,
		.hits = 2 * entries,
		.inserts = entries,
		.collision_evicted = UINT64_MAX,
	};

	memcpy(stat.name, name, strlen(name));
	return stat;
}

static void add(const struct recording *recording, int64_t time_ms, struct ttlmap_stat *stat,
		size_t count, const struct alarms *alarms)
{
	struct maps maps = { .map = stat, .count = count, .at_ns = 5000000000 };
	struct look look = {
		.time_ms = time_ms,
		.boot = "boot",
		.maps = &maps,
		.alarms = alarms,
	};

	assert_int_equal(recorder_add(recording, &look), 0);
}

static int64_t ask(const char *sql)
{
	struct recording recording;
	sqlite3_stmt *statement;
	int64_t number;

	assert_int_equal(recording_open(&recording, path), 0);
	statement = recording_prepare(&recording, sql);
	assert_non_null(statement);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	recording_close(&recording);
	return number;
}

static void looks_are_there_again(void **state)
{
	struct alarms none[2] = { 0 };
	struct recording recording;
	struct ttlmap_stat stat[2];
	struct span span;
	int64_t last;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	for (int i = 1; i <= 5; i++) {
		stat[0] = make_stat(3, "sessions", 10ULL * i);
		stat[1] = make_stat(4, "", i);
		add(&recording, i * MINUTE_MS, stat, 2, none);
	}
	recording_close(&recording);
	/* Another recorder goes on. */
	assert_int_equal(recording_create(&recording, path), 0);
	stat[0] = make_stat(3, "sessions", 60);
	stat[0].max_entries = 2000;
	add(&recording, 6 * MINUTE_MS, stat, 1, none);
	recording_close(&recording);

	assert_int_equal(recording_open(&recording, path), 0);
	assert_int_equal(span_last_look(&recording, &last), 0);
	assert_int_equal(last, 6 * MINUTE_MS);
	assert_int_equal(span_read(&recording, MINUTE_MS, 6 * MINUTE_MS, &span), 0);
	assert_int_equal(span.looks, 5);
	assert_int_equal(span.count, 2);
	assert_string_equal(span.series[0].title, "#4");
	assert_string_equal(span.series[1].title, "sessions");
	assert_int_equal(span.series[0].count, 4);
	assert_int_equal(span.series[1].count, 5);
	assert_int_equal(span.series[1].point[0].stat.entries, 20);
	assert_int_equal(span.series[1].point[4].stat.resident_bytes, 6000);
	assert_int_equal(span.series[1].point[4].stat.hits, 120);
	assert_int_equal(span.series[1].setting.max_entries, 2000);
	span_free(&span);
	assert_int_equal(span_read(&recording, 0, 5 * MINUTE_MS, &span), 0);
	assert_int_equal(span_find(&span, "sessions")->setting.max_entries, 1000);
	span_free(&span);
	recording_close(&recording);
	assert_int_equal(ask("SELECT count(*) FROM setting"), 3);
	assert_int_equal(ask("SELECT count(*) FROM map"), 2);
	assert_int_equal(ask("SELECT min(collision_evicted) FROM sample"), -1);
}

/* An id comes again when the module is loaded anew; a map without its name is the same. */
static void lives_are_told_apart(void **state)
{
	struct alarms none[1] = { 0 };
	struct recording recording;
	struct ttlmap_stat stat;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	stat = make_stat(1, "a", 100);
	add(&recording, 1, &stat, 1, none);
	stat = make_stat(1, "", 110);
	add(&recording, 2, &stat, 1, none);
	stat = make_stat(1, "a", 7);
	add(&recording, 3, &stat, 1, none);
	stat = make_stat(1, "b", 8);
	add(&recording, 4, &stat, 1, none);
	recording_close(&recording);
	assert_int_equal(ask("SELECT count(*) FROM map"), 3);
	assert_int_equal(ask("SELECT count(*) FROM sample WHERE map = 1"), 2);
	assert_int_equal(ask("SELECT last FROM map WHERE map = 1"), 2);
}

static void alarms_that_rise(void **state)
{
	struct ttlmap_stat stat = make_stat(1, "a", 1);
	struct alarms alarms = { .count = 2, .alarm = {
		{ .rule = "growth" },
		{ .rule = "unread", .on = true, .raised = 3, .since_ns = 4000000000, .figure = 93,
		  .threshold = 50, .owner_pid = 7, .owner_share = 91, .command = "leaky" },
	} };
	struct recording recording;
	const struct rise *rise;
	struct span span;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	add(&recording, 10000, &stat, 1, &alarms);
	add(&recording, 20000, &stat, 1, &alarms);
	alarms.alarm[1].on = false;
	add(&recording, 30000, &stat, 1, &alarms);
	alarms.alarm[1].on = true;
	alarms.alarm[1].raised = 5;
	add(&recording, 40000, &stat, 1, &alarms);
	assert_int_equal(span_read(&recording, 0, 10000, &span), 0);
	assert_int_equal(span.series[0].rises, 1);
	assert_int_equal(span.series[0].rise[0].times, 3);
	assert_int_equal(span.series[0].rise[0].since_ms, 9000);
	span_free(&span);
	assert_int_equal(span_read(&recording, 10000, 30000, &span), 0);
	assert_int_equal(span.series[0].rises, 0);
	span_free(&span);
	assert_int_equal(span_read(&recording, 30000, 40000, &span), 0);
	assert_int_equal(span.series[0].rises, 1);
	rise = &span.series[0].rise[0];
	assert_string_equal(rise->rule, "unread");
	assert_int_equal(rise->times, 2);
	assert_true(rise->on);
	assert_int_equal(rise->figure, 93);
	assert_int_equal(rise->owner_share, 91);
	assert_string_equal(rise->command, "leaky");
	span_free(&span);
	recording_close(&recording);
	assert_int_equal(ask("SELECT count(*) FROM alarm"), 3);
}

static void what_is_old_goes(void **state)
{
	struct alarms none[2] = { 0 };
	struct recording recording;
	struct ttlmap_stat stat[2];
	int64_t pages;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	assert_int_equal(recording_run(&recording, "PRAGMA synchronous = OFF"), 0);
	for (int i = 1; i <= 2000; i++) {
		stat[0] = make_stat(1, "stays", i);
		stat[0].max_entries = i / 500;
		stat[1] = make_stat(2, "goes", i);
		add(&recording, i, stat, i < 1000 ? 2 : 1, none);
	}
	pages = ask("PRAGMA page_count");
	assert_int_equal(recorder_forget(&recording, 1900), 0);
	recording_close(&recording);
	assert_int_equal(ask("SELECT count(*) FROM map"), 1);
	assert_int_equal(ask("SELECT count(*) FROM sample"), 101);
	assert_int_equal(ask("SELECT count(*) FROM look"), 101);
	assert_int_equal(ask("SELECT count(*) FROM setting"), 2);
	assert_true(ask("PRAGMA page_count") < pages / 4);
}

static void only_one_records(void **state)
{
	struct recording one, other;

	(void)state;
	assert_int_equal(recording_create(&one, path), 0);
	assert_int_equal(recording_create(&other, path), EXIT_TROUBLE);
	recording_close(&one);
	assert_int_equal(recording_create(&other, path), 0);
	recording_close(&other);
}

static void each_commit_reaches_the_disk(void **state)
{
	struct recording recording;
	sqlite3_stmt *statement;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	statement = recording_prepare(&recording, "PRAGMA journal_mode");
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((char *)sqlite3_column_text(statement, 0), "wal");
	sqlite3_finalize(statement);
	statement = recording_prepare(&recording, "PRAGMA synchronous");
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(statement, 0), 2);
	sqlite3_finalize(statement);
	recording_close(&recording);
}

/* Adds one look after the other, and says so once when the first is there. */
static void record_forever(int round, int begun)
{
	struct ttlmap_stat stat = make_stat(1, "a", 1);
	struct alarms none[1] = { 0 };
	struct recording recording;

	if (recording_create(&recording, path))
		_exit(1);
	for (int64_t at = 1; ; at++) {
		add(&recording, 100000LL * round + at, &stat, 1, none);
		if (at == 1 && write(begun, "", 1) != 1)
			_exit(1);
	}
}

static void kill_a_recorder(int round)
{
	int begun[2], status;
	pid_t child;
	char byte;

	assert_int_equal(pipe(begun), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		record_forever(round, begun[1]);
	close(begun[1]);
	assert_int_equal(read(begun[0], &byte, 1), 1);
	close(begun[0]);
	usleep(2000 * round);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* Killed in the middle of it: what was committed is there, and no half of anything. */
static void killed_recorders(void **state)
{
	(void)state;
	for (int round = 1; round <= 10; round++) {
		kill_a_recorder(round);
		assert_int_equal(ask("SELECT count(*) FROM pragma_integrity_check"
				     " WHERE integrity_check = 'ok'"), 1);
		assert_int_equal(ask("SELECT count(*) FROM look LEFT JOIN sample USING (time)"
				     " WHERE sample.map IS NULL"), 0);
	}
	assert_true(ask("SELECT count(*) FROM look") >= 10);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void others_files_stay_as_they_are(void **state)
{
	struct recording recording;
	struct stat st;
	sqlite3 *db;

	(void)state;
	write_file("no database at all, but long enough to be looked at as if it were one");
	assert_int_equal(recording_create(&recording, path), EXIT_TROUBLE);
	assert_int_equal(recording_open(&recording, path), EXIT_TROUBLE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 69);
	unlink(path);

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE theirs (x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(recording_create(&recording, path), EXIT_TROUBLE);
	assert_int_equal(recording_open(&recording, path), EXIT_TROUBLE);
	unlink(path);

	assert_int_equal(recording_create(&recording, path), 0);
	assert_int_equal(recording_run(&recording, "PRAGMA user_version = 2"), 0);
	recording_close(&recording);
	assert_int_equal(recording_create(&recording, path), EXIT_TROUBLE);
	assert_int_equal(recording_open(&recording, path), EXIT_TROUBLE);
	unlink(path);
	assert_int_equal(recording_open(&recording, path), EXIT_TROUBLE);
}

/* What an earlier version knew nothing of reads as zero, and is recorded from then on. */
static void figures_of_later_versions(void **state)
{
	struct alarms none[1] = { 0 };
	struct ttlmap_stat stat = make_stat(1, "a", 5);
	struct recording recording;

	(void)state;
	assert_int_equal(recording_create(&recording, path), 0);
	add(&recording, 1, &stat, 1, none);
	assert_int_equal(recording_run(&recording, "ALTER TABLE sample DROP COLUMN misses"), 0);
	recording_close(&recording);
	assert_int_equal(recording_create(&recording, path), 0);
	stat.misses = 9;
	add(&recording, 2, &stat, 1, none);
	recording_close(&recording);
	assert_int_equal(ask("SELECT misses FROM sample WHERE time = 1"), 0);
	assert_int_equal(ask("SELECT misses FROM sample WHERE time = 2"), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(looks_are_there_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lives_are_told_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(alarms_that_rise, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_old_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_one_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_commit_reaches_the_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(killed_recorders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(others_files_stay_as_they_are, set_up, tear_down),
		cmocka_unit_test_setup_teardown(figures_of_later_versions, set_up, tear_down),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
