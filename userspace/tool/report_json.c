// SPDX-License-Identifier: GPL-2.0
#include "json_out.h"
#include "report.h"

static struct json_object *json_span(const struct span *span)
{
	struct json_object *object = json_new_object();

	json_add_number(object, "from_ms", span->from_ms);
	json_add_number(object, "to_ms", span->to_ms);
	json_add_number(object, "looks", span->looks);
	return object;
}

static struct json_object *json_usage(const struct usage *usage)
{
	const struct point_figures *total = &usage->total;
	struct json_object *object = json_new_object();
	uint64_t lookups = total->hits + total->misses;

	json_add_number(object, "samples", usage->points);
	json_add_real(object, "mean_entries", usage->entries);
	json_add_real(object, "mean_resident_bytes", usage->resident_bytes);
	json_add_number(object, "entries", total->entries);
	json_add_number(object, "resident_bytes", total->resident_bytes);
	json_add_number(object, "live_bytes", total->live_bytes);
	json_add_number(object, "stale_bytes", total->stale_bytes);
	json_add_number(object, "retired_bytes", total->retired_bytes);
	json_add_number(object, "table_bytes", total->table_bytes);
	json_add_number(object, "hits", total->hits);
	json_add_number(object, "misses", total->misses);
	json_add_number(object, "inserts", total->inserts);
	json_add_number(object, "evicted", total->evicted);
	json_add_number(object, "expired", total->expired);
	json_add_number(object, "refused", total->refused);
	if (lookups)
		json_add_real(object, "hit_ratio", (double)total->hits / (double)lookups);
	else
		json_add_null(object, "hit_ratio");
	return object;
}

static struct json_object *json_rise(const struct rise *rise)
{
	struct json_object *object = json_new_object();

	json_add_text(object, "rule", rise->rule);
	json_add_number(object, "times", rise->times);
	json_add(object, "on", json_object_new_boolean(rise->on));
	json_add_number(object, "since_ms", rise->since_ms);
	json_add_number(object, "figure", rise->figure);
	json_add_number(object, "threshold", rise->threshold);
	json_add_number(object, "owner_pid", rise->owner_pid);
	json_add_number(object, "owner_share", rise->owner_share);
	json_add_text(object, "command", rise->command);
	return object;
}

static struct json_object *json_rises(const struct series *series)
{
	struct json_object *array = json_new_array();

	for (size_t i = 0; series && i < series->rises; i++)
		json_append(array, json_rise(&series->rise[i]));
	return array;
}

static void add_setting(const struct compared *map, const struct field *field, uint64_t was,
			uint64_t now, void *context)
{
	struct json_object *object = json_new_object();

	(void)map;
	json_add_text(object, "setting", field->name);
	json_add_number(object, "was", was);
	json_add_number(object, "now", now);
	json_append(context, object);
}

static struct json_object *json_compared(const struct compared *map, bool baseline)
{
	struct json_object *object = json_new_object();
	struct json_object *settings = json_new_array();

	json_add_text(object, "map", compared_title(map));
	json_add(object, "grows", json_object_new_boolean(map->growth.grows));
	json_add_real(object, "bytes_a_day", map->growth.bytes_a_day);
	json_add_real(object, "bytes_a_week", 7 * map->growth.bytes_a_day);
	json_add_real(object, "entries_a_day", map->growth.entries_a_day);
	if (map->growth.full_in_ms >= 0)
		json_add_number(object, "full_in_ms", map->growth.full_in_ms);
	else
		json_add_null(object, "full_in_ms");
	json_add(object, "came", json_object_new_boolean(baseline && !map->was));
	json_add(object, "went", json_object_new_boolean(!map->now));
	json_add(object, "span", json_usage(&map->usage));
	json_add(object, "baseline", json_usage(&map->baseline));
	json_add(object, "alarms", json_rises(map->now));
	compared_settings(map, add_setting, settings);
	json_add(object, "changed", settings);
	return object;
}

void report_print_json(const struct comparison *comparison)
{
	struct json_object *object = json_new_object();
	struct json_object *maps = json_new_array();

	json_add(object, "span", json_span(comparison->span));
	json_add(object, "baseline", json_span(comparison->baseline));
	for (size_t i = 0; i < comparison->count; i++)
		json_append(maps, json_compared(&comparison->map[i],
						comparison->baseline->looks));
	json_add(object, "maps", maps);
	json_print_pretty(object);
}
