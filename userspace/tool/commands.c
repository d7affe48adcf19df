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
	&command_touch,
	&command_pop,
	&command_incr,
	&command_cas,
	&command_del,
	&command_clear,
	&command_scan,
	&command_dump,
	&command_watch,
	&command_events,
	&command_stat,
	&command_top,
	&command_why,
	&command_profile,
	&command_record,
	&command_report,
	&command_export,
	&command_tune,
	&command_freeze,
	&command_replay,
	&command_completion,
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
