// SPDX-License-Identifier: GPL-2.0
/* What is added to a recording, and what is taken away again. */
#include <stdlib.h>
#include <string.h>

#include "recorder.h"

/* Runs a statement, whose rows nobody asks for, and takes it back. */
static int finish(sqlite3_stmt *statement)
{
	int ret = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	sqlite3_finalize(statement);
	return ret == SQLITE_DONE ? 0 : -1;
}

static sqlite3_stmt *prepare_with(const struct recording *recording, const char *sql,
				  int64_t first, int64_t second)
{
	sqlite3_stmt *statement = recording_prepare(recording, sql);

	if (statement) {
		sqlite3_bind_int64(statement, 1, first);
		sqlite3_bind_int64(statement, 2, second);
	}
	return statement;
}

/* Fields by the names of the columns; 1 with a row, 0 without, -1 for trouble. */
static int take_row(sqlite3_stmt *statement, struct ttlmap_stat *stat)
{
	int ret = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	memset(stat, 0, sizeof(*stat));
	for (int i = 0; ret == SQLITE_ROW && i < sqlite3_column_count(statement); i++) {
		const struct field *field = field_find(sqlite3_column_name(statement, i));

		if (field)
			field_put(stat, field, sqlite3_column_int64(statement, i));
	}
	sqlite3_finalize(statement);
	return ret == SQLITE_ROW ? 1 : ret == SQLITE_DONE ? 0 : -1;
}

/* Adds a row with a column for each field of a kind. */
static int insert_fields(const struct recording *recording, const char *table,
			 bool (*has)(const struct field *field), int64_t time, int64_t map,
			 const struct ttlmap_stat *stat)
{
	sqlite3_str *names = sqlite3_str_new(recording->db);
	sqlite3_str *values = sqlite3_str_new(recording->db);
	char *sql, *name_list, *value_list;
	sqlite3_stmt *statement;

	for (const struct field *f = fields; f->name; f++) {
		if (!has(f))
			continue;
		sqlite3_str_appendf(names, ", %s", f->name);
		sqlite3_str_appendf(values, ", %lld", (long long)field_get(stat, f));
	}
	name_list = sqlite3_str_finish(names);
	value_list = sqlite3_str_finish(values);
	sql = sqlite3_mprintf("INSERT OR REPLACE INTO %s (time, map%s) VALUES (?, ?%s)", table,
			      name_list, value_list);
	statement = sql ? prepare_with(recording, sql, time, map) : NULL;
	sqlite3_free(name_list);
	sqlite3_free(value_list);
	sqlite3_free(sql);
	return finish(statement);
}

static sqlite3_stmt *prepare_map(const struct recording *recording, const char *sql,
				 const struct look *look, const struct ttlmap_stat *stat)
{
	sqlite3_stmt *statement = recording_prepare(recording, sql);

	if (statement) {
		sqlite3_bind_text(statement, 1, look->boot, -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 2, stat->id);
		sqlite3_bind_text(statement, 3, (const char *)stat->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 4, look->time_ms);
	}
	return statement;
}

/* The latest map of that id in this boot, which may have lost its name since; 0 for none. */
static int64_t last_map(const struct recording *recording, const struct look *look,
			const struct ttlmap_stat *stat)
{
	static const char sql[] =
		"SELECT map FROM map WHERE boot = ? AND id = ? AND (name = ?3 OR ?3 = '')"
		" AND first <= ? ORDER BY map DESC LIMIT 1";
	sqlite3_stmt *statement = prepare_map(recording, sql, look, stat);
	int ret = statement ? sqlite3_step(statement) : SQLITE_ERROR;
	int64_t map = ret == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

	sqlite3_finalize(statement);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? map : -1;
}

/* Where the module was loaded anew ids begin anew, and so do counts. */
static bool began_anew(const struct ttlmap_stat *now, const struct ttlmap_stat *was)
{
	for (const struct field *f = fields; f->name; f++)
		if (f->kind == FIELD_COUNT && field_get(now, f) < field_get(was, f))
			return true;
	return false;
}

static int64_t new_map(const struct recording *recording, const struct look *look,
		       const struct ttlmap_stat *stat)
{
	static const char sql[] =
		"INSERT INTO map (boot, id, name, first, last) VALUES (?1, ?2, ?3, ?4, ?4)";

	if (finish(prepare_map(recording, sql, look, stat)))
		return -1;
	return sqlite3_last_insert_rowid(recording->db);
}

/* The number under which a map is recorded. */
static int64_t find_map(const struct recording *recording, const struct look *look,
			const struct ttlmap_stat *stat)
{
	static const char last_sample[] =
		"SELECT sample.* FROM map JOIN sample ON sample.map = map.map AND time = last"
		" WHERE map.map = ?1";
	int64_t map = last_map(recording, look, stat);
	struct ttlmap_stat was;
	int ret;

	if (map < 0)
		return -1;
	if (!map)
		return new_map(recording, look, stat);
	ret = take_row(prepare_with(recording, last_sample, map, 0), &was);
	if (ret < 0)
		return -1;
	if (ret && began_anew(stat, &was))
		return new_map(recording, look, stat);
	return finish(prepare_with(recording, "UPDATE map SET last = ?1 WHERE map = ?2",
				   look->time_ms, map)) ? -1 : map;
}

/* Settings are written when they change. */
static int add_setting(const struct recording *recording, int64_t time, int64_t map,
		       const struct ttlmap_stat *stat)
{
	static const char last_setting[] =
		"SELECT * FROM setting WHERE map = ?1 ORDER BY time DESC LIMIT 1";
	struct ttlmap_stat was;
	int ret = take_row(prepare_with(recording, last_setting, map, 0), &was);

	if (ret < 0)
		return -1;
	for (const struct field *f = fields; ret && f->name; f++)
		if (recording_settings_field(f) && field_get(stat, f) != field_get(&was, f))
			ret = 0;
	return ret ? 0 : insert_fields(recording, "setting", recording_settings_field, time,
				       map, stat);
}

/* Whether a rule has been raised or cleared since it was last written. */
static int alarm_changed(const struct recording *recording, int64_t map,
			 const struct alarm *alarm)
{
	static const char sql[] =
		"SELECT raised, state FROM alarm WHERE map = ?1 AND rule = ?3"
		" ORDER BY time DESC LIMIT 1";
	sqlite3_stmt *statement = prepare_with(recording, sql, map, 0);
	uint64_t raised = 0;
	bool on = false;
	int ret;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 3, alarm->rule, -1, SQLITE_STATIC);
	ret = sqlite3_step(statement);
	if (ret == SQLITE_ROW) {
		raised = sqlite3_column_int64(statement, 0);
		on = sqlite3_column_int64(statement, 1);
	}
	sqlite3_finalize(statement);
	if (ret != SQLITE_ROW && ret != SQLITE_DONE)
		return -1;
	return alarm->raised != raised || alarm->on != on;
}

static int add_alarm(const struct recording *recording, const struct look *look, int64_t map,
		     const struct alarm *alarm)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO alarm (map, time, rule, state, since, raised, figure,"
		" threshold, owner_pid, owner_share, command)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	uint64_t now_ns = look->maps->at_ns;
	uint64_t ago_ns = now_ns > alarm->since_ns ? now_ns - alarm->since_ns : 0;
	sqlite3_stmt *statement = prepare_with(recording, sql, map, look->time_ms);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 3, alarm->rule, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, alarm->on);
	sqlite3_bind_int64(statement, 5, look->time_ms - (int64_t)(ago_ns / 1000000));
	sqlite3_bind_int64(statement, 6, alarm->raised);
	sqlite3_bind_int64(statement, 7, alarm->figure);
	sqlite3_bind_int64(statement, 8, alarm->threshold);
	sqlite3_bind_int64(statement, 9, alarm->owner_pid);
	sqlite3_bind_int64(statement, 10, alarm->owner_share);
	sqlite3_bind_text(statement, 11, alarm->command, -1, SQLITE_STATIC);
	return finish(statement);
}

static int add_alarms(const struct recording *recording, const struct look *look, int64_t map,
		      const struct alarms *alarms)
{
	for (size_t i = 0; i < alarms->count; i++) {
		const struct alarm *alarm = &alarms->alarm[i];
		int changed = alarm_changed(recording, map, alarm);

		if (changed < 0 || (changed && add_alarm(recording, look, map, alarm)))
			return -1;
	}
	return 0;
}

static int add_map(const struct recording *recording, const struct look *look, size_t i)
{
	const struct ttlmap_stat *stat = &look->maps->map[i];
	int64_t map = find_map(recording, look, stat);

	if (map < 0)
		return -1;
	return insert_fields(recording, "sample", recording_samples_field, look->time_ms, map,
			     stat) ||
	       add_setting(recording, look->time_ms, map, stat) ||
	       add_alarms(recording, look, map, &look->alarms[i]);
}

static int add_look(const struct recording *recording, const struct look *look)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO look (time, maps, hidden) VALUES (?, ?, ?)";
	sqlite3_stmt *statement = prepare_with(recording, sql, look->time_ms,
					       look->maps->count);

	if (statement)
		sqlite3_bind_int64(statement, 3, look->maps->hidden);
	if (finish(statement))
		return -1;
	for (size_t i = 0; i < look->maps->count; i++)
		if (add_map(recording, look, i))
			return -1;
	return 0;
}

int recorder_add(const struct recording *recording, const struct look *look)
{
	int status;

	if (!recording_run(recording, "BEGIN IMMEDIATE") && !add_look(recording, look) &&
	    !recording_run(recording, "COMMIT"))
		return 0;
	status = recording_trouble(recording);
	/* Some failures have rolled back by themselves. */
	if (!sqlite3_get_autocommit(recording->db))
		recording_run(recording, "ROLLBACK");
	return status;
}

int recorder_forget(const struct recording *recording, int64_t before_ms)
{
	static const char *const statements[] = {
		"DELETE FROM sample WHERE time < ?1",
		"DELETE FROM look WHERE time < ?1",
		"DELETE FROM map WHERE last < ?1",
		/* Of what does not change the last before is what still holds. */
		"DELETE FROM setting WHERE time < ?1 AND EXISTS (SELECT 1 FROM setting AS later"
		" WHERE later.map = setting.map AND later.time > setting.time AND later.time <= ?1)",
		"DELETE FROM alarm WHERE time < ?1 AND EXISTS (SELECT 1 FROM alarm AS later"
		" WHERE later.map = alarm.map AND later.rule = alarm.rule"
		" AND later.time > alarm.time)",
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (finish(prepare_with(recording, statements[i], before_ms, 0)))
			return recording_trouble(recording);
	if (recording_run(recording, "PRAGMA incremental_vacuum"))
		return recording_trouble(recording);
	return 0;
}
