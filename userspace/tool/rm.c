// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "command.h"
#include "trouble.h"
#include "ttlmap.h"

struct names {
	char **name;
	int count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct names *names = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		names->name = state->argv + state->next;
		names->count = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "MAP...",
	.doc = "Remove maps by name."
	       "\v"
	       "A map that programs still have open lives on without its name until the last of them closes it.",
};

static int run(int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	struct names names;

	argp_parse(&argp, argc, argv, 0, NULL, &names);
	for (int i = 0; i < names.count; i++)
		if (ttlmap_map_unlink(names.name[i]))
			status = trouble_with_map(names.name[i]);
	return status;
}

const struct command command_rm = {
	.name = "rm",
	.summary = "remove maps",
	.argp = &argp,
	.run = run,
};
