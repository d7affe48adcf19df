// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "fields.h"
#include "json_out.h"
#include "owner.h"
#include "trouble.h"
#include "ttlmap.h"

struct request {
	bool json;
	bool names;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "an array of objects", 0 },
	{ "names", 'n', NULL, 0, "names alone, one a line", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	(void)arg;
	switch (key) {
	case 'j':
		request->json = true;
		return 0;
	case 'n':
		request->names = true;
		return 0;
	case ARGP_KEY_END:
		if (request->json && request->names)
			argp_error(state, "--json and --names exclude each other");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "List the named maps of this network namespace.",
};

static void print_header(void)
{
	printf("%-4s %-10s %-10s %8s %8s  %s\n", "MODE", "OWNER", "GROUP", "ENTRIES",
	       "CAPACITY", "MAP");
}

static void print_item(const struct ttlmap_list_item *item)
{
	printf("%04" PRIo32 " %-10s %-10s %8s %8s  %s\n", item->mode,
	       user_name(item->uid).s, group_name(item->gid).s,
	       format_count(item->entries).s, format_count(item->max_entries).s,
	       (const char *)item->name);
}

static struct json_object *json_item(const struct ttlmap_list_item *item)
{
	struct json_object *object = json_new_object();

	json_add_text(object, "name", (const char *)item->name);
	json_add_number(object, "id", item->id);
	json_add_number(object, "entries", item->entries);
	json_add_number(object, "max_entries", item->max_entries);
	json_add_number(object, "uid", item->uid);
	json_add_number(object, "gid", item->gid);
	json_add_number(object, "mode", item->mode);
	json_add(object, "flags", json_map_flags(item->flags));
	return object;
}

static int list(const struct request *request, struct json_object *array)
{
	struct ttlmap_lister *lister = ttlmap_lister_new();
	struct ttlmap_list_item item;
	int ret = lister ? 0 : -1;

	if (lister && !array && !request->names)
		print_header();
	while (lister && (ret = ttlmap_lister_next(lister, &item)) > 0) {
		if (array)
			json_append(array, json_item(&item));
		else if (request->names)
			puts((const char *)item.name);
		else
			print_item(&item);
	}
	ttlmap_lister_free(lister);
	return ret;
}

static int run(int argc, char **argv)
{
	struct json_object *array = NULL;
	struct request request = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.json)
		array = json_new_array();
	if (list(&request, array))
		return trouble_with_map(NULL);
	if (array)
		json_print_pretty(array);
	return EXIT_SUCCESS;
}

const struct command command_ls = {
	.name = "ls",
	.summary = "list maps",
	.argp = &argp,
	.run = run,
};
