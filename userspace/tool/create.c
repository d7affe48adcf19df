// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "name.h"
#include "options.h"
#include "parse.h"
#include "trouble.h"
#include "ttlmap.h"

#define KEY_MAX_DEFAULT 64
#define VALUE_MAX_DEFAULT 4096

enum {
	OPT_CAPACITY = 256,
	OPT_MAX_BYTES,
	OPT_TTL,
	OPT_MIN_TTL,
	OPT_MAX_TTL,
	OPT_KEY_MAX,
	OPT_VALUE_MAX,
	OPT_MODE,
	OPT_NO_EVICT,
	OPT_REQUIRE_TTL,
	OPT_SIPHASH,
};

static const struct argp_option options[] = {
	{ "capacity", OPT_CAPACITY, "COUNT", 0, "most entries; needed", 0 },
	{ "max-bytes", OPT_MAX_BYTES, "SIZE", 0, "most memory for entries (no limit)", 0 },
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL of an entry that is set without one (never expires)", 0 },
	{ "min-ttl", OPT_MIN_TTL, "DURATION", 0, "refuse a shorter TTL", 0 },
	{ "max-ttl", OPT_MAX_TTL, "DURATION", 0, "refuse a longer TTL", 0 },
	{ "key-max", OPT_KEY_MAX, "SIZE", 0, "longest key (64)", 0 },
	{ "value-max", OPT_VALUE_MAX, "SIZE", 0, "longest value (4096)", 0 },
	{ "mode", OPT_MODE, "MODE", 0, "who may read and write it (0600)", 0 },
	{ "no-evict", OPT_NO_EVICT, NULL, 0,
	  "when full, refuse new entries instead of evicting old ones", 0 },
	{ "require-ttl", OPT_REQUIRE_TTL, NULL, 0,
	  "refuse entries that never expire", 0 },
	{ "siphash", OPT_SIPHASH, NULL, 0,
	  "for keys that strangers choose: slower, but they cannot make them collide", 0 },
	{ 0 }
};

static error_t parse_name(const char *arg, struct argp_state *state)
{
	struct ttlmap_create *create = state->input;

	if (create->name[0])
		argp_error(state, "%s: one map at a time", arg);
	if (name_is_good(arg))
		memcpy(create->name, arg, strlen(arg));
	else
		argp_error(state, "%s", NAME_RULE);
	return 0;
}

static error_t parse_mode_option(const char *arg, struct argp_state *state)
{
	struct ttlmap_create *create = state->input;
	const char *why = parse_mode(arg, &create->mode);

	if (why)
		argp_error(state, "--mode %s: %s", arg, why);
	return 0;
}

static error_t parse_limit(int key, char *arg, struct argp_state *state)
{
	struct ttlmap_create *create = state->input;

	switch (key) {
	case OPT_CAPACITY:
		create->max_entries = option_count(state, "--capacity", arg,
						   TTLMAP_ENTRIES_MAX);
		return 0;
	case OPT_MAX_BYTES:
		create->max_bytes = option_size(state, "--max-bytes", arg, UINT64_MAX);
		return 0;
	case OPT_TTL:
		create->default_ttl_ns = option_duration(state, "--ttl", arg);
		return 0;
	case OPT_MIN_TTL:
		create->min_ttl_ns = option_duration(state, "--min-ttl", arg);
		return 0;
	case OPT_MAX_TTL:
		create->max_ttl_ns = option_duration(state, "--max-ttl", arg);
		return 0;
	case OPT_KEY_MAX:
		create->key_max = option_size(state, "--key-max", arg, TTLMAP_KEY_MAX);
		return 0;
	case OPT_VALUE_MAX:
		create->value_max = option_size(state, "--value-max", arg,
						TTLMAP_VALUE_MAX);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void check(const struct ttlmap_create *create, struct argp_state *state)
{
	if (!create->name[0])
		argp_error(state, "which map?");
	if (!create->max_entries)
		argp_error(state, "--capacity COUNT says how many entries the map may hold, at least 1");
	if (!create->key_max)
		argp_error(state, "--key-max must be at least 1");
	if (create->flags & TTLMAP_F_REQUIRE_TTL && !create->default_ttl_ns)
		argp_error(state, "--require-ttl needs a --ttl for entries that are set without one");
	if (create->min_ttl_ns && create->default_ttl_ns &&
	    create->default_ttl_ns < create->min_ttl_ns)
		argp_error(state, "--ttl is shorter than --min-ttl");
	if (create->max_ttl_ns && create->min_ttl_ns > create->max_ttl_ns)
		argp_error(state, "--min-ttl is longer than --max-ttl");
	if (create->max_ttl_ns && !create->default_ttl_ns)
		argp_error(state, "--max-ttl needs a --ttl for entries that are set without one");
	if (create->max_ttl_ns && create->default_ttl_ns > create->max_ttl_ns)
		argp_error(state, "--ttl is longer than --max-ttl");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ttlmap_create *create = state->input;

	switch (key) {
	case OPT_MODE:
		return parse_mode_option(arg, state);
	case OPT_NO_EVICT:
		create->flags |= TTLMAP_F_NO_EVICT;
		return 0;
	case OPT_REQUIRE_TTL:
		create->flags |= TTLMAP_F_REQUIRE_TTL;
		return 0;
	case OPT_SIPHASH:
		create->flags |= TTLMAP_F_SIPHASH;
		return 0;
	case ARGP_KEY_ARG:
		return parse_name(arg, state);
	case ARGP_KEY_END:
		check(create, state);
		return 0;
	}
	return parse_limit(key, arg, state);
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Make a map that lives until `ttlmap rm MAP'."
	       "\v"
	       "Examples:\n"
	       "  ttlmap create sessions --capacity 256 --ttl 30s\n"
	       "  ttlmap create pages --capacity 1M --max-bytes 512M --mode 0660",
};

static int run(int argc, char **argv)
{
	struct ttlmap_create create = {
		.key_max = KEY_MAX_DEFAULT,
		.value_max = VALUE_MAX_DEFAULT,
		.mode = 0600,
	};
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &create);
	fd = ttlmap_map_create(&create);
	if (fd < 0)
		return trouble_with_map((const char *)create.name);
	close(fd);
	return EXIT_SUCCESS;
}

const struct command command_create = {
	.name = "create",
	.summary = "make a map",
	.argp = &argp,
	.run = run,
};
