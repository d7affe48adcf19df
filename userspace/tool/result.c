// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "fields.h"
#include "format.h"
#include "json_out.h"
#include "result.h"

static const struct percentile {
	double percent;
	const char *title;
	const char *name;
} percentiles[] = {
	{ 50, "p50", "p50_ns" },
	{ 90, "p90", "p90_ns" },
	{ 99, "p99", "p99_ns" },
	{ 99.9, "p99.9", "p99_9_ns" },
	{ 100, "max", "max_ns" },
};

#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static double per_second(const struct result *result)
{
	return result->elapsed_ns ? result->requests * 1e9 / result->elapsed_ns : 0;
}

static double bytes_per_entry(const struct ttlmap_stat *stat)
{
	return stat->entries ? (double)stat->resident_bytes / stat->entries : 0;
}

/* Retired memory is on its way back: how much there is depends on the moment. */
static double settled_bytes_per_entry(const struct ttlmap_stat *stat)
{
	uint64_t settled = stat->resident_bytes - stat->retired_bytes;

	return stat->entries ? (double)settled / stat->entries : 0;
}

static void print_latencies(const char *name, const struct histogram *histogram)
{
	printf("%-12s", name);
	for (size_t i = 0; i < PERCENTILES; i++)
		printf(" %8s", format_latency(histogram_percentile(histogram,
								   percentiles[i].percent)).s);
	putchar('\n');
}

static void print_latency_table(const struct result *result)
{
	printf("%-12s", "latency");
	for (size_t i = 0; i < PERCENTILES; i++)
		printf(" %8s", percentiles[i].title);
	putchar('\n');
	print_latencies("  lookup", &result->lookups);
	print_latencies("  insert", &result->updates);
}

static void print_bytes(const struct ttlmap_stat *stat)
{
	printf("%-12s %s resident = %s live + %s stale + %s retired + %s table\n", "bytes",
	       format_size(stat->resident_bytes).s, format_size(stat->live_bytes).s,
	       format_size(stat->stale_bytes).s, format_size(stat->retired_bytes).s,
	       format_size(stat->table_bytes).s);
	printf("%-12s %s entries; %.1f bytes each, %.1f without what is retired\n", "",
	       format_exact(stat->entries).s, bytes_per_entry(stat),
	       settled_bytes_per_entry(stat));
}

void result_print(const struct result *result)
{
	const struct stream *stream = result->plan->stream;
	const struct ttlmap_stat *before = &result->before, *after = &result->after;

	printf("%-12s %s requests for %s keys by %u process%s in %s\n", "replayed",
	       format_exact(result->requests).s, format_exact(stream->key_count).s,
	       result->processes, result->processes == 1 ? "" : "es",
	       format_latency(result->elapsed_ns).s);
	printf("%-12s %s, capacity %s entries\n", "map", result->plan->map,
	       format_exact(after->max_entries).s);
	printf("%-12s %s requests per second\n", "rate", format_exact(per_second(result)).s);
	printf("%-12s %.2f%%; an exact LRU of the same capacity has %.2f%%\n", "hits",
	       100.0 * result->hits / result->requests,
	       100.0 * result->lru_hits / result->requests);
	printf("%-12s %s evicted, %s expired, %s refused\n", "gone",
	       format_exact(after->evicted - before->evicted).s,
	       format_exact(after->expired - before->expired).s,
	       format_exact(result->refused).s);
	print_bytes(after);
	print_latency_table(result);
}

static struct json_object *json_latencies(const struct histogram *histogram)
{
	struct json_object *object = json_new_object();

	json_add_number(object, "count", histogram->count);
	for (size_t i = 0; i < PERCENTILES; i++)
		json_add_number(object, percentiles[i].name,
				histogram_percentile(histogram, percentiles[i].percent));
	return object;
}

void result_print_json(const struct result *result)
{
	const struct ttlmap_stat *before = &result->before, *after = &result->after;
	struct json_object *object = json_new_object();

	json_add_text(object, "map", result->plan->map);
	json_add_number(object, "requests", result->requests);
	json_add_number(object, "keys", result->plan->stream->key_count);
	json_add_number(object, "keys_cut", result->plan->stream->cut);
	json_add_number(object, "processes", result->processes);
	json_add_number(object, "elapsed_ns", result->elapsed_ns);
	json_add_real(object, "requests_per_second", per_second(result));
	json_add_number(object, "capacity", after->max_entries);
	json_add_number(object, "hits", result->hits);
	json_add_number(object, "lru_hits", result->lru_hits);
	json_add_real(object, "hit_ratio", (double)result->hits / result->requests);
	json_add_real(object, "lru_hit_ratio", (double)result->lru_hits / result->requests);
	json_add_number(object, "evicted", after->evicted - before->evicted);
	json_add_number(object, "expired", after->expired - before->expired);
	json_add_number(object, "refused", result->refused);
	json_add_real(object, "bytes_per_entry", bytes_per_entry(after));
	json_add_real(object, "settled_bytes_per_entry", settled_bytes_per_entry(after));
	json_add(object, "lookup_latency", json_latencies(&result->lookups));
	json_add(object, "insert_latency", json_latencies(&result->updates));
	json_add(object, "stat", json_stat(after));
	json_print_pretty(object);
}
