// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "command.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct command **topic = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*topic)
			argp_usage(state);
		*topic = find_command(arg);
		if (!*topic)
			argp_error(state, "%s: no such command", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "[COMMAND]",
	.doc = "Explain a command, or list them all.",
};

static int overview(void)
{
	puts("Usage: ttlmap COMMAND [ARGUMENT...]\n"
	     "\n"
	     "Shared, bounded, expiring maps in the kernel.\n"
	     "\n"
	     "Commands:");
	for (const struct command *const *c = commands; *c; c++)
		printf("  %-12s%s\n", (*c)->name, (*c)->summary);
	puts("\n"
	     "`ttlmap help COMMAND' explains a command, ttlmap-COMMAND(1) at length.\n"
	     "\n"
	     "DURATION is like 250ms, 30s, 1h30m or 7d (a bare number is seconds),\n"
	     "SIZE like 4096, 64K or 1G (powers of 1024), COUNT like 256, 50K or 1M\n"
	     "(powers of 1000).\n"
	     "\n"
	     "Exit status: 0 done; 1 the key is not there (or is, with set --new), or the\n"
	     "condition does not hold; 2 wrong usage; 3 anything else that failed, also a map\n"
	     "that is not there.");
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	const struct command *topic = NULL;
	char name[32];

	argp_parse(&argp, argc, argv, 0, NULL, &topic);
	if (!topic)
		return overview();
	snprintf(name, sizeof(name), "ttlmap %s", topic->name);
	argp_help(topic->argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK,
		  name);
	return EXIT_SUCCESS;
}

const struct command command_help = {
	.name = "help",
	.summary = "explain a command",
	.argp = &argp,
	.run = run,
};
