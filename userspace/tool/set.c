// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "options.h"
#include "trouble.h"
#include "ttlmap.h"
#include "write.h"

enum {
	OPT_NEW = 256,
	OPT_EXISTING,
};

struct request {
	struct write write;
	const char *value;
};

static const struct argp_option options[] = {
	{ "new", OPT_NEW, NULL, 0, "only if the key is not there yet", 0 },
	{ "existing", OPT_EXISTING, NULL, 0, "only if the key is there already", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = {
		&request->write.map, &request->write.key, &request->value, NULL,
	};

	return take_argument(state, arg, places,
			     "one value at a time (quote it if it has spaces)");
}

static void check(const struct request *request, struct argp_state *state)
{
	const unsigned int both = TTLMAP_NEW | TTLMAP_EXISTING;

	if (!request->value)
		argp_error(state, "which value, for which key, in which map?");
	if ((request->write.flags & both) == both)
		argp_error(state, "--new and --existing exclude each other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->write;
		return 0;
	case OPT_NEW:
		request->write.flags |= TTLMAP_NEW;
		return 0;
	case OPT_EXISTING:
		request->write.flags |= TTLMAP_EXISTING;
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
	{ &write_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP KEY VALUE",
	.children = children,
	.doc = "Set the value of a key."
	       "\v"
	       "VALUE - reads it from the standard input, byte for byte.  Write -- before a key or value that begins with '-'.  In a map of counters a value is a number.\n"
	       "\n"
	       "Exit status 1 means that --new found the key, that --existing or --if-version did not, or that its version is another one.",
};

/* One byte more than any map allows is enough to be told that it is too long. */
static int read_value(struct typed *value)
{
	char *text = malloc(TTLMAP_VALUE_MAX + 1);

	if (!text)
		return -1;
	value->len = fread(text, 1, TTLMAP_VALUE_MAX + 1, stdin);
	value->text = text;
	return ferror(stdin) ? -1 : 0;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	request.write.value = typed_text(request.value);
	if (!strcmp(request.value, "-") && read_value(&request.write.value))
		return trouble_with("standard input");
	return write_run(&request.write);
}

const struct command command_set = {
	.name = "set",
	.summary = "set the value of a key",
	.argp = &argp,
	.run = run,
};
