// SPDX-License-Identifier: GPL-2.0
#include "command.h"
#include "options.h"
#include "write.h"

struct request {
	struct write write;
	const char *first;
	const char *second;
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = {
		&request->write.map, &request->write.key, &request->first,
		&request->second, NULL,
	};

	return take_argument(state, arg, places,
			     "one value at a time (quote it if it has spaces)");
}

static void check(const struct request *request, struct argp_state *state)
{
	if (request->write.if_version) {
		if (!request->first)
			argp_error(state, "which new value, for which key, in which map?");
		if (request->second)
			argp_error(state, "OLD and --if-version exclude each other");
	} else if (!request->second) {
		argp_error(state, "which old and new value, for which key, in which map?");
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->write;
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
	.parser = parse,
	.args_doc = "MAP KEY OLD NEW\nMAP KEY --if-version NUMBER NEW",
	.children = children,
	.doc = "Replace the value of a key, if it is OLD or has this version."
	       "\v"
	       "Nobody can come in between: of all who replace the same value or version exactly one succeeds.  Exit status 1 means that there is no such key, or that its value or version is another one; nothing has changed then.",
};

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct write *write = &request.write;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	write->value = typed_text(write->if_version ? request.first : request.second);
	if (!write->if_version)
		write->expected = typed_text(request.first);
	return write_run(write);
}

const struct command command_cas = {
	.name = "cas",
	.summary = "replace the value of a key if it is the one expected",
	.argp = &argp,
	.run = run,
};
