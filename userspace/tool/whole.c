// SPDX-License-Identifier: GPL-2.0
/* What is done to a map as a whole: clear and freeze. */
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

static int run(const struct argp *argp, int argc, char **argv, int (*action)(int fd))
{
	int status = EXIT_SUCCESS;
	const char *map = NULL;
	int fd;

	argp_parse(argp, argc, argv, 0, NULL, &map);
	fd = ttlmap_map_open(map, TTLMAP_OPEN_WRITE);
	if (fd < 0)
		return trouble_with_map(map);
	if (action(fd))
		status = trouble_with_map(map);
	close(fd);
	return status;
}

static const struct argp clear_argp = {
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Remove all entries of a map."
	       "\v"
	       "Entries that come meanwhile may stay.",
};

static int run_clear(int argc, char **argv)
{
	return run(&clear_argp, argc, argv, ttlmap_map_clear);
}

const struct command command_clear = {
	.name = "clear",
	.summary = "remove all entries",
	.argp = &clear_argp,
	.run = run_clear,
};

static const struct argp freeze_argp = {
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Fix the keys of a map for good."
	       "\v"
	       "From then on values and TTLs change, but no key comes or goes, and nothing thaws the map again.  Only its owner, or root, may do it.",
};

static int run_freeze(int argc, char **argv)
{
	return run(&freeze_argp, argc, argv, ttlmap_map_freeze);
}

const struct command command_freeze = {
	.name = "freeze",
	.summary = "fix the keys of a map for good",
	.argp = &freeze_argp,
	.run = run_freeze,
};
