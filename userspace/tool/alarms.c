// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alarms.h"
#include "debugfs.h"
#include "table.h"

static struct alarm make_alarm(const struct table *table)
{
	struct alarm alarm = {
		.on = !strcmp(table_text(table, "state"), "on"),
		.since_ns = table_number(table, "since_ns"),
		.raised = table_number(table, "raised"),
		.figure = table_number(table, "figure"),
		.threshold = table_number(table, "threshold"),
		.owner_pid = table_number(table, "owner_pid"),
		.owner_share = table_number(table, "owner_share"),
	};

	snprintf(alarm.rule, sizeof(alarm.rule), "%s", table_text(table, "rule"));
	snprintf(alarm.command, sizeof(alarm.command), "%s", table_text(table, "command"));
	return alarm;
}

int alarms_read(FILE *file, struct alarms *alarms)
{
	struct table table;
	int ret;

	memset(alarms, 0, sizeof(*alarms));
	if (table_begin(&table, file))
		return -1;
	while ((ret = table_next(&table)) > 0) {
		if (alarms->count == ALARM_RULES_MAX) {
			errno = EPROTO;
			ret = -1;
			break;
		}
		alarms->alarm[alarms->count++] = make_alarm(&table);
	}
	table_end(&table);
	return ret;
}

int alarms_of(uint64_t id, struct alarms *alarms)
{
	FILE *file = debugfs_open(id, "alarms");
	int ret;

	memset(alarms, 0, sizeof(*alarms));
	if (!file)
		return errno == ENOENT || errno == EACCES ? 0 : -1;
	ret = alarms_read(file, alarms);
	fclose(file);
	return ret;
}

struct alarms *alarms_of_maps(const struct maps *maps)
{
	struct alarms *alarms = calloc(maps->count + 1, sizeof(*alarms));

	for (size_t i = 0; alarms && i < maps->count; i++) {
		if (alarms_of(maps->map[i].id, &alarms[i])) {
			free(alarms);
			return NULL;
		}
	}
	return alarms;
}

const struct alarm *alarms_find(const struct alarms *alarms, const char *rule)
{
	for (size_t i = 0; i < alarms->count; i++)
		if (!strcmp(alarms->alarm[i].rule, rule))
			return &alarms->alarm[i];
	return NULL;
}
