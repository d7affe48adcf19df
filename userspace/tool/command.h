/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <argp.h>

/* What the tool exits with, beside EXIT_SUCCESS. */
enum {
	EXIT_NO_KEY = 1,	/* no such key, or a condition that does not hold */
	EXIT_USAGE = 2,
	EXIT_TROUBLE = 3,
};

/**
 * struct command - a subcommand
 * @name: what it is called by
 * @summary: its line in the list of commands
 * @argp: its options, arguments and help
 * @run: carries it out; returns what the tool exits with
 */
struct command {
	const char *name;
	const char *summary;
	const struct argp *argp;
	int (*run)(int argc, char **argv);
};

extern const struct command command_create;
extern const struct command command_ls;
extern const struct command command_rm;
extern const struct command command_get;
extern const struct command command_set;
extern const struct command command_touch;
extern const struct command command_pop;
extern const struct command command_incr;
extern const struct command command_cas;
extern const struct command command_del;
extern const struct command command_clear;
extern const struct command command_scan;
extern const struct command command_dump;
extern const struct command command_watch;
extern const struct command command_events;
extern const struct command command_tune;
extern const struct command command_freeze;
extern const struct command command_stat;
extern const struct command command_top;
extern const struct command command_why;
extern const struct command command_profile;
extern const struct command command_record;
extern const struct command command_report;
extern const struct command command_export;
extern const struct command command_replay;
extern const struct command command_completion;
extern const struct command command_help;

/* Ends with NULL. */
extern const struct command *const commands[];

const struct command *find_command(const char *name);

#endif /* TOOL_COMMAND_H */
