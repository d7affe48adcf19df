// SPDX-License-Identifier: GPL-2.0
/* What a map tells of: names, lines, objects. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "escape.h"
#include "event.h"
#include "json_out.h"
#include "rule.h"
#include "watch.h"

static const char *const names[] = {
	[TTLMAP_EVENT_EXPIRED] = "expired",
	[TTLMAP_EVENT_EVICTED] = "evicted",
	[TTLMAP_EVENT_DELETED] = "deleted",
	[TTLMAP_EVENT_REPLACED] = "replaced",
	[TTLMAP_EVENT_POPPED] = "popped",
	[TTLMAP_EVENT_OWNER_GONE] = "owner-gone",
	[TTLMAP_EVENT_CLEARED] = "cleared",
	[TTLMAP_EVENT_ALARM] = "alarm",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

int event_by_name(const char *name)
{
	for (unsigned int i = TTLMAP_EVENT_EXPIRED; i < NAMES; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *event_name(unsigned int event)
{
	return event < NAMES ? names[event] : NULL;
}

static const char *key_of(const struct ttlmap_event *event)
{
	return (const char *)event + event->head;
}

static const void *value_of(const struct ttlmap_event *event)
{
	return key_of(event) + ((event->key_len + 7) & ~7U);
}

static bool has_value(const struct ttlmap_event *event)
{
	return !(event->flags & TTLMAP_EVENT_NO_VALUE);
}

static size_t command_len(const struct ttlmap_alarm *alarm)
{
	return strnlen((const char *)alarm->owner_command, sizeof(alarm->owner_command));
}

static void print_alarm(const struct ttlmap_alarm *alarm)
{
	printf("%s\t%s\t%s of %s", alarm->on ? "raised" : "ended", rule_name(alarm->rule),
	       rule_figure(alarm->rule, alarm->figure).s,
	       rule_figure(alarm->rule, alarm->threshold).s);
	if (!alarm->owner_id)
		return;
	printf("\t%" PRIu32 "%% by ", alarm->owner_share);
	escape_to(stdout, alarm->owner_command, command_len(alarm));
	printf(" (%" PRIu32 ")", alarm->owner_pid);
}

static void print_entry(const struct ttlmap_event *event, const struct show *show)
{
	show_key(show, key_of(event), event->key_len);
	putchar('\t');
	if (has_value(event))
		show_value(show, value_of(event), event->value_len);
	else
		putchar('-');
	printf("\t%s", format_duration(event->idle_ns).s);
}

void event_print(const struct ttlmap_event *event, const struct show *show)
{
	const char *name = event_name(event->event);

	if (event->dropped)
		printf("%s\tdropped\t%" PRIu64 "\n", watch_time().s, (uint64_t)event->dropped);
	printf("%s\t%s\t", watch_time().s, name ?: "?");
	if (event->event == TTLMAP_EVENT_ALARM)
		print_alarm(value_of(event));
	else
		print_entry(event, show);
	putchar('\n');
}

static void json_alarm(struct json_object *to, const struct ttlmap_alarm *alarm)
{
	json_add_text(to, "rule", rule_name(alarm->rule));
	json_add_text(to, "state", alarm->on ? "on" : "off");
	json_add_number(to, "figure", alarm->figure);
	json_add_number(to, "threshold", alarm->threshold);
	if (!alarm->owner_id)
		return;
	json_add_number(to, "owner_id", alarm->owner_id);
	json_add_number(to, "owner_pid", alarm->owner_pid);
	json_add_number(to, "owner_share", alarm->owner_share);
	json_add_bytes(to, "owner_command", alarm->owner_command, command_len(alarm));
}

static void json_entry(struct json_object *to, const struct ttlmap_event *event,
		       const struct show *show)
{
	json_show_key(to, show, key_of(event), event->key_len);
	if (has_value(event))
		json_show_value(to, show, value_of(event), event->value_len);
	else
		json_add_number(to, "value_len", event->value_len);
	json_add_number(to, "idle_ns", event->idle_ns);
}

void event_print_json(const struct ttlmap_event *event, const struct show *show)
{
	struct json_object *object = json_new_object();

	json_add_text(object, "time", watch_json_time().s);
	json_add_text(object, "event", event_name(event->event) ?: "?");
	json_add_number(object, "at_ns", event->at_ns);
	json_add_number(object, "dropped", event->dropped);
	if (event->event == TTLMAP_EVENT_ALARM)
		json_alarm(object, value_of(event));
	else
		json_entry(object, event, show);
	json_print_line(object);
}
