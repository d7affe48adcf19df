// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "span.h"

#define POINT_COLUMNS \
	"entries, resident_bytes, live_bytes, stale_bytes, retired_bytes, table_bytes," \
	" hits, misses, inserts, evicted, expired, refused"
#define POINT_FIGURES (sizeof(struct point_figures) / sizeof(uint64_t))

/* So many looks that no more than SPAN_LOOKS_MAX are left, the last one among them. */
static const char points_sql[] =
	"WITH numbered AS (SELECT time, row_number() OVER (ORDER BY time DESC) - 1 AS n"
	" FROM look WHERE time > ?1 AND time <= ?2)"
	" SELECT map.map, map.id, map.name, sample.time, " POINT_COLUMNS
	" FROM numbered JOIN sample ON sample.time = numbered.time"
	" JOIN map ON map.map = sample.map WHERE n % ?3 = 0 ORDER BY sample.time, map.map";

static const char rises_sql[] =
	"SELECT map.id, map.name, rule, state, max(since), figure, threshold, owner_pid,"
	" owner_share, command,"
	" max(raised) - coalesce((SELECT max(raised) FROM alarm AS was"
	"  WHERE was.map = alarm.map AND was.rule = alarm.rule AND was.time <= ?1), 0) AS times"
	" FROM alarm JOIN map ON map.map = alarm.map"
	" WHERE alarm.time > ?1 AND alarm.time <= ?2 GROUP BY alarm.map, rule HAVING times > 0"
	" ORDER BY rule";

static const char settings_sql[] =
	"SELECT map.id, map.name, setting.* FROM setting JOIN map ON map.map = setting.map"
	" WHERE setting.time <= ?2 AND map.last > ?1 AND map.first <= ?2 ORDER BY setting.time";

static const char looks_sql[] = "SELECT count(*) FROM look WHERE time > ?1 AND time <= ?2";

static sqlite3_stmt *prepare(const struct recording *recording, const char *sql,
			     const struct span *span)
{
	sqlite3_stmt *statement = recording_prepare(recording, sql);

	if (statement) {
		sqlite3_bind_int64(statement, 1, span->from_ms);
		sqlite3_bind_int64(statement, 2, span->to_ms);
	}
	return statement;
}

/* Takes each row; returns 0, or EXIT_TROUBLE with a message. */
static int each_row(const struct recording *recording, sqlite3_stmt *statement,
		    struct span *span, int (*take)(struct span *span, sqlite3_stmt *row))
{
	int ret = statement ? SQLITE_ROW : SQLITE_ERROR;
	int status = 0;

	while (ret == SQLITE_ROW) {
		ret = sqlite3_step(statement);
		if (ret == SQLITE_ROW && take(span, statement))
			ret = SQLITE_NOMEM;
	}
	if (ret != SQLITE_DONE)
		status = recording_trouble(recording);
	sqlite3_finalize(statement);
	return status;
}

static void make_title(char *title, size_t size, const char *name, int64_t id)
{
	if (name[0])
		snprintf(title, size, "%s", name);
	else
		snprintf(title, size, "#%lld", (long long)id);
}

const struct series *span_find(const struct span *span, const char *title)
{
	for (size_t i = 0; i < span->count; i++)
		if (!strcmp(span->series[i].title, title))
			return &span->series[i];
	return NULL;
}

static struct series *find_or_add(struct span *span, const char *name, int64_t id)
{
	struct series *series, new = { .named = name[0] };

	make_title(new.title, sizeof(new.title), name, id);
	series = (struct series *)span_find(span, new.title);
	if (series)
		return series;
	series = reallocarray(span->series, span->count + 1, sizeof(*series));
	if (!series)
		return NULL;
	span->series = series;
	span->series[span->count] = new;
	return &span->series[span->count++];
}

static const char *text(sqlite3_stmt *row, int column)
{
	const char *value = (const char *)sqlite3_column_text(row, column);

	return value ? value : "";
}

static int take_point(struct span *span, sqlite3_stmt *row)
{
	struct series *series = find_or_add(span, text(row, 2), sqlite3_column_int64(row, 1));
	uint64_t figures[POINT_FIGURES];
	struct point *point;

	if (!series)
		return -1;
	/* Room for twice as many whenever there is a power of two of them. */
	if (!(series->count & (series->count - 1))) {
		point = reallocarray(series->point, series->count ? 2 * series->count : 1,
				     sizeof(*point));
		if (!point)
			return -1;
		series->point = point;
	}
	point = &series->point[series->count++];
	point->map = sqlite3_column_int64(row, 0);
	point->time_ms = sqlite3_column_int64(row, 3);
	for (size_t i = 0; i < POINT_FIGURES; i++)
		figures[i] = sqlite3_column_int64(row, 4 + (int)i);
	memcpy(&point->stat, figures, sizeof(figures));
	return 0;
}

static int take_rise(struct span *span, sqlite3_stmt *row)
{
	struct series *series = find_or_add(span, text(row, 1), sqlite3_column_int64(row, 0));
	struct rise *rise;

	if (!series)
		return -1;
	rise = reallocarray(series->rise, series->rises + 1, sizeof(*rise));
	if (!rise)
		return -1;
	series->rise = rise;
	rise += series->rises++;
	*rise = (struct rise){
		.on = sqlite3_column_int64(row, 3),
		.since_ms = sqlite3_column_int64(row, 4),
		.figure = sqlite3_column_int64(row, 5),
		.threshold = sqlite3_column_int64(row, 6),
		.owner_pid = sqlite3_column_int64(row, 7),
		.owner_share = sqlite3_column_int64(row, 8),
		.times = sqlite3_column_int64(row, 10),
	};
	snprintf(rise->rule, sizeof(rise->rule), "%s", text(row, 2));
	snprintf(rise->command, sizeof(rise->command), "%s", text(row, 9));
	return 0;
}

/* Later ones overwrite earlier ones. */
static int take_setting(struct span *span, sqlite3_stmt *row)
{
	char title[TTLMAP_NAME_SIZE + 8];
	struct series *series;

	make_title(title, sizeof(title), text(row, 1), sqlite3_column_int64(row, 0));
	series = (struct series *)span_find(span, title);
	for (int i = 2; series && i < sqlite3_column_count(row); i++) {
		const struct field *field = field_find(sqlite3_column_name(row, i));

		if (field)
			field_put(&series->setting, field, sqlite3_column_int64(row, i));
	}
	return 0;
}

static int take_looks(struct span *span, sqlite3_stmt *row)
{
	span->looks = sqlite3_column_int64(row, 0);
	return 0;
}

int span_last_look(const struct recording *recording, int64_t *time_ms)
{
	sqlite3_stmt *statement = recording_prepare(recording, "SELECT max(time) FROM look");
	int ret = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	*time_ms = ret == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	ret = ret == SQLITE_ROW ? 0 : recording_trouble(recording);
	sqlite3_finalize(statement);
	return ret;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct series *)a)->title, ((const struct series *)b)->title);
}

static int read_points(const struct recording *recording, struct span *span)
{
	sqlite3_stmt *statement = prepare(recording, points_sql, span);

	if (statement)
		sqlite3_bind_int64(statement, 3, 1 + (int64_t)(span->looks / SPAN_LOOKS_MAX));
	return each_row(recording, statement, span, take_point);
}

int span_read(const struct recording *recording, int64_t from_ms, int64_t to_ms,
	      struct span *span)
{
	int status;

	*span = (struct span){ .from_ms = from_ms, .to_ms = to_ms };
	status = each_row(recording, prepare(recording, looks_sql, span), span, take_looks);
	if (!status)
		status = read_points(recording, span);
	if (!status)
		status = each_row(recording, prepare(recording, rises_sql, span), span, take_rise);
	if (!status)
		status = each_row(recording, prepare(recording, settings_sql, span), span,
				  take_setting);
	if (status)
		span_free(span);
	else if (span->count)
		qsort(span->series, span->count, sizeof(*span->series), compare);
	return status;
}

void span_free(struct span *span)
{
	for (size_t i = 0; i < span->count; i++) {
		free(span->series[i].point);
		free(span->series[i].rise);
	}
	free(span->series);
	span->series = NULL;
	span->count = 0;
}
