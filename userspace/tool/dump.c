// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "filter.h"
#include "options.h"
#include "scanning.h"

enum {
	OPT_SHOW_PRIVATE = 256,
};

struct request {
	const char *map;
	struct filter filter;
	bool json;
	bool show_private;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0,
	  "an object a line: key, value, ttl_ns, version, idle_ns, read, owner", 0 },
	{ "show-private", OPT_SHOW_PRIVATE, NULL, 0, "keys and values of a private map, too", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->filter;
		return 0;
	case 'j':
		request->json = true;
		return 0;
	case OPT_SHOW_PRIVATE:
		request->show_private = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
	{ &filter_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.children = children,
	.doc = "Write all that the entries of a map hold, for programs."
	       "\v"
	       "A line has key, value, what is left of the TTL (exactly, as `ttlmap set --ttl' takes it) and version (- where there is none), separated by tabs; keys and values are escaped as by `ttlmap scan'.  An entry that is there from the start to the end is written exactly once.  Of a private map there are lengths instead of keys and values.\n"
	       "\n"
	       "Examples, what does not expire within a day, and what a worker has written that nobody has read:\n"
	       "  ttlmap dump sessions --ttl-above 1d\n"
	       "  ttlmap dump sessions --owner worker --unread",
};

static void print_entry(const struct ttlmap_entry *entry, const struct scanning *scanning)
{
	show_key(&scanning->show, entry->key, entry->key_len);
	putchar('\t');
	show_value(&scanning->show, entry->value, entry->value_len);
	if (entry->ttl_ns == TTLMAP_TTL_NEVER)
		printf("\tnever");
	else
		printf("\t%" PRIu64 "ns", entry->ttl_ns);
	printf("\t%s\n", format_version(entry->version).s);
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	struct scanning scanning;
	struct handle map;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = handle_open(&map, request.map, TTLMAP_OPEN_READ);
	if (status)
		return status;
	scanning = (struct scanning){
		.show = show_of(&map, request.show_private),
		.filter = &request.filter,
		.json = request.json,
		.print = print_entry,
	};
	status = filter_find_owners(&request.filter, &map);
	if (!status)
		status = scanning_run(&scanning, &map);
	filter_free(&request.filter);
	handle_close(&map);
	return status;
}

const struct command command_dump = {
	.name = "dump",
	.summary = "write all entries for programs",
	.argp = &argp,
	.run = run,
};
