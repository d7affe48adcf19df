// SPDX-License-Identifier: GPL-2.0
/* Finds the subcommand and calls it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static int run(const struct command *command, int argc, char **argv)
{
	char name[32];

	/* Messages and help speak of "ttlmap set", not of "set". */
	snprintf(name, sizeof(name), "ttlmap %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

/* Output that did not arrive is a failure, also when only the last write fails. */
static int flushed(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	perror("ttlmap: standard output");
	return EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	argp_err_exit_status = EXIT_USAGE;
	if (argc < 2) {
		fprintf(stderr, "Usage: ttlmap COMMAND [ARGUMENT...]\n"
				"Try `ttlmap help'.\n");
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("ttlmap %s\n", TTLMAP_VERSION);
		return flushed(EXIT_SUCCESS);
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		argv[1] = (char *)"help";
	command = find_command(argv[1]);
	if (!command) {
		fprintf(stderr, "ttlmap: %s: no such command; try `ttlmap help'\n",
			argv[1]);
		return EXIT_USAGE;
	}
	return flushed(run(command, argc - 1, argv + 1));
}
