// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "command.h"
#include "options.h"
#include "scanning.h"

enum {
	OPT_SHOW_PRIVATE = 256,
};

struct request {
	const char *map;
	bool keys;
	bool json;
	bool show_private;
};

static const struct argp_option options[] = {
	{ "keys", 'k', NULL, 0, "keys alone", 0 },
	{ "json", 'j', NULL, 0, "an object a line", 0 },
	{ "show-private", OPT_SHOW_PRIVATE, NULL, 0, "keys and values of a private map, too", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case 'k':
		request->keys = true;
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

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Print all entries: key, value and what is left of the TTL, separated by tabs."
	       "\v"
	       "An entry that is there from the start of the scan to its end is printed exactly once, in no particular order.  A backslash is printed as \\\\, what is not text as \\t, \\n, \\r or \\xHH; JSON has key_hex or value_hex instead of key or value then.  Counters are printed as numbers.  Of a private map there are lengths instead of keys and values.",
};

static void print_entry(const struct ttlmap_entry *entry, const struct scanning *scanning)
{
	show_key(&scanning->show, entry->key, entry->key_len);
	if (!scanning->keys) {
		putchar('\t');
		show_value(&scanning->show, entry->value, entry->value_len);
		printf("\t%s", format_duration(entry->ttl_ns).s);
	}
	putchar('\n');
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
		.keys = request.keys,
		.json = request.json,
		.print = print_entry,
	};
	status = scanning_run(&scanning, &map);
	handle_close(&map);
	return status;
}

const struct command command_scan = {
	.name = "scan",
	.summary = "print all entries",
	.argp = &argp,
	.run = run,
};
