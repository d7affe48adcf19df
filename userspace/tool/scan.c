// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "escape.h"
#include "format.h"
#include "json_out.h"
#include "trouble.h"
#include "ttlmap.h"

struct request {
	const char *map;
	bool keys;
	bool json;
};

static const struct argp_option options[] = {
	{ "keys", 'k', NULL, 0, "keys alone", 0 },
	{ "json", 'j', NULL, 0, "an object a line", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case 'k':
		request->keys = true;
		return 0;
	case 'j':
		request->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (request->map)
			argp_error(state, "%s: one map at a time", arg);
		request->map = arg;
		return 0;
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
	       "An entry that is there from the start of the scan to its end is printed exactly once, in no particular order.  A backslash is printed as \\\\, what is not text as \\t, \\n, \\r or \\xHH; JSON has key_hex or value_hex instead of key or value then.",
};

static void print_entry(const struct ttlmap_entry *entry, bool keys)
{
	escape_to(stdout, entry->key, entry->key_len);
	if (!keys) {
		putchar('\t');
		escape_to(stdout, entry->value, entry->value_len);
		printf("\t%s", format_duration(entry->ttl_ns).s);
	}
	putchar('\n');
}

static void print_json_entry(const struct ttlmap_entry *entry, bool keys)
{
	struct json_object *object = json_new_object();

	json_add_bytes(object, "key", entry->key, entry->key_len);
	if (!keys)
		json_add_bytes(object, "value", entry->value, entry->value_len);
	json_add_ttl(object, "ttl_ns", entry->ttl_ns);
	json_print_line(object);
}

static int scan(int fd, const struct request *request)
{
	struct ttlmap_scanner *scanner;
	struct ttlmap_entry entry;
	int ret;

	scanner = ttlmap_scanner_new(fd, request->keys ? TTLMAP_SCAN_KEYS : 0);
	if (!scanner)
		return -1;
	while ((ret = ttlmap_scanner_next(scanner, &entry)) > 0) {
		if (request->json)
			print_json_entry(&entry, request->keys);
		else
			print_entry(&entry, request->keys);
	}
	ttlmap_scanner_free(scanner);
	return ret;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	int status = EXIT_SUCCESS;
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	fd = ttlmap_map_open(request.map, TTLMAP_OPEN_READ);
	if (fd < 0)
		return trouble_with_map(request.map);
	if (scan(fd, &request))
		status = trouble_with_map(request.map);
	close(fd);
	return status;
}

const struct command command_scan = {
	.name = "scan",
	.summary = "print all entries",
	.argp = &argp,
	.run = run,
};
