// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_TTL = 256,
	OPT_NEW,
	OPT_EXISTING,
	OPT_KEEP_TTL,
	OPT_EXTEND_TTL,
};

struct request {
	const char *map;
	const char *key;
	const char *value;
	size_t value_len;
	uint64_t ttl_ns;
	unsigned int flags;
};

static const struct argp_option options[] = {
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL from now on, or `never' (the map's default)", 0 },
	{ "new", OPT_NEW, NULL, 0, "only if the key is not there yet", 0 },
	{ "existing", OPT_EXISTING, NULL, 0, "only if the key is there already", 0 },
	{ "keep-ttl", OPT_KEEP_TTL, NULL, 0,
	  "a replaced entry expires when it would have anyway", 0 },
	{ "extend-ttl", OPT_EXTEND_TTL, NULL, 0,
	  "a replaced entry never expires sooner than it would have anyway", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (!request->map)
		request->map = arg;
	else if (!request->key)
		request->key = arg;
	else if (!request->value)
		request->value = arg;
	else
		argp_error(state, "%s: one value at a time (quote it if it has spaces)", arg);
	return 0;
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->value)
		argp_error(state, "which value, for which key, in which map?");
	if (request->flags & TTLMAP_NEW && request->flags & TTLMAP_EXISTING)
		argp_error(state, "--new and --existing exclude each other");
	if (request->flags & TTLMAP_TTL_KEEP && request->flags & TTLMAP_TTL_EXTEND)
		argp_error(state, "--keep-ttl and --extend-ttl exclude each other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_TTL:
		request->ttl_ns = option_ttl(state, "--ttl", arg);
		return 0;
	case OPT_NEW:
		request->flags |= TTLMAP_NEW;
		return 0;
	case OPT_EXISTING:
		request->flags |= TTLMAP_EXISTING;
		return 0;
	case OPT_KEEP_TTL:
		request->flags |= TTLMAP_TTL_KEEP;
		return 0;
	case OPT_EXTEND_TTL:
		request->flags |= TTLMAP_TTL_EXTEND;
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
	.args_doc = "MAP KEY VALUE",
	.doc = "Set the value of a key."
	       "\v"
	       "VALUE - reads it from the standard input, byte for byte.  Write -- before a key or value that begins with '-'.\n"
	       "\n"
	       "Exit status 1 means that --new found the key, or --existing did not.",
};

/* One byte more than any map allows is enough to be told that it is too long. */
static int read_value(struct request *request)
{
	char *value = malloc(TTLMAP_VALUE_MAX + 1);

	if (!value)
		return -1;
	request->value_len = fread(value, 1, TTLMAP_VALUE_MAX + 1, stdin);
	request->value = value;
	return ferror(stdin) ? -1 : 0;
}

static int set(const struct request *request)
{
	int fd = ttlmap_map_open(request->map, TTLMAP_OPEN_WRITE);
	int status = EXIT_SUCCESS;

	if (fd < 0)
		return trouble_with_map(request->map);
	if (ttlmap_update(fd, request->key, strlen(request->key), request->value,
			  request->value_len, request->ttl_ns, request->flags, NULL))
		status = trouble_with_key(request->map, request->key);
	close(fd);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	request.value_len = strlen(request.value);
	if (!strcmp(request.value, "-") && read_value(&request))
		return trouble_with("standard input");
	return set(&request);
}

const struct command command_set = {
	.name = "set",
	.summary = "set the value of a key",
	.argp = &argp,
	.run = run,
};
