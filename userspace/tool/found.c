// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "format.h"
#include "found.h"
#include "json_out.h"
#include "show.h"
#include "trouble.h"
#include "ttlmap.h"

#define FIRST_ROOM 4096

enum {
	OPT_TTL = 512,
	OPT_VERSION,
};

static const struct argp_option options[] = {
	{ "raw", 'r', NULL, 0,
	  "the value alone, byte for byte, without a newline", 0 },
	{ "ttl", OPT_TTL, NULL, 0,
	  "print what is left of the TTL instead of the value", 0 },
	{ "version", OPT_VERSION, NULL, 0,
	  "print the version instead of the value", 0 },
	{ "json", 'j', NULL, 0,
	  "an object with key, value, ttl_ns and version", 0 },
	{ 0 }
};

static int make_room(struct found *found, size_t room)
{
	char *value = realloc(found->value, room);

	if (!value)
		return -1;
	found->value = value;
	found->room = room;
	return 0;
}

/* The value may grow between two lookups, so the room follows it. */
int found_read(struct found *found, int fd, const char *key, find_fn find)
{
	if (!found->room && make_room(found, FIRST_ROOM))
		return -1;
	for (;;) {
		found->len = found->room;
		if (!find(fd, key, strlen(key), found->value, &found->len,
			  &found->ttl_ns, &found->version))
			return 0;
		if (errno != EMSGSIZE || make_room(found, found->len))
			return -1;
	}
}

static void check(const struct found_style *style, const struct argp_state *state)
{
	if (style->raw + style->ttl + style->version + style->json > 1)
		argp_error(state, "--raw, --ttl, --version and --json exclude each other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct found_style *style = state->input;

	(void)arg;
	switch (key) {
	case 'r':
		style->raw = true;
		return 0;
	case OPT_TTL:
		style->ttl = true;
		return 0;
	case OPT_VERSION:
		style->version = true;
		return 0;
	case 'j':
		style->json = true;
		return 0;
	case ARGP_KEY_END:
		check(style, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp found_argp = { .options = options, .parser = parse };

static void print_json(const struct found *found, const struct show *show, const char *key)
{
	struct json_object *object = json_new_object();

	json_show_key(object, show, key, strlen(key));
	json_show_value(object, show, found->value, found->len);
	json_add_ttl(object, "ttl_ns", found->ttl_ns);
	json_add_version(object, found->version);
	json_print_pretty(object);
}

static void print(const struct found *found, const struct handle *map, const char *key,
		  const struct found_style *style)
{
	/* Who names a key of a private map knows what there is to hide. */
	struct show show = show_of(map, true);

	if (style->json) {
		print_json(found, &show, key);
	} else if (style->ttl) {
		puts(format_duration(found->ttl_ns).s);
	} else if (style->version) {
		puts(format_version(found->version).s);
	} else if (style->raw) {
		fwrite(found->value, 1, found->len, stdout);
	} else if (show.counters || isatty(STDOUT_FILENO)) {
		show_value(&show, found->value, found->len);
		putchar('\n');
	} else {
		fwrite(found->value, 1, found->len, stdout);
		putchar('\n');
	}
}

static int find_and_print(const struct handle *map, const char *key, find_fn find,
			  const struct found_style *style)
{
	struct found found = { 0 };
	int status = EXIT_SUCCESS;

	if (style->version && handle_needs(map, TTLMAP_F_VERSIONS))
		return EXIT_TROUBLE;
	if (found_read(&found, map->fd, key, find))
		status = trouble_with_key(map->name, key);
	else
		print(&found, map, key, style);
	free(found.value);
	return status;
}

int found_run(const char *name, unsigned int mode, const char *key, find_fn find,
	      const struct found_style *style)
{
	struct handle map;
	int status;

	status = handle_open(&map, name, TTLMAP_OPEN_READ | mode);
	if (status)
		return status;
	status = find_and_print(&map, key, find, style);
	handle_close(&map);
	return status;
}
