// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **const places[] = { state->input, NULL };

	switch (key) {
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Remove all entries of a map."
	       "\v"
	       "Entries that come meanwhile may stay.",
};

static int run(int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	const char *map = NULL;
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &map);
	fd = ttlmap_map_open(map, TTLMAP_OPEN_WRITE);
	if (fd < 0)
		return trouble_with_map(map);
	if (ttlmap_map_clear(fd))
		status = trouble_with_map(map);
	close(fd);
	return status;
}

const struct command command_clear = {
	.name = "clear",
	.summary = "remove all entries",
	.argp = &argp,
	.run = run,
};
