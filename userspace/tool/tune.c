// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alarm_limits.h"
#include "command.h"
#include "handle.h"
#include "map_limits.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_EVICT = 256,
	OPT_NO_EVICT,
	OPT_REQUIRE_TTL,
	OPT_NO_REQUIRE_TTL,
};

/* Flags that shall be set, and those that shall not. */
struct request {
	const char *map;
	struct ttlmap_tune tune;
	unsigned int on;
	unsigned int off;
};

static const struct argp_option options[] = {
	{ "evict", OPT_EVICT, NULL, 0, "when full, evict old entries", 0 },
	{ "no-evict", OPT_NO_EVICT, NULL, 0, "when full, refuse new entries", 0 },
	{ "require-ttl", OPT_REQUIRE_TTL, NULL, 0, "refuse entries that never expire", 0 },
	{ "no-require-ttl", OPT_NO_REQUIRE_TTL, NULL, 0, "take entries that never expire", 0 },
	{ 0 }
};

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->map)
		argp_error(state, "which map?");
	if (!request->tune.what && !request->on && !request->off)
		argp_error(state, "what shall change?");
	if (request->on & request->off & TTLMAP_F_NO_EVICT)
		argp_error(state, "--evict and --no-evict exclude each other");
	if (request->on & request->off & TTLMAP_F_REQUIRE_TTL)
		argp_error(state, "--require-ttl and --no-require-ttl exclude each other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->tune;
		state->child_inputs[1] = &request->tune;
		return 0;
	case OPT_EVICT:
		request->off |= TTLMAP_F_NO_EVICT;
		return 0;
	case OPT_NO_EVICT:
		request->on |= TTLMAP_F_NO_EVICT;
		return 0;
	case OPT_REQUIRE_TTL:
		request->on |= TTLMAP_F_REQUIRE_TTL;
		return 0;
	case OPT_NO_REQUIRE_TTL:
		request->off |= TTLMAP_F_REQUIRE_TTL;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
	{ &limits_argp, 0, NULL, 0 },
	{ &alarm_limits_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.children = children,
	.doc = "Change the limits of a live map."
	       "\v"
	       "All that is given changes, or nothing.  TTLs of entries that are there stay.  A map that holds more than its new capacity is evicted down to it in the background.  Only the owner of a map, or root, may tune it.  Thresholds of alarms that are not given become the defaults.\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap tune sessions --capacity 1M --ttl 10m\n"
	       "  ttlmap tune sessions --no-evict --max-bytes none\n"
	       "  ttlmap tune sessions --alarm unread=80 --alarm collisions=off",
};

static int trouble_with_limits(const char *map)
{
	switch (errno) {
	case EINVAL:
		fprintf(stderr, "ttlmap: %s: this kind of map cannot have these limits: one made with --prealloc does not grow, one with --reclaim must evict\n",
			map);
		return EXIT_TROUBLE;
	case ERANGE:
		fprintf(stderr, "ttlmap: %s: the TTLs contradict each other: the least is at most the default, and that at most the longest (`ttlmap stat' shows them)\n",
			map);
		return EXIT_TROUBLE;
	case ENOSPC:
		fprintf(stderr, "ttlmap: %s: the map holds more than that, and does not evict\n",
			map);
		return EXIT_TROUBLE;
	}
	return trouble_with_map(map);
}

static int tune(struct request *request, const struct handle *map)
{
	if (request->on || request->off) {
		request->tune.what |= TTLMAP_TUNE_FLAGS;
		request->tune.flags = (map->flags | request->on) & ~request->off;
	}
	if (ttlmap_map_tune(map->fd, &request->tune))
		return trouble_with_limits(map->name);
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct handle map;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = handle_open(&map, request.map, TTLMAP_OPEN_WRITE);
	if (status)
		return status;
	status = tune(&request, &map);
	handle_close(&map);
	return status;
}

const struct command command_tune = {
	.name = "tune",
	.summary = "change the limits of a map",
	.argp = &argp,
	.run = run,
};
