// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "options.h"
#include "show.h"
#include "trouble.h"
#include "ttlmap.h"
#include "write.h"

enum {
	OPT_TTL = 512,
	OPT_KEEP_TTL,
	OPT_EXTEND_TTL,
	OPT_IF_VERSION,
	OPT_PRINT_VERSION,
};

static const struct argp_option options[] = {
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL from now on, or `never' (the map's default)", 0 },
	{ "keep-ttl", OPT_KEEP_TTL, NULL, 0,
	  "a replaced entry expires when it would have anyway", 0 },
	{ "extend-ttl", OPT_EXTEND_TTL, NULL, 0,
	  "a replaced entry never expires sooner than it would have anyway", 0 },
	{ "if-version", OPT_IF_VERSION, "NUMBER", 0,
	  "only if the entry has this version", 0 },
	{ "print-version", OPT_PRINT_VERSION, NULL, 0,
	  "print the version that the entry has now", 0 },
	{ 0 }
};

static void check(const struct write *write, const struct argp_state *state)
{
	if (write->flags & TTLMAP_TTL_KEEP && write->flags & TTLMAP_TTL_EXTEND)
		argp_error(state, "--keep-ttl and --extend-ttl exclude each other");
	if (write->flags & TTLMAP_NEW && write->if_version)
		argp_error(state, "--new and --if-version exclude each other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct write *write = state->input;

	switch (key) {
	case OPT_TTL:
		write->ttl_ns = option_ttl(state, "--ttl", arg);
		return 0;
	case OPT_KEEP_TTL:
		write->flags |= TTLMAP_TTL_KEEP;
		return 0;
	case OPT_EXTEND_TTL:
		write->flags |= TTLMAP_TTL_EXTEND;
		return 0;
	case OPT_IF_VERSION:
		write->if_version = true;
		write->version = option_number(state, "--if-version", arg);
		return 0;
	case OPT_PRINT_VERSION:
		write->print_version = true;
		return 0;
	case ARGP_KEY_END:
		check(write, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp write_argp = { .options = options, .parser = parse };

static int carry_out(struct write *write, const struct handle *map)
{
	const void *value = typed_bytes(&write->value, map);
	size_t len = typed_len(&write->value, map), key_len = strlen(write->key);

	if (write->expected.text)
		return ttlmap_cas_value(map->fd, write->key, key_len,
					typed_bytes(&write->expected, map),
					typed_len(&write->expected, map), value, len,
					write->ttl_ns, write->flags, &write->version);
	if (write->if_version)
		return ttlmap_cas_version(map->fd, write->key, key_len, &write->version,
					  value, len, write->ttl_ns, write->flags);
	return ttlmap_update(map->fd, write->key, key_len, value, len, write->ttl_ns,
			     write->flags, &write->version);
}

static int write_to(struct write *write, const struct handle *map)
{
	int status;

	if ((write->if_version || write->print_version) &&
	    handle_needs(map, TTLMAP_F_VERSIONS))
		return EXIT_TROUBLE;
	status = typed_for(&write->value, map);
	if (!status && write->expected.text)
		status = typed_for(&write->expected, map);
	if (status)
		return status;
	if (carry_out(write, map))
		return trouble_with_key(map->name, write->key);
	if (write->print_version)
		puts(format_version(write->version).s);
	return EXIT_SUCCESS;
}

int write_run(struct write *write)
{
	struct handle map;
	int status = handle_open(&map, write->map, TTLMAP_OPEN_WRITE);

	if (status)
		return status;
	status = write_to(write, &map);
	handle_close(&map);
	return status;
}
