// SPDX-License-Identifier: GPL-2.0
/*
 * The figures of all maps as metrics, by Prometheus' conventions: base units, in the
 * name; _total for what counts; one family where a label tells the kinds apart.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "metrics.h"

#define NS 1000000000

enum type { TYPE_GAUGE, TYPE_COUNTER };

static const char *const type_names[] = { "gauge", "counter" };

/* Of a family: the fields that it is made of, and the label that tells them apart. */
struct source {
	const char *field;
	const char *value;
};

/**
 * struct family - metrics of one name
 * @name: without _total
 * @unit: that its name ends with, or NULL
 * @help: a sentence
 * @label: that tells the sources apart, or NULL
 * @divisor: of the field's figure
 * @type: what it does with time
 * @limit: zero means that there is no such limit, and no such metric
 * @source: the fields
 */
struct family {
	const char *name;
	const char *unit;
	const char *help;
	const char *label;
	uint64_t divisor;
	enum type type;
	bool limit;
	const struct source *source;
};

#define SOURCE(field) (const struct source[]){ { field, NULL }, { 0 } }
#define GAUGE(name, unit, field, help) \
	{ name, unit, help, NULL, 1, TYPE_GAUGE, false, SOURCE(field) }
#define SECONDS(name, field, help) \
	{ name, "seconds", help, NULL, NS, TYPE_GAUGE, false, SOURCE(field) }
#define LIMIT(name, unit, divisor, field, help) \
	{ name, unit, help, NULL, divisor, TYPE_GAUGE, true, SOURCE(field) }
#define COUNTER(name, field, help) \
	{ name, NULL, help, NULL, 1, TYPE_COUNTER, false, SOURCE(field) }

static const struct source removals[] = {
	{ "deletes", "deleted" },
	{ "popped", "popped" },
	{ "cleared", "cleared" },
	{ "evicted", "evicted" },
	{ "reclaimed", "reclaimed" },
	{ "collision_evicted", "collision_evicted" },
	{ "expired", "expired" },
	{ "owner_gone", "owner_gone" },
	{ 0 }
};

static const struct source refusals[] = {
	{ "refused", "full" },
	{ "no_memory", "no_memory" },
	{ "canceled", "condition" },
	{ 0 }
};

static const struct family families[] = {
	GAUGE("ttlmap_entries", NULL, "entries", "Entries that are resident, stale ones included."),
	GAUGE("ttlmap_capacity_entries", NULL, "max_entries", "Most entries that the map holds."),
	LIMIT("ttlmap_capacity_bytes", "bytes", 1, "max_bytes",
	      "Most bytes of entries that the map holds; absent without such a limit."),
	GAUGE("ttlmap_resident_bytes", "bytes", "resident_bytes",
	      "All memory that is charged to the map: live, stale, retired and table."),
	GAUGE("ttlmap_live_bytes", "bytes", "live_bytes",
	      "Memory of entries that have not expired."),
	GAUGE("ttlmap_stale_bytes", "bytes", "stale_bytes",
	      "Memory of entries that have expired and are not reclaimed yet."),
	GAUGE("ttlmap_retired_bytes", "bytes", "retired_bytes",
	      "Memory that waits for an RCU grace period."),
	GAUGE("ttlmap_table_bytes", "bytes", "table_bytes",
	      "Memory of the table and of the map itself."),
	GAUGE("ttlmap_unread_bytes", "bytes", "unread_bytes",
	      "Memory of entries that were not read since they were written."),
	GAUGE("ttlmap_stale_entries", NULL, "stale_entries",
	      "Entries that have expired and are not reclaimed yet."),
	GAUGE("ttlmap_retired_entries", NULL, "retired_entries",
	      "Entries that wait for an RCU grace period."),
	SECONDS("ttlmap_oldest_stale_seconds", "oldest_stale_ns",
		"For how long the oldest stale entry has been stale."),
	SECONDS("ttlmap_expire_lag_max_seconds", "expire_lag_max_ns",
		"Longest time from a deadline to the removal of its entry."),
	GAUGE("ttlmap_owned_entries", NULL, "owned_entries",
	      "Entries that are bound to some descriptor."),
	LIMIT("ttlmap_default_ttl_seconds", "seconds", NS, "default_ttl_ns",
	      "TTL of an entry written without one; absent where those never expire."),
	GAUGE("ttlmap_frozen", NULL, "frozen", "1 if the map is frozen."),
	GAUGE("ttlmap_segments", NULL, "segments", "Segments of the table."),
	GAUGE("ttlmap_directory_slots", NULL, "directory_slots",
	      "Pointers in the directory of the table."),
	COUNTER("ttlmap_hits", "hits", "Lookups that found their key."),
	COUNTER("ttlmap_misses", "misses", "Lookups that did not find their key."),
	COUNTER("ttlmap_inserts", "inserts", "Updates of keys that were not there."),
	COUNTER("ttlmap_replaces", "replaces", "Updates of keys that were there."),
	COUNTER("ttlmap_adds", "adds", "Additions to counters that were there."),
	COUNTER("ttlmap_touches", "touches", "TTLs that were changed without a new value."),
	{ "ttlmap_removals", NULL, "Entries that went, by reason.", "reason", 1,
	  TYPE_COUNTER, false, removals },
	{ "ttlmap_refusals", NULL, "Operations not carried out, by reason.", "reason", 1,
	  TYPE_COUNTER, false, refusals },
	COUNTER("ttlmap_splits", "splits", "Segments that were split."),
	COUNTER("ttlmap_merges", "merges", "Pairs of segments that were merged."),
	COUNTER("ttlmap_directory_resizes", "directory_resizes",
		"Times that the directory doubled or halved."),
	COUNTER("ttlmap_retire_waits", "retire_waits",
		"Times that a writer waited because too much was retired."),
};

#define FAMILIES (sizeof(families) / sizeof(families[0]))

/* OpenMetrics has the family's name here, the older format that of its samples. */
static void print_head(FILE *out, enum metrics_format format, const char *name, enum type type,
		       const char *unit, const char *help)
{
	const char *suffix = format == METRICS_TEXT && type == TYPE_COUNTER ? "_total" : "";

	fprintf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix,
		type_names[type]);
	if (unit && format == METRICS_OPENMETRICS)
		fprintf(out, "# UNIT %s %s\n", name, unit);
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			putc('\\', out);
		putc(*text, out);
	}
}

/* Up to the last label; ids are what maps of the same name differ by. */
static void print_labels(FILE *out, const struct ttlmap_stat *map, const char *name,
			 enum type type, const char *label, const char *value)
{
	fprintf(out, "%s%s{map=\"", name, type == TYPE_COUNTER ? "_total" : "");
	print_escaped(out, (const char *)map->name);
	fprintf(out, "\",id=\"%" PRIu64 "\"", (uint64_t)map->id);
	if (label) {
		fprintf(out, ",%s=\"", label);
		print_escaped(out, value);
		putc('"', out);
	}
	fputs("} ", out);
}

static void print_figure(FILE *out, uint64_t figure, uint64_t divisor)
{
	if (divisor == 1)
		fprintf(out, "%" PRIu64 "\n", figure);
	else
		fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", figure / divisor, figure % divisor);
}

static void print_samples(FILE *out, const struct family *family, const struct ttlmap_stat *map)
{
	for (const struct source *source = family->source; source->field; source++) {
		uint64_t figure = field_get(map, field_find(source->field));

		if (family->limit && !figure)
			continue;
		print_labels(out, map, family->name, family->type, family->label, source->value);
		print_figure(out, figure, family->divisor);
	}
}

/* Not every kernel's figures are known to every header that the tool is built with. */
static bool is_known(const struct family *family)
{
	return field_find(family->source[0].field);
}

static void print_family(FILE *out, const struct metrics *metrics, enum metrics_format format,
			 const struct family *family)
{
	if (!is_known(family))
		return;
	print_head(out, format, family->name, family->type, family->unit, family->help);
	for (size_t i = 0; i < metrics->maps.count; i++)
		print_samples(out, family, &metrics->maps.map[i]);
}

static void print_alarms(FILE *out, const struct metrics *metrics, enum metrics_format format,
			 const char *name, enum type type, const char *help)
{
	print_head(out, format, name, type, NULL, help);
	for (size_t i = 0; i < metrics->maps.count; i++) {
		const struct alarms *alarms = &metrics->alarms[i];

		for (size_t j = 0; j < alarms->count; j++) {
			const struct alarm *alarm = &alarms->alarm[j];

			print_labels(out, &metrics->maps.map[i], name, type, "rule", alarm->rule);
			print_figure(out, type == TYPE_COUNTER ? alarm->raised : alarm->on, 1);
		}
	}
}

/* A sample without labels. */
static void print_single(FILE *out, enum metrics_format format, const char *name,
			 const char *help, uint64_t figure)
{
	print_head(out, format, name, TYPE_GAUGE, NULL, help);
	fprintf(out, "%s %" PRIu64 "\n", name, figure);
}

void metrics_print(FILE *out, const struct metrics *metrics, enum metrics_format format)
{
	print_single(out, format, "ttlmap_maps", "Maps that the exporter sees.",
		     metrics->maps.count);
	print_single(out, format, "ttlmap_hidden_maps",
		     "Named maps that the exporter may not read.", metrics->maps.hidden);
	for (size_t i = 0; i < FAMILIES; i++)
		print_family(out, metrics, format, &families[i]);
	print_alarms(out, metrics, format, "ttlmap_alarm", TYPE_GAUGE,
		     "1 while the alarm is on.");
	print_alarms(out, metrics, format, "ttlmap_alarms_raised", TYPE_COUNTER,
		     "Times that the alarm was raised.");
	if (format == METRICS_OPENMETRICS)
		fputs("# EOF\n", out);
}

const char *metrics_content_type(enum metrics_format format)
{
	return format == METRICS_OPENMETRICS ?
	       "application/openmetrics-text; version=1.0.0; charset=utf-8" :
	       "text/plain; version=0.0.4; charset=utf-8";
}

int metrics_read(struct metrics *metrics)
{
	if (maps_read_all(&metrics->maps))
		return -1;
	metrics->alarms = alarms_of_maps(&metrics->maps);
	if (metrics->alarms)
		return 0;
	maps_free(&metrics->maps);
	return -1;
}

void metrics_free(struct metrics *metrics)
{
	free(metrics->alarms);
	maps_free(&metrics->maps);
}
