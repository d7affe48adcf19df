// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "map_limits.h"
#include "name.h"
#include "options.h"
#include "parse.h"
#include "trouble.h"
#include "ttlmap.h"

#define KEY_MAX_DEFAULT 64
#define VALUE_MAX_DEFAULT 4096
#define COUNTER_SIZE 8

enum {
	OPT_KEY_MAX = 256,
	OPT_VALUE_MAX,
	OPT_MODE,
	OPT_NO_EVICT,
	OPT_REQUIRE_TTL,
	OPT_SIPHASH,
	OPT_SLIDING,
	OPT_COUNTERS,
	OPT_VERSIONS,
	OPT_OWNERS,
	OPT_RECLAIM,
	OPT_PREALLOC,
	OPT_PRIVATE,
};

struct request {
	struct ttlmap_create create;
	struct ttlmap_tune limits;
	bool value_max_given;
};

static const struct argp_option options[] = {
	{ "key-max", OPT_KEY_MAX, "SIZE", 0, "longest key (64)", 0 },
	{ "value-max", OPT_VALUE_MAX, "SIZE", 0, "longest value (4096)", 0 },
	{ "mode", OPT_MODE, "MODE", 0, "who may read and write it (0600)", 0 },
	{ "no-evict", OPT_NO_EVICT, NULL, 0,
	  "when full, refuse new entries instead of evicting old ones", 0 },
	{ "require-ttl", OPT_REQUIRE_TTL, NULL, 0,
	  "refuse entries that never expire", 0 },
	{ "siphash", OPT_SIPHASH, NULL, 0,
	  "for keys that strangers choose: slower, but they cannot make them collide", 0 },
	{ "sliding", OPT_SLIDING, NULL, 0, "each use starts the TTL anew", 0 },
	{ "counters", OPT_COUNTERS, NULL, 0, "values are numbers, for `ttlmap incr'", 0 },
	{ "versions", OPT_VERSIONS, NULL, 0,
	  "entries have versions, for `ttlmap cas --if-version'", 0 },
	{ "owners", OPT_OWNERS, NULL, 0,
	  "programs may bind entries to themselves: they go when the program ends", 0 },
	{ "reclaim", OPT_RECLAIM, NULL, 0,
	  "the kernel may evict when it is short of memory", 0 },
	{ "prealloc", OPT_PREALLOC, NULL, 0,
	  "take the memory for all entries now: no later insert fails for want of it", 0 },
	{ "private", OPT_PRIVATE, NULL, 0,
	  "keys and values are not shown by `ttlmap scan' and the like", 0 },
	{ 0 }
};

static error_t parse_name(const char *arg, struct argp_state *state,
			  struct ttlmap_create *create)
{
	if (create->name[0])
		argp_error(state, "%s: one map at a time", arg);
	if (name_is_good(arg))
		memcpy(create->name, arg, strlen(arg));
	else
		argp_error(state, "%s", NAME_RULE);
	return 0;
}

static void parse_mode_option(const char *arg, struct argp_state *state,
			      struct ttlmap_create *create)
{
	const char *why = parse_mode(arg, &create->mode);

	if (why)
		argp_error(state, "--mode %s: %s", arg, why);
}

static unsigned int flag_of(int key)
{
	switch (key) {
	case OPT_NO_EVICT:
		return TTLMAP_F_NO_EVICT;
	case OPT_REQUIRE_TTL:
		return TTLMAP_F_REQUIRE_TTL;
	case OPT_SIPHASH:
		return TTLMAP_F_SIPHASH;
	case OPT_SLIDING:
		return TTLMAP_F_SLIDING;
	case OPT_COUNTERS:
		return TTLMAP_F_COUNTERS;
	case OPT_VERSIONS:
		return TTLMAP_F_VERSIONS;
	case OPT_OWNERS:
		return TTLMAP_F_OWNERS;
	case OPT_RECLAIM:
		return TTLMAP_F_RECLAIM;
	case OPT_PREALLOC:
		return TTLMAP_F_PREALLOC;
	case OPT_PRIVATE:
		return TTLMAP_F_PRIVATE;
	}
	return 0;
}

static void check_flags(struct request *request, struct argp_state *state)
{
	struct ttlmap_create *create = &request->create;
	unsigned int flags = create->flags;

	if (flags & TTLMAP_F_REQUIRE_TTL && !request->limits.default_ttl_ns)
		argp_error(state, "--require-ttl needs a --ttl for entries that are set without one");
	if (flags & TTLMAP_F_RECLAIM && flags & TTLMAP_F_NO_EVICT)
		argp_error(state, "--reclaim and --no-evict exclude each other");
	if (!(flags & TTLMAP_F_COUNTERS))
		return;
	if (flags & TTLMAP_F_VERSIONS)
		argp_error(state, "--counters and --versions exclude each other");
	if (request->value_max_given && create->value_max != COUNTER_SIZE)
		argp_error(state, "--counters have a --value-max of 8");
	create->value_max = COUNTER_SIZE;
}

static void check_ttls(const struct ttlmap_tune *limits, struct argp_state *state)
{
	uint64_t ttl = limits->default_ttl_ns, max = limits->max_ttl_ns;

	if (limits->min_ttl_ns && ttl && ttl < limits->min_ttl_ns)
		argp_error(state, "--ttl is shorter than --min-ttl");
	if (max && limits->min_ttl_ns > max)
		argp_error(state, "--min-ttl is longer than --max-ttl");
	if (max && !ttl)
		argp_error(state, "--max-ttl needs a --ttl for entries that are set without one");
	if (max && ttl > max)
		argp_error(state, "--ttl is longer than --max-ttl");
}

static void check(struct request *request, struct argp_state *state)
{
	if (!request->create.name[0])
		argp_error(state, "which map?");
	if (!request->limits.max_entries)
		argp_error(state, "--capacity COUNT says how many entries the map may hold");
	if (!request->create.key_max)
		argp_error(state, "--key-max must be at least 1");
	check_ttls(&request->limits, state);
	check_flags(request, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	struct ttlmap_create *create = &request->create;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &request->limits;
		return 0;
	case OPT_KEY_MAX:
		create->key_max = option_size(state, "--key-max", arg, TTLMAP_KEY_MAX);
		return 0;
	case OPT_VALUE_MAX:
		create->value_max = option_size(state, "--value-max", arg, TTLMAP_VALUE_MAX);
		request->value_max_given = true;
		return 0;
	case OPT_MODE:
		parse_mode_option(arg, state, create);
		return 0;
	case ARGP_KEY_ARG:
		return parse_name(arg, state, create);
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	create->flags |= flag_of(key);
	return flag_of(key) ? 0 : ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
	{ &limits_argp, 0, NULL, 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "NAME --capacity COUNT",
	.children = children,
	.doc = "Make a map that lives until `ttlmap rm NAME'."
	       "\v"
	       "A TTL never ends and there are no other limits, unless given.\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap create sessions --capacity 256 --ttl 30s\n"
	       "  ttlmap create pages --capacity 1M --max-bytes 512M --mode 0660\n"
	       "  ttlmap create visits --capacity 50K --ttl 1h --counters",
};

static void apply_limits(struct ttlmap_create *create, const struct ttlmap_tune *limits)
{
	create->max_entries = limits->max_entries;
	create->max_bytes = limits->max_bytes;
	create->default_ttl_ns = limits->default_ttl_ns;
	create->min_ttl_ns = limits->min_ttl_ns;
	create->max_ttl_ns = limits->max_ttl_ns;
	create->jitter_ns = limits->jitter_ns;
}

static int run(int argc, char **argv)
{
	struct request request = {
		.create = {
			.key_max = KEY_MAX_DEFAULT,
			.value_max = VALUE_MAX_DEFAULT,
			.mode = 0600,
		},
	};
	int fd;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	apply_limits(&request.create, &request.limits);
	fd = ttlmap_map_create(&request.create);
	if (fd < 0)
		return trouble_with_map((const char *)request.create.name);
	close(fd);
	return EXIT_SUCCESS;
}

const struct command command_create = {
	.name = "create",
	.summary = "make a map",
	.argp = &argp,
	.run = run,
};
