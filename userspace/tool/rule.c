// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rule.h"
#include "ttlmap.h"

static const char *const names[TTLMAP_ALARMS] = {
	[TTLMAP_ALARM_GROWTH] = "growth",
	[TTLMAP_ALARM_UNREAD] = "unread",
	[TTLMAP_ALARM_OWNER] = "owner",
	[TTLMAP_ALARM_STALE] = "stale",
	[TTLMAP_ALARM_OVERDUE] = "overdue",
	[TTLMAP_ALARM_RETIRED] = "retired",
	[TTLMAP_ALARM_COLLISIONS] = "collisions",
};

const char *rule_name(unsigned int rule)
{
	return rule < TTLMAP_ALARMS ? names[rule] : "?";
}

int rule_by_name(const char *name)
{
	for (unsigned int i = 0; i < TTLMAP_ALARMS; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

struct text rule_figure(unsigned int rule, uint64_t figure)
{
	struct text text;

	if (rule == TTLMAP_ALARM_OVERDUE)
		return format_duration(figure);
	if (rule == TTLMAP_ALARM_COLLISIONS)
		return format_count(figure);
	snprintf(text.s, sizeof(text.s), "%" PRIu64 "%%", figure);
	return text;
}

struct text rule_figure_by_name(const char *name, uint64_t figure)
{
	int rule = rule_by_name(name);

	return rule < 0 ? format_exact(figure) : rule_figure(rule, figure);
}
