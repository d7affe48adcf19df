// SPDX-License-Identifier: GPL-2.0
#include "command.h"
#include "found.h"
#include "options.h"
#include "ttlmap.h"

struct request {
	const char *map;
	const char *key;
	struct found_style style;
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, &request->key, NULL };

	return take_argument(state, arg, places, "one key at a time");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->style;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_END:
		if (!request->key)
			argp_error(state, "which key of which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
	{ &found_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.parser = parse,
	.args_doc = "MAP KEY",
	.children = children,
	.doc = "Print the value of a key and delete it."
	       "\v"
	       "Of all who pop a key exactly one gets its value; exit status 1 means that there is no such key (any more).  The value is printed as `ttlmap get' does it.",
};

static int run(int argc, char **argv)
{
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	return found_run(request.map, TTLMAP_OPEN_WRITE, request.key, ttlmap_pop,
			 &request.style);
}

const struct command command_pop = {
	.name = "pop",
	.summary = "print the value of a key and delete it",
	.argp = &argp,
	.run = run,
};
