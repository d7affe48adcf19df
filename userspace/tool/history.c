// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "table.h"

static struct period make_period(const struct table *table)
{
	return (struct period){
		.period_s = table_number(table, "period_s"),
		.time_ns = table_number(table, "time_ns"),
		.entries = table_number(table, "entries"),
		.live_bytes = table_number(table, "live_bytes"),
		.stale_bytes = table_number(table, "stale_bytes"),
		.retired_bytes = table_number(table, "retired_bytes"),
		.table_bytes = table_number(table, "table_bytes"),
		.unread_bytes = table_number(table, "unread_bytes"),
		.hits = table_number(table, "hits"),
		.misses = table_number(table, "misses"),
		.inserts = table_number(table, "inserts"),
		.evicted = table_number(table, "evicted"),
		.expired = table_number(table, "expired"),
	};
}

static int append(struct history *history, const struct table *table)
{
	struct period *period;

	period = reallocarray(history->period, history->count + 1, sizeof(*period));
	if (!period)
		return -1;
	history->period = period;
	history->period[history->count++] = make_period(table);
	return 0;
}

int history_read(FILE *file, struct history *history)
{
	struct table table;
	int ret;

	memset(history, 0, sizeof(*history));
	if (table_begin(&table, file))
		return -1;
	while ((ret = table_next(&table)) > 0) {
		ret = append(history, &table);
		if (ret)
			break;
	}
	table_end(&table);
	if (ret)
		history_free(history);
	return ret;
}

void history_free(struct history *history)
{
	free(history->period);
	memset(history, 0, sizeof(*history));
}

uint64_t period_resident(const struct period *period)
{
	return period->live_bytes + period->stale_bytes + period->retired_bytes +
	       period->table_bytes;
}
