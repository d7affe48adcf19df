// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "keys.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_IF_VALUE = 256,
	OPT_IF_VERSION,
	OPT_IF_EXPIRED,
};

struct request {
	struct keys keys;
	const char *value;
	bool if_version;
	uint64_t version;
	bool if_expired;
};

static const struct argp_option options[] = {
	{ "if-value", OPT_IF_VALUE, "VALUE", 0, "only if the value is this one", 0 },
	{ "if-version", OPT_IF_VERSION, "NUMBER", 0, "only if the version is this one", 0 },
	{ "if-expired", OPT_IF_EXPIRED, NULL, 0,
	  "only if the entry has expired and is not reclaimed yet", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_IF_VALUE:
		request->value = arg;
		return 0;
	case OPT_IF_VERSION:
		request->if_version = true;
		request->version = option_number(state, "--if-version", arg);
		return 0;
	case OPT_IF_EXPIRED:
		request->if_expired = true;
		return 0;
	case ARGP_KEY_END:
		if (!!request->value + request->if_version + request->if_expired > 1)
			argp_error(state, "--if-value, --if-version and --if-expired exclude each other");
		break;
	}
	return keys_parse(key, state, &request->keys);
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY...",
	.doc = "Delete keys."
	       "\v"
	       "Exit status 1 means that a key was not there, or that the condition did not hold for it; the others are deleted all the same.",
};

static int delete(const struct request *request, int fd, const char *key)
{
	uint64_t version = request->version;
	size_t len = strlen(key);

	if (request->value)
		return ttlmap_delete_if_value(fd, key, len, request->value,
					      strlen(request->value), NULL);
	if (request->if_version)
		return ttlmap_delete_if_version(fd, key, len, &version);
	if (request->if_expired)
		return ttlmap_delete_if_expired(fd, key, len);
	return ttlmap_delete(fd, key, len);
}

static int act(const struct handle *map, const char *key, void *request)
{
	if (delete(request, map->fd, key))
		return trouble_with_key(map->name, key);
	return EXIT_SUCCESS;
}

static int del(struct request *request, const struct handle *map)
{
	if (request->if_version && handle_needs(map, TTLMAP_F_VERSIONS))
		return EXIT_TROUBLE;
	if (request->value && map->flags & TTLMAP_F_COUNTERS) {
		fprintf(stderr, "ttlmap: %s: a counter may change while it is compared: --if-value is not for maps of counters\n",
			map->name);
		return EXIT_TROUBLE;
	}
	return keys_each(&request->keys, map, act, request);
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
	status = del(&request, &map);
	handle_close(&map);
	return status;
}

const struct command command_del = {
	.name = "del",
	.summary = "delete keys",
	.argp = &argp,
	.run = run,
};
