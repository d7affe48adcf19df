// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "handle.h"
#include "options.h"
#include "parse.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_TTL = 256,
	OPT_EXISTING,
};

struct request {
	const char *map;
	const char *key;
	const char *by_text;
	uint64_t by;
	uint64_t ttl_ns;
	unsigned int flags;
};

static const struct argp_option options[] = {
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL of a counter that starts, or `never' (the map's default)", 0 },
	{ "existing", OPT_EXISTING, NULL, 0, "only if the counter is there already", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = {
		&request->map, &request->key, &request->by_text, NULL,
	};

	return take_argument(state, arg, places, "one counter at a time");
}

static void check(struct request *request, struct argp_state *state)
{
	const char *why;

	if (!request->key)
		argp_error(state, "which counter of which map?");
	if (!request->by_text)
		return;
	why = parse_counter(request->by_text, &request->by);
	if (why)
		argp_error(state, "%s: %s", request->by_text, why);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_TTL:
		request->ttl_ns = option_ttl(state, "--ttl", arg);
		return 0;
	case OPT_EXISTING:
		request->flags |= TTLMAP_EXISTING;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY [BY]",
	.doc = "Add to a counter, 1 as a rule, and print the sum."
	       "\v"
	       "The map must have been created with --counters.  A counter that is not there starts at zero; one that is keeps its expiry.  Write -- before a BY that is negative; the sum wraps around at 2^64.",
};

static int incr(const struct request *request, const struct handle *map)
{
	uint64_t sum;

	if (handle_needs(map, TTLMAP_F_COUNTERS))
		return EXIT_TROUBLE;
	if (ttlmap_add(map->fd, request->key, strlen(request->key), request->by,
		       request->ttl_ns, request->flags, &sum))
		return trouble_with_key(map->name, request->key);
	printf("%" PRIu64 "\n", sum);
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	struct request request = { .by = 1 };
	struct handle map;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = handle_open(&map, request.map, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	if (status)
		return status;
	status = incr(&request, &map);
	handle_close(&map);
	return status;
}

const struct command command_incr = {
	.name = "incr",
	.summary = "add to a counter",
	.argp = &argp,
	.run = run,
};
