// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "command.h"
#include "options.h"
#include "pprof.h"
#include "trouble.h"

enum {
	OPT_PPROF = 256,
};

struct request {
	const char *map;
	const char *pprof;
};

static const struct argp_option options[] = {
	{ "pprof", OPT_PPROF, "FILE", 0, "write a profile for pprof instead", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case OPT_PPROF:
		request->pprof = arg;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Say whose the bytes of a map are, as stacks: map; who wrote them; never read, or read; size of the writer's mean entry."
	       "\v"
	       "A line for each: frames, semicolons between them, and bytes, as flame graphs are drawn of.  Who wrote what is known where debugfs is readable (root).\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap profile sessions | flamegraph.pl --countname bytes >sessions.svg\n"
	       "  ttlmap profile sessions --pprof sessions.pb.gz && go tool pprof -top sessions.pb.gz",
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int write_stacks(const struct request *request, const struct stacks *stacks)
{
	if (!request->pprof)
		stacks_print_folded(stacks, stdout);
	else if (pprof_write(request->pprof, stacks, now_ns()))
		return trouble_with(request->pprof);
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct evidence evidence;
	struct stacks stacks;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = evidence_read(&evidence, request.map);
	if (status)
		return status;
	if (stacks_make(&stacks, &evidence))
		status = trouble_with(request.map);
	evidence_free(&evidence);
	if (status)
		return status;
	status = write_stacks(&request, &stacks);
	stacks_free(&stacks);
	return status;
}

const struct command command_profile = {
	.name = "profile",
	.summary = "say whose the bytes of a map are",
	.argp = &argp,
	.run = run,
};
