// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "trouble.h"
#include "ttlmap.h"

struct request {
	const char *map;
	char **key;
	int count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		request->map = state->argv[state->next];
		request->key = state->argv + state->next + 1;
		request->count = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_END:
		if (!request->count)
			argp_error(state, "which keys of which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "MAP KEY...",
	.doc = "Delete keys."
	       "\v"
	       "Exit status 1 means that a key was not there; the others are deleted all the same.",
};

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	int status = EXIT_SUCCESS;
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	fd = ttlmap_map_open(request.map, TTLMAP_OPEN_WRITE);
	if (fd < 0)
		return trouble_with_map(request.map);
	for (int i = 0; i < request.count; i++) {
		int result = EXIT_SUCCESS;

		if (ttlmap_delete(fd, request.key[i], strlen(request.key[i])))
			result = trouble_with_key(request.map, request.key[i]);
		if (result > status)
			status = result;
	}
	close(fd);
	return status;
}

const struct command command_del = {
	.name = "del",
	.summary = "delete keys",
	.argp = &argp,
	.run = run,
};
