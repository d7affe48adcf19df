// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include "command.h"
#include "found.h"
#include "options.h"
#include "ttlmap.h"

enum {
	OPT_PEEK = 256,
	OPT_REFRESH,
	OPT_EXTEND_TTL,
};

struct request {
	const char *map;
	const char *key;
	struct found_style style;
	bool peek;
	bool refresh;
	bool extend;
};

/* What ttlmap_lookup_refresh() is told beside what all lookups are. */
static uint64_t refresh_ttl_ns;
static unsigned int refresh_flags;

static const struct argp_option options[] = {
	{ "peek", OPT_PEEK, NULL, 0, "do not count it as a use, a hit or a miss", 0 },
	{ "refresh", OPT_REFRESH, "DURATION", OPTION_ARG_OPTIONAL,
	  "the TTL starts anew, with the map's default if no other is given", 0 },
	{ "extend-ttl", OPT_EXTEND_TTL, NULL, 0,
	  "with --refresh, only if the TTL gets longer thereby", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, &request->key, NULL };

	return take_argument(state, arg, places, "one key at a time");
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->key)
		argp_error(state, "which key of which map?");
	if (request->peek && request->refresh)
		argp_error(state, "--peek and --refresh exclude each other");
	if (request->extend && !request->refresh)
		argp_error(state, "--extend-ttl goes with --refresh");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->style;
		return 0;
	case OPT_PEEK:
		request->peek = true;
		return 0;
	case OPT_REFRESH:
		request->refresh = true;
		if (arg)
			refresh_ttl_ns = option_ttl(state, "--refresh", arg);
		return 0;
	case OPT_EXTEND_TTL:
		request->extend = true;
		refresh_flags = TTLMAP_TTL_EXTEND;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
	{ &found_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY",
	.children = children,
	.doc = "Print the value of a key."
	       "\v"
	       "Exit status 1 means that there is no such key.  On a terminal, what is not text is printed as \\xHH; in a pipe the value comes as it is, and a newline.  A counter is printed as a number.",
};

static int lookup_refresh(int fd, const void *key, size_t key_len, void *value,
			  size_t *value_len, uint64_t *ttl_ns, uint64_t *version)
{
	return ttlmap_lookup_refresh(fd, key, key_len, value, value_len, refresh_ttl_ns,
				     refresh_flags, ttl_ns, version);
}

static find_fn how(const struct request *request)
{
	if (request->peek)
		return ttlmap_peek;
	return request->refresh ? lookup_refresh : ttlmap_lookup;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	return found_run(request.map, request.refresh ? TTLMAP_OPEN_WRITE : 0, request.key,
			 how(&request), &request.style);
}

const struct command command_get = {
	.name = "get",
	.summary = "print the value of a key",
	.argp = &argp,
	.run = run,
};
