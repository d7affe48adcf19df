// SPDX-License-Identifier: GPL-2.0
/*
 * The completion script is made from the tables that the commands are parsed by,
 * so that it cannot fall behind them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "options.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **shell = state->input;
	const char **const places[] = { shell, NULL };

	switch (key) {
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one shell at a time");
	case ARGP_KEY_END:
		if (!*shell || strcmp(*shell, "bash"))
			argp_error(state, "the shell must be bash");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "bash",
	.doc = "Write a script that completes commands, options and the names of maps."
	       "\v"
	       "`make install' puts it where bash-completion finds it; without that:\n"
	       "  source <(ttlmap completion bash)",
};

static const char head[] =
	"# bash completion for ttlmap, written by `ttlmap completion bash'\n"
	"\n"
	"# _ttlmap_about COMMAND: sets options, those that take a value, and what the\n"
	"# other arguments are\n"
	"_ttlmap_about()\n"
	"{\n"
	"\tcase $1 in\n";

static const char tail[] =
	"\t*) options='' valued='' places='' ;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"# _ttlmap_kind INDEX: what the argument is; the last one may be repeated\n"
	"_ttlmap_kind()\n"
	"{\n"
	"\tlocal -a kinds\n"
	"\tread -ra kinds <<<\"$places\"\n"
	"\tif [[ ${#kinds[@]} -gt 0 && $1 -ge ${#kinds[@]} && ${kinds[-1]} == *... ]]; then\n"
	"\t\tkind=${kinds[-1]%...}\n"
	"\telse\n"
	"\t\tkind=${kinds[$1]-}\n"
	"\t\tkind=${kind%...}\n"
	"\tfi\n"
	"}\n"
	"\n"
	"# _ttlmap_parse WORD...: sets command, and counts its arguments\n"
	"_ttlmap_parse()\n"
	"{\n"
	"\tlocal word\n"
	"\tfor word; do\n"
	"\t\tif [[ -z $command ]]; then\n"
	"\t\t\tcommand=$word\n"
	"\t\t\t_ttlmap_about \"$command\"\n"
	"\t\telif [[ -n $value ]]; then\n"
	"\t\t\tvalue=''\n"
	"\t\telif [[ -n $ended || $word != -?* ]]; then\n"
	"\t\t\tcount=$((count + 1))\n"
	"\t\telif [[ $word == -- ]]; then\n"
	"\t\t\tended=yes\n"
	"\t\telif [[ \" $valued \" == *\" $word \"* ]]; then\n"
	"\t\t\tvalue=yes\n"
	"\t\tfi\n"
	"\tdone\n"
	"}\n"
	"\n"
	"_ttlmap()\n"
	"{\n"
	"\tlocal line=${COMP_LINE:0:$COMP_POINT} cur='' list='' prefix\n"
	"\tlocal command='' value='' ended='' count=0 options='' valued='' places='' kind=''\n"
	"\tlocal -a words\n"
	"\t# Names of maps may have what bash takes for the end of a word, so the line\n"
	"\t# is split here.\n"
	"\tread -ra words <<<\"$line\"\n"
	"\tif [[ $line != *[[:space:]] ]]; then\n"
	"\t\tcur=${words[-1]}\n"
	"\t\tunset 'words[-1]'\n"
	"\tfi\n"
	"\t_ttlmap_parse \"${words[@]:1}\"\n"
	"\t_ttlmap_kind \"$count\"\n"
	"\tCOMPREPLY=()\n"
	"\tif [[ -z $command ]]; then\n"
	"\t\tlist=$_ttlmap_commands\n"
	"\telif [[ -n $value ]]; then\n"
	"\t\treturn\n"
	"\telif [[ -z $ended && $cur == -* ]]; then\n"
	"\t\tlist=$options\n"
	"\telif [[ $kind == FILE ]]; then\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\t\treturn\n"
	"\telif [[ $kind == MAP ]]; then\n"
	"\t\tlist=$(\"$1\" ls --names 2>/dev/null)\n"
	"\telif [[ $kind == COMMAND ]]; then\n"
	"\t\tlist=$_ttlmap_commands\n"
	"\telif [[ $kind == bash ]]; then\n"
	"\t\tlist=bash\n"
	"\tfi\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$cur\")\n"
	"\t# What comes before such an end is not replaced; an @ itself is.\n"
	"\tprefix=${cur%\"${cur##*[\"$COMP_WORDBREAKS\"]}\"}\n"
	"\tprefix=${prefix%@}\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]#\"$prefix\"}\")\n"
	"}\n";

static bool has_name(const struct argp_option *option)
{
	return option->name && !(option->flags & OPTION_HIDDEN);
}

static bool takes_value(const struct argp_option *option)
{
	return has_name(option) && option->arg && !(option->flags & OPTION_ARG_OPTIONAL);
}

/* The options of a command and its children; each of them ends with zeros. */
static void print_names(const struct argp *of, bool (*has)(const struct argp_option *option))
{
	const struct argp_option *option = of->options;
	const struct argp_child *child = of->children;

	for (; option && (option->name || option->key || option->doc); option++)
		if (has(option))
			printf(" --%s", option->name);
	for (; child && child->argp; child++)
		print_names(child->argp, has);
}

/* The first line of MAP [KEY] and the like, without the brackets. */
static void print_places(const char *args)
{
	printf("\t\tplaces='");
	for (; args && *args && *args != '\n'; args++)
		if (!strchr("[]", *args))
			putchar(*args);
	puts("'");
}

static void print_command(const struct command *command)
{
	printf("\t%s)\n", command->name);
	fputs("\t\toptions='--help", stdout);
	print_names(command->argp, has_name);
	fputs("'\n\t\tvalued='", stdout);
	print_names(command->argp, takes_value);
	puts("'");
	print_places(command->argp->args_doc);
	puts("\t\t;;");
}

static int run(int argc, char **argv)
{
	const char *shell = NULL;

	argp_parse(&argp, argc, argv, 0, NULL, &shell);
	fputs(head, stdout);
	for (const struct command *const *c = commands; *c; c++)
		print_command(*c);
	fputs(tail, stdout);
	printf("\n_ttlmap_commands='");
	for (const struct command *const *c = commands; *c; c++)
		printf("%s%s", c == commands ? "" : " ", (*c)->name);
	puts("'\ncomplete -F _ttlmap ttlmap");
	return EXIT_SUCCESS;
}

const struct command command_completion = {
	.name = "completion",
	.summary = "write a completion script for bash",
	.argp = &argp,
	.run = run,
};
