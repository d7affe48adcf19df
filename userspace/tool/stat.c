// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "debugfs.h"
#include "fields.h"
#include "flow.h"
#include "format.h"
#include "json_out.h"
#include "maps.h"
#include "occupancy.h"
#include "options.h"
#include "owner.h"
#include "parse.h"
#include "trouble.h"
#include "ttlmap.h"

#define SEGMENT_SLOTS 90
#define LINES_A_HEADER 20

enum {
	OPT_ID = 256,
};

struct request {
	const char *map;
	const char *interval;
	const char *count_text;
	const char *id_text;
	uint64_t id;
	uint64_t interval_ns;
	uint64_t count;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "an object, or an array of objects without MAP", 0 },
	{ "id", OPT_ID, "ID", 0, "the map of that number, which may have no name (root)", 0 },
	{ 0 }
};

/* `stat 5' is about all maps, as `stat MAP 5' is about one. */
static void take_interval(struct request *request, struct argp_state *state)
{
	uint64_t ns;

	if (request->map && !parse_duration(request->map, &ns)) {
		if (request->count_text)
			argp_error(state, "%s: one map at a time", request->count_text);
		request->count_text = request->interval;
		request->interval = request->map;
		request->map = NULL;
	}
	if (!request->interval)
		return;
	if (request->json || request->id_text)
		argp_error(state, "an interval goes with neither --json nor --id");
	request->interval_ns = option_interval(state, request->interval, 1000000);
	if (request->count_text)
		request->count = option_count(state, "COUNT", request->count_text, UINT64_MAX);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = {
		&request->map, &request->interval, &request->count_text, NULL
	};

	switch (key) {
	case 'j':
		request->json = true;
		return 0;
	case OPT_ID:
		request->id_text = arg;
		request->id = option_count(state, "--id", arg, UINT64_MAX);
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_END:
		take_interval(request, state);
		if (request->map && request->id_text)
			argp_error(state, "MAP and --id exclude each other");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[MAP] [INTERVAL [COUNT]]",
	.doc = "Print what a map is, holds and did; without MAP, a line for each map."
	       "\v"
	       "With an INTERVAL there is a line of what goes on in each, of the map or of all of them together, COUNT times or without end: bytes resident, stale and retired, gets a second and how many found their key, puts (with additions), entries that expired, were evicted or deleted (also by pop, clear or the end of their owner), and for how long the oldest stale entry has been stale.\n"
	       "\n"
	       "Bytes are as allocated: resident = live + stale + retired + table.  Where debugfs is readable (root), a map's stat also shows how full its buckets and segments are, and the list has the maps that have no name, as #ID.\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap stat sessions\n"
	       "  ttlmap stat sessions 1s 10",
};

static double ratio(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / whole : 0;
}

static void line(const char *name, const char *value, const char *rest)
{
	printf("  %-20s %12s%s%s\n", name, value, rest ? "  " : "", rest ? rest : "");
}

static void size_line(const char *name, uint64_t bytes, const char *rest)
{
	line(name, format_size(bytes).s, rest);
}

static void count_line(const char *name, uint64_t count, const char *rest)
{
	line(name, format_exact(count).s, rest);
}

static void limit_line(const char *name, uint64_t ns, const char *none)
{
	line(name, ns ? format_duration(ns).s : none, NULL);
}

static void print_what_it_is(const struct ttlmap_stat *stat)
{
	printf("%s (#%llu)\n", stat->name[0] ? (const char *)stat->name : "without a name",
	       stat->id);
	printf("  %-20s %s:%s %04o\n", "owner", user_name(stat->uid).s,
	       group_name(stat->gid).s, stat->mode);
	if (stat->flags) {
		printf("  %-20s", "made with");
		for (unsigned int flag = 1; flag; flag <<= 1)
			if (stat->flags & flag && map_flag_option(flag))
				printf(" %s", map_flag_option(flag));
		putchar('\n');
	}
	count_line("capacity", stat->max_entries, "entries");
	line("max bytes", stat->max_bytes ? format_size(stat->max_bytes).s : "none", NULL);
	line("longest key", format_size(stat->key_max).s, NULL);
	line("longest value", format_size(stat->value_max).s, NULL);
	limit_line("default TTL", stat->default_ttl_ns, "never");
	limit_line("min TTL", stat->min_ttl_ns, "none");
	limit_line("max TTL", stat->max_ttl_ns, "none");
	limit_line("jitter", stat->jitter_ns, "none");
	if (stat->frozen)
		line("frozen", "yes", "keys neither come nor go");
}

static void print_memory(const struct ttlmap_stat *stat)
{
	char rest[96];

	puts("holds");
	count_line("entries", stat->entries,
		   format_percent(stat->entries, stat->max_entries).s);
	snprintf(rest, sizeof(rest), "%.1f an entry", ratio(stat->resident_bytes, stat->entries));
	size_line("resident bytes", stat->resident_bytes, stat->entries ? rest : NULL);
	size_line("  live", stat->live_bytes, NULL);
	snprintf(rest, sizeof(rest), "%" PRIu64 " entries, the oldest for %s",
		 (uint64_t)stat->stale_entries, format_duration(stat->oldest_stale_ns).s);
	size_line("  stale", stat->stale_bytes, stat->stale_entries ? rest : NULL);
	snprintf(rest, sizeof(rest), "%" PRIu64 " entries", (uint64_t)stat->retired_entries);
	size_line("  retired", stat->retired_bytes, stat->retired_bytes ? rest : NULL);
	snprintf(rest, sizeof(rest), "%.1f an entry", ratio(stat->table_bytes, stat->entries));
	size_line("  table", stat->table_bytes, stat->entries ? rest : NULL);
	if (stat->flags & TTLMAP_F_OWNERS)
		count_line("owned entries", stat->owned_entries, NULL);
}

/* The line of a count that most maps do without. */
static void rare_line(const char *name, uint64_t count)
{
	if (count)
		count_line(name, count, NULL);
}

static void print_counts(const struct ttlmap_stat *stat)
{
	puts("did");
	count_line("hits", stat->hits,
		   format_percent(stat->hits, stat->hits + stat->misses).s);
	count_line("misses", stat->misses, NULL);
	count_line("inserts", stat->inserts, NULL);
	count_line("replaces", stat->replaces, NULL);
	rare_line("additions", stat->adds);
	rare_line("touches", stat->touches);
	count_line("deletes", stat->deletes, NULL);
	rare_line("popped", stat->popped);
	rare_line("cleared", stat->cleared);
	count_line("evicted", stat->evicted, NULL);
	rare_line("reclaimed", stat->reclaimed);
	count_line("expired", stat->expired, NULL);
	rare_line("owner gone", stat->owner_gone);
	count_line("evicted by collision", stat->collision_evicted, NULL);
	rare_line("canceled", stat->canceled);
	count_line("refused, full", stat->refused, NULL);
	count_line("refused, no memory", stat->no_memory, NULL);
}

static void print_table(const struct ttlmap_stat *stat)
{
	puts("table");
	count_line("segments", stat->segments, NULL);
	line("load", format_percent(stat->entries, stat->segments * SEGMENT_SLOTS).s, NULL);
	count_line("directory slots", stat->directory_slots, NULL);
	count_line("splits", stat->splits, NULL);
	count_line("merges", stat->merges, NULL);
	count_line("directory resizes", stat->directory_resizes, NULL);
	count_line("waits for RCU", stat->retire_waits, NULL);
	line("latest expiry", format_duration(stat->expire_lag_max_ns).s, "after its deadline");
}

/* Whoever may not read debugfs goes without; what is unreadable is an error. */
static int get_occupancy(uint64_t id, struct occupancy *occupancy, bool *there)
{
	FILE *file = debugfs_open(id, "occupancy");
	int ret;

	*there = file;
	if (!file)
		return 0;
	ret = occupancy_read(file, occupancy);
	fclose(file);
	return ret;
}

static void print_json(const struct ttlmap_stat *stat, const struct occupancy *occupancy)
{
	struct json_object *object = json_stat(stat);

	json_add_real(object, "bytes_per_entry", ratio(stat->resident_bytes, stat->entries));
	json_add_real(object, "load", ratio(stat->entries, stat->segments * SEGMENT_SLOTS));
	json_add_real(object, "hit_ratio", ratio(stat->hits, stat->hits + stat->misses));
	if (occupancy)
		json_add(object, "occupancy", json_occupancy(occupancy));
	json_print_pretty(object);
}

static int print_map(const struct ttlmap_stat *stat, bool json)
{
	struct occupancy occupancy;
	bool there;

	if (get_occupancy(stat->id, &occupancy, &there))
		return trouble_with(DEBUGFS);
	if (json) {
		print_json(stat, there ? &occupancy : NULL);
		return EXIT_SUCCESS;
	}
	print_what_it_is(stat);
	print_memory(stat);
	print_counts(stat);
	print_table(stat);
	if (there)
		occupancy_print(&occupancy);
	return EXIT_SUCCESS;
}

static int stat_by_name(const struct request *request)
{
	int fd = ttlmap_map_open(request->map, TTLMAP_OPEN_READ);
	struct ttlmap_stat stat;
	int ret;

	if (fd < 0)
		return trouble_with_map(request->map);
	ret = ttlmap_map_stat(fd, &stat);
	close(fd);
	if (ret)
		return trouble_with_map(request->map);
	return print_map(&stat, request->json);
}

static int stat_by_id(const struct request *request)
{
	FILE *file = debugfs_open(request->id, "stats");
	struct ttlmap_stat stat;
	int ret;

	if (!file && errno == ENOENT && !access(DEBUGFS, F_OK)) {
		fprintf(stderr, "ttlmap: #%" PRIu64 ": no map of that number\n", request->id);
		return EXIT_TROUBLE;
	}
	if (!file)
		return trouble_with(DEBUGFS);
	ret = read_stats(file, &stat);
	fclose(file);
	if (ret)
		return trouble_with(DEBUGFS);
	return print_map(&stat, request->json);
}

static void print_line(const struct ttlmap_stat *map)
{
	printf("%-20s %7s %8s %8s %7s %7s %7s %7s %6s %7s %7s\n", map_title(map).s,
	       format_count(map->entries).s, format_count(map->max_entries).s,
	       format_size(map->resident_bytes).s, format_size(map->live_bytes).s,
	       format_size(map->stale_bytes).s, format_size(map->retired_bytes).s,
	       format_size(map->table_bytes).s,
	       format_percent(map->hits, map->hits + map->misses).s,
	       format_count(map->evicted).s, format_count(map->expired).s);
}

static void print_lines(const struct maps *maps)
{
	printf("%-20s %7s %8s %8s %7s %7s %7s %7s %6s %7s %7s\n", "MAP", "ENTRIES",
	       "CAPACITY", "RESIDENT", "LIVE", "STALE", "RETIRED", "TABLE", "HITS",
	       "EVICTED", "EXPIRED");
	for (size_t i = 0; i < maps->count; i++)
		print_line(&maps->map[i]);
	fflush(stdout);
	if (maps->hidden)
		fprintf(stderr, "ttlmap: %zu more, which this user may not read\n",
			maps->hidden);
}

static void print_json_lines(const struct maps *maps)
{
	struct json_object *array = json_new_array();

	for (size_t i = 0; i < maps->count; i++)
		json_append(array, json_stat(&maps->map[i]));
	json_print_pretty(array);
}

static int stat_all(bool json)
{
	struct maps maps;

	if (json ? maps_read_all(&maps) : maps_read(&maps))
		return trouble_with_map(NULL);
	if (json)
		print_json_lines(&maps);
	else
		print_lines(&maps);
	maps_free(&maps);
	return EXIT_SUCCESS;
}

/* Of a map by its name, which must be there, or of all. */
static int read_flow(const char *name, struct maps *maps)
{
	size_t kept = 0;

	if (maps_read_all(maps))
		return trouble_with_map(NULL);
	for (size_t i = 0; name && i < maps->count; i++)
		if (!strcmp((const char *)maps->map[i].name, name))
			maps->map[kept++] = maps->map[i];
	if (!name || kept) {
		maps->count = name ? kept : maps->count;
		return 0;
	}
	maps_free(maps);
	errno = maps->hidden ? EACCES : ENOENT;
	return trouble_with_map(name);
}

static void print_flow(const struct maps *now, const struct maps *before, uint64_t lines)
{
	struct ttlmap_stat sum = flow_sum(now, before);

	if (lines % LINES_A_HEADER == 0)
		flow_print_header(stdout);
	flow_print(stdout, &sum, (double)(now->at_ns - before->at_ns) / 1e9);
	fflush(stdout);
}

static int watch_flow(const struct request *request)
{
	struct maps before, now;
	int status = read_flow(request->map, &before);

	if (status)
		return status;
	for (uint64_t lines = 0; !status && !ferror(stdout); ) {
		sleep_ns(request->interval_ns);
		status = read_flow(request->map, &now);
		if (status)
			break;
		print_flow(&now, &before, lines++);
		maps_free(&before);
		before = now;
		if (lines == request->count)
			break;
	}
	maps_free(&before);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.interval)
		return watch_flow(&request);
	if (request.map)
		return stat_by_name(&request);
	if (request.id_text)
		return stat_by_id(&request);
	return stat_all(request.json);
}

const struct command command_stat = {
	.name = "stat",
	.summary = "print what a map is, holds and did",
	.argp = &argp,
	.run = run,
};
