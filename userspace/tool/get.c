// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "escape.h"
#include "format.h"
#include "json_out.h"
#include "trouble.h"
#include "ttlmap.h"

enum {
	OPT_TTL = 256,
};

struct request {
	const char *map;
	const char *key;
	bool raw;
	bool ttl;
	bool json;
};

struct found {
	char *value;
	size_t len;
	uint64_t ttl_ns;
};

static const struct argp_option options[] = {
	{ "raw", 'r', NULL, 0, "the value alone, byte for byte, without a newline", 0 },
	{ "ttl", OPT_TTL, NULL, 0, "print what is left of the TTL instead of the value", 0 },
	{ "json", 'j', NULL, 0, "an object with key, value and ttl_ns", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (!request->map)
		request->map = arg;
	else if (!request->key)
		request->key = arg;
	else
		argp_error(state, "%s: one key at a time", arg);
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case 'r':
		request->raw = true;
		return 0;
	case 'j':
		request->json = true;
		return 0;
	case OPT_TTL:
		request->ttl = true;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_END:
		if (!request->key)
			argp_error(state, "which key of which map?");
		if (request->raw + request->ttl + request->json > 1)
			argp_error(state, "--raw, --ttl and --json exclude each other");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY",
	.doc = "Print the value of a key."
	       "\v"
	       "Exit status 1 means that there is no such key.  On a terminal, what is not text is printed as \\xHH; in a pipe the value comes as it is, and a newline.",
};

/* The value may grow between two lookups, so the room follows it. */
static int lookup(int fd, const char *key, struct found *found)
{
	found->len = 4096;
	for (;;) {
		char *room = realloc(found->value, found->len ? found->len : 1);

		if (!room)
			return -1;
		found->value = room;
		if (!ttlmap_lookup(fd, key, strlen(key), found->value, &found->len,
				   &found->ttl_ns, NULL))
			return 0;
		if (errno != EMSGSIZE)
			return -1;
	}
}

static void print_json(const struct request *request, const struct found *found)
{
	struct json_object *object = json_new_object();

	json_add_bytes(object, "key", request->key, strlen(request->key));
	json_add_bytes(object, "value", found->value, found->len);
	json_add_ttl(object, "ttl_ns", found->ttl_ns);
	json_print_pretty(object);
}

static void print(const struct request *request, const struct found *found)
{
	if (request->json) {
		print_json(request, found);
	} else if (request->ttl) {
		puts(format_duration(found->ttl_ns).s);
	} else if (request->raw) {
		fwrite(found->value, 1, found->len, stdout);
	} else if (isatty(STDOUT_FILENO)) {
		escape_to(stdout, found->value, found->len);
		putchar('\n');
	} else {
		fwrite(found->value, 1, found->len, stdout);
		putchar('\n');
	}
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct found found = { 0 };
	int status = EXIT_SUCCESS;
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	fd = ttlmap_map_open(request.map, TTLMAP_OPEN_READ);
	if (fd < 0)
		return trouble_with_map(request.map);
	if (lookup(fd, request.key, &found))
		status = trouble_with_key(request.map, request.key);
	else
		print(&request, &found);
	free(found.value);
	close(fd);
	return status;
}

const struct command command_get = {
	.name = "get",
	.summary = "print the value of a key",
	.argp = &argp,
	.run = run,
};
