// SPDX-License-Identifier: GPL-2.0
/* The table of all subcommands, in the order in which help lists them. */
#include <string.h>

#include "command.h"

const struct command *const commands[] = {
	&command_create,
	&command_ls,
	&command_rm,
	&command_get,
	&command_set,
	&command_del,
	&command_scan,
	&command_stat,
	&command_top,
	&command_replay,
	&command_help,
	NULL,
};

const struct command *find_command(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}
