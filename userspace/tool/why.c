// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "diagnosis.h"
#include "json_out.h"
#include "maps.h"
#include "options.h"
#include "terminal.h"

struct request {
	const char *map;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "an object", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case 'j':
		request->json = true;
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
	.doc = "Say why a map holds the memory that it holds, who does, and what to change."
	       "\v"
	       "From figures alone: no key and no value is looked at.  Who wrote what, and since when, is known where debugfs is readable (root).",
};

static void print_bytes(const struct ttlmap_stat *stat)
{
	printf("%s holds %s: %s live, %s stale, %s retired, %s table; %s of %s entries",
	       map_title(stat).s, format_size(stat->resident_bytes).s,
	       format_size(stat->live_bytes).s, format_size(stat->stale_bytes).s,
	       format_size(stat->retired_bytes).s, format_size(stat->table_bytes).s,
	       format_exact(stat->entries).s, format_exact(stat->max_entries).s);
	if (stat->hits + stat->misses)
		printf("; %s of lookups hit", format_percent(stat->hits,
							     stat->hits + stat->misses).s);
	puts(".");
}

/* Words as they fit on a terminal; programs that read on get a line. */
static void print_wrapped(const char *text, int indent)
{
	int width = isatty(STDOUT_FILENO) ? terminal_width() : INT_MAX;
	int column = indent;

	printf("%*s", indent, "");
	for (const char *word = text; *word; ) {
		int len = (int)strcspn(word, " ");

		if (column > indent && column + 1 + len >= width) {
			printf("\n%*s", indent, "");
			column = indent;
		}
		column += printf("%s%.*s", column > indent ? " " : "", len, word);
		word += len + strspn(word + len, " ");
	}
	putchar('\n');
}

static void print_finding(const struct finding *finding)
{
	putchar('\n');
	print_wrapped(finding->what, 0);
	if (finding->advice[0])
		print_wrapped(finding->advice, 2);
	if (finding->command[0])
		printf("      %s\n", finding->command);
}

static void print(const struct evidence *evidence, const struct diagnosis *diagnosis)
{
	print_bytes(&evidence->stat);
	if (!diagnosis->count)
		puts("\nNothing is wrong.");
	for (size_t i = 0; i < diagnosis->count; i++)
		print_finding(&diagnosis->finding[i]);
	fflush(stdout);
	if (!evidence->inside)
		fputs("ttlmap: who wrote what is known to those who may read debugfs (root)\n",
		      stderr);
}

static void print_json(const struct evidence *evidence, const struct diagnosis *diagnosis)
{
	struct json_object *object = json_new_object();
	struct json_object *array = json_new_array();

	for (size_t i = 0; i < diagnosis->count; i++) {
		const struct finding *finding = &diagnosis->finding[i];
		struct json_object *item = json_new_object();

		json_add_text(item, "name", finding->name);
		json_add_text(item, "what", finding->what);
		json_add_text(item, "advice", finding->advice);
		json_add_text(item, "command", finding->command);
		json_append(array, item);
	}
	json_add_text(object, "map", (const char *)evidence->stat.name);
	json_add(object, "inside", json_object_new_boolean(evidence->inside));
	json_add(object, "findings", array);
	json_print_pretty(object);
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct diagnosis diagnosis;
	struct evidence evidence;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = evidence_read(&evidence, request.map);
	if (status)
		return status;
	diagnose(&evidence, &diagnosis);
	if (request.json)
		print_json(&evidence, &diagnosis);
	else
		print(&evidence, &diagnosis);
	evidence_free(&evidence);
	return EXIT_SUCCESS;
}

const struct command command_why = {
	.name = "why",
	.summary = "say why a map holds what it holds",
	.argp = &argp,
	.run = run,
};
