// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "crew.h"
#include "lru.h"
#include "name.h"
#include "options.h"
#include "result.h"
#include "trouble.h"
#include "ttlmap.h"

#define PROCESSES_MAX 1024
#define VALUE_SIZE_DEFAULT 64

enum {
	OPT_WORDS = 256,
	OPT_LINES,
	OPT_TRACE,
	OPT_TRACE_SIZES,
	OPT_PROCESSES,
	OPT_CAPACITY,
	OPT_TTL,
	OPT_VALUE_SIZE,
	OPT_FETCH_TIME,
	OPT_REPEAT,
	OPT_KEEP,
};

struct request {
	const char *map;
	char **files;
	int file_count;
	enum stream_form form;
	unsigned int processes;
	const char *capacity;
	uint64_t entries;
	double percent;
	uint64_t ttl_ns;
	uint64_t value_size;
	bool trace_sizes;
	uint64_t fetch_ns;
	uint64_t repeat;
	bool keep;
	bool json;
};

/**
 * struct target - the map that is driven
 * @fd: of it
 * @ours: it was made for this replay
 */
struct target {
	int fd;
	bool ours;
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Keys:", 1 },
	{ "words", OPT_WORDS, NULL, 0, "a key a word, between white space (as a rule)", 1 },
	{ "lines", OPT_LINES, NULL, 0, "a key a line", 1 },
	{ "trace", OPT_TRACE, NULL, 0,
	  "records of 20 bytes (as a rule for *.bin and *.bin.xz)", 1 },
	{ NULL, 0, NULL, 0, "Values:", 2 },
	{ "value-size", OPT_VALUE_SIZE, "SIZE", 0, "bytes of a value (64)", 2 },
	{ "trace-sizes", OPT_TRACE_SIZES, NULL, 0, "values as long as the trace says", 2 },
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL of what is inserted, unless the trace gives it one (the map's default)", 2 },
	{ "fetch-time", OPT_FETCH_TIME, "DURATION", 0,
	  "how long the slow source takes for a value (0)", 2 },
	{ NULL, 0, NULL, 0, "The run:", 3 },
	{ "capacity", OPT_CAPACITY, "COUNT|PERCENT%", 0,
	  "of the map that is made: entries, or a share of the different keys (10%)", 3 },
	{ "processes", OPT_PROCESSES, "COUNT", 0, "that share the map (one for each CPU)", 3 },
	{ "repeat", OPT_REPEAT, "COUNT", 0, "go through the keys so often (1)", 3 },
	{ "keep", OPT_KEEP, NULL, 0, "do not remove the map that was made", 3 },
	{ "json", 'j', NULL, 0, "the result as an object", 3 },
	{ 0 }
};

static void parse_capacity(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	size_t len = strlen(arg);
	char *end;

	request->capacity = arg;
	if (!len || arg[len - 1] != '%') {
		request->entries = option_count(state, "--capacity", arg, TTLMAP_ENTRIES_MAX);
		if (!request->entries)
			argp_error(state, "--capacity %s: at least 1", arg);
		return;
	}
	request->entries = 0;
	request->percent = strtod(arg, &end);
	if (end != arg + len - 1 || !isfinite(request->percent) ||
	    request->percent <= 0 || request->percent > 1000)
		argp_error(state, "--capacity %s: a share is more than 0%% and at most 1000%%",
			   arg);
}

static error_t parse_keys(int key, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_WORDS:
		request->form = STREAM_WORDS;
		return 0;
	case OPT_LINES:
		request->form = STREAM_LINES;
		return 0;
	case OPT_TRACE:
		request->form = STREAM_TRACE;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_values(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_VALUE_SIZE:
		request->value_size = option_size(state, "--value-size", arg, TTLMAP_VALUE_MAX);
		return 0;
	case OPT_TRACE_SIZES:
		request->trace_sizes = true;
		return 0;
	case OPT_TTL:
		request->ttl_ns = option_ttl(state, "--ttl", arg);
		return 0;
	case OPT_FETCH_TIME:
		request->fetch_ns = option_duration(state, "--fetch-time", arg);
		return 0;
	}
	return parse_keys(key, state);
}

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_CAPACITY:
		parse_capacity(arg, state);
		return 0;
	case OPT_PROCESSES:
		request->processes = option_count(state, "--processes", arg, PROCESSES_MAX);
		if (!request->processes)
			argp_error(state, "--processes %s: at least 1", arg);
		return 0;
	case OPT_REPEAT:
		request->repeat = option_count(state, "--repeat", arg, UINT32_MAX);
		if (!request->repeat)
			argp_error(state, "--repeat %s: at least 1", arg);
		return 0;
	case OPT_KEEP:
		request->keep = true;
		return 0;
	case 'j':
		request->json = true;
		return 0;
	}
	return parse_values(key, arg, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_ARGS:
		request->map = state->argv[state->next];
		request->files = state->argv + state->next + 1;
		request->file_count = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_END:
		if (!request->file_count)
			argp_error(state, "which map, with keys of which files?");
		if (!name_is_good(request->map))
			argp_error(state, "%s", NAME_RULE);
		return 0;
	}
	return parse_run(key, arg, state);
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP FILE...",
	.doc = "Drive a map with real keys, as programs in front of a slow source would: look each key up; if it is not there, fetch its value and insert it."
	       "\v"
	       "The map is made for it and removed afterwards, unless it exists already.  Files named *.xz are unpacked, - is the standard input.  Keys that are longer than the map allows (512 bytes, if it is made for it) are cut: their end becomes the hash (XXH3) of the whole.\n"
	       "\n"
	       "Values follow from their keys and are checked at each hit.  The result has the hit ratio of an exact LRU that sees the same requests in the same order and never expires anything; with --processes 1 the map sees them in that order too.",
};

static unsigned int usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return sysconf(_SC_NPROCESSORS_ONLN);
	return CPU_COUNT(&set);
}

/* Opens the map if there is one; its figures say what it allows. */
static int find_target(const struct request *request, struct target *target,
		       struct ttlmap_stat *stat)
{
	target->fd = ttlmap_map_open(request->map, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	target->ours = target->fd < 0 && errno == ENOENT;
	if (target->ours)
		return 0;
	if (target->fd < 0 || ttlmap_map_stat(target->fd, stat))
		return trouble_with_map(request->map);
	if (request->capacity) {
		fprintf(stderr, "ttlmap: %s: the map exists already and keeps its capacity; leave out --capacity, or remove it first\n",
			request->map);
		return EXIT_USAGE;
	}
	if (request->value_size > stat->value_max) {
		fprintf(stderr, "ttlmap: %s: values are at most %u bytes long; choose a --value-size\n",
			request->map, stat->value_max);
		return EXIT_USAGE;
	}
	return 0;
}

static int load(const struct request *request, struct stream *stream)
{
	for (int i = 0; i < request->file_count; i++)
		if (stream_add_file(stream, request->files[i], request->form))
			return EXIT_TROUBLE;
	if (!stream->count) {
		fprintf(stderr, "ttlmap: no keys in %s\n",
			request->file_count == 1 ? request->files[0] : "any of the files");
		return EXIT_TROUBLE;
	}
	if (stream->cut)
		fprintf(stderr, "ttlmap: the end of %u of %u keys, longer than %zu bytes, is replaced by their hash\n",
			stream->cut, stream->key_count, stream->key_max);
	return 0;
}

static uint64_t capacity_for(const struct request *request, const struct stream *stream)
{
	uint64_t share;

	if (request->entries)
		return request->entries;
	share = (uint64_t)(stream->key_count * (request->percent / 100));
	return share ? share : 1;
}

static int make_target(const struct request *request, const struct stream *stream,
		       struct target *target, struct plan *plan)
{
	struct ttlmap_create create = {
		.key_max = stream->longest_key,
		.value_max = plan->value_room,
		.mode = 0600,
		.max_entries = capacity_for(request, stream),
		.default_ttl_ns = request->ttl_ns == TTLMAP_TTL_NEVER ? 0 : request->ttl_ns,
	};

	memcpy(create.name, request->map, strlen(request->map));
	target->fd = ttlmap_map_create(&create);
	return target->fd < 0 ? trouble_with_map(request->map) : 0;
}

static uint32_t longest_value(const struct request *request, const struct stream *stream)
{
	uint32_t longest = request->value_size;

	if (request->trace_sizes && stream->longest_value > longest)
		longest = stream->longest_value;
	return longest < TTLMAP_VALUE_MAX ? longest : TTLMAP_VALUE_MAX;
}

static int simulate_lru(const struct plan *plan, uint64_t capacity, uint64_t *hits)
{
	const struct stream *stream = plan->stream;
	struct lru lru;

	if (lru_init(&lru, stream->key_count, capacity))
		return trouble_with("the simulation of LRU");
	for (uint64_t pass = 0; pass < plan->repeat; pass++)
		for (size_t i = 0; i < stream->count; i++)
			*hits += lru_use(&lru, stream->requests[i].key);
	lru_free(&lru);
	return 0;
}

static void add_up(struct result *result, const struct shared *shared)
{
	for (unsigned int i = 0; i < shared->processes; i++) {
		const struct tally *tally = &shared->tally[i];

		result->requests += tally->requests;
		result->hits += tally->hits;
		result->refused += tally->refused;
		histogram_merge(&result->lookups, &tally->lookups);
		histogram_merge(&result->updates, &tally->updates);
	}
}

static int measure(struct result *result, struct shared *shared, int fd)
{
	uint64_t started;
	int status;

	if (ttlmap_map_stat(fd, &result->before))
		return trouble_with_map(result->plan->map);
	started = clock_ns();
	status = crew_run(result->plan, shared);
	result->elapsed_ns = clock_ns() - started;
	if (status)
		return status;
	if (ttlmap_map_stat(fd, &result->after))
		return trouble_with_map(result->plan->map);
	add_up(result, shared);
	return simulate_lru(result->plan, result->after.max_entries, &result->lru_hits);
}

static int drive(const struct request *request, const struct plan *plan, int fd)
{
	static struct result result;
	struct shared *shared = shared_new(request->processes);
	int status;

	if (!shared)
		return trouble_with("shared memory");
	result.plan = plan;
	result.processes = request->processes;
	status = measure(&result, shared, fd);
	shared_free(shared);
	if (status)
		return status;
	if (request->json)
		result_print_json(&result);
	else
		result_print(&result);
	return EXIT_SUCCESS;
}

static int with_target(const struct request *request, struct target *target,
		       struct stream *stream, struct plan *plan)
{
	int status = 0;

	if (target->ours)
		status = make_target(request, stream, target, plan);
	if (status)
		return status;
	status = drive(request, plan, target->fd);
	if (target->ours && !request->keep && ttlmap_map_unlink(request->map))
		return trouble_with_map(request->map);
	return status;
}

static int replay(const struct request *request, struct stream *stream)
{
	struct target target = { .fd = -1 };
	struct ttlmap_stat stat = { .key_max = TTLMAP_KEY_MAX };
	struct plan plan = {
		.map = request->map,
		.stream = stream,
		.repeat = request->repeat,
		.ttl_ns = request->ttl_ns,
		.value_size = request->value_size,
		.request_sizes = request->trace_sizes,
		.fetch_ns = request->fetch_ns,
	};
	int status = find_target(request, &target, &stat);

	if (!status) {
		stream->key_max = stat.key_max;
		status = load(request, stream);
	}
	if (!status) {
		plan.value_room = target.ours ? longest_value(request, stream) : stat.value_max;
		status = with_target(request, &target, stream, &plan);
	}
	if (target.fd >= 0)
		close(target.fd);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = {
		.processes = usable_cpus(),
		.percent = 10,
		.value_size = VALUE_SIZE_DEFAULT,
		.repeat = 1,
	};
	struct stream stream = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = replay(&request, &stream);
	stream_free(&stream);
	/* Asked to end: do so in the way that whoever asked expects to see. */
	if (status < 0) {
		signal(-status, SIG_DFL);
		raise(-status);
	}
	return status;
}

const struct command command_replay = {
	.name = "replay",
	.summary = "drive a map with a stream of real keys",
	.argp = &argp,
	.run = run,
};
