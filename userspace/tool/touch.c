// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "keys.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_TTL = 256,
	OPT_EXTEND_TTL,
};

struct request {
	struct keys keys;
	uint64_t ttl_ns;
	unsigned int flags;
};

static const struct argp_option options[] = {
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL from now on, or `never' (the map's default)", 0 },
	{ "extend-ttl", OPT_EXTEND_TTL, NULL, 0,
	  "only where the TTL gets longer thereby", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_TTL:
		request->ttl_ns = option_ttl(state, "--ttl", arg);
		return 0;
	case OPT_EXTEND_TTL:
		request->flags |= TTLMAP_TTL_EXTEND;
		return 0;
	}
	return keys_parse(key, state, &request->keys);
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY...",
	.doc = "Give keys a new TTL without reading them."
	       "\v"
	       "Exit status 1 means that a key was not there; the others have their TTL all the same.",
};

static int touch(const struct handle *map, const char *key, void *arg)
{
	const struct request *request = arg;

	if (ttlmap_touch(map->fd, key, strlen(key), request->ttl_ns, request->flags,
			 NULL, NULL))
		return trouble_with_key(map->name, key);
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct handle map;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = handle_open(&map, request.keys.map, TTLMAP_OPEN_WRITE);
	if (status)
		return status;
	status = keys_each(&request.keys, &map, touch, &request);
	handle_close(&map);
	return status;
}

const struct command command_touch = {
	.name = "touch",
	.summary = "give keys a new TTL",
	.argp = &argp,
	.run = run,
};
