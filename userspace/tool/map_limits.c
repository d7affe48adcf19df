// SPDX-License-Identifier: GPL-2.0
#include "map_limits.h"
#include "options.h"
#include "ttlmap.h"

enum {
	OPT_CAPACITY = 512,
	OPT_MAX_BYTES,
	OPT_TTL,
	OPT_MIN_TTL,
	OPT_MAX_TTL,
	OPT_JITTER,
};

static const struct argp_option options[] = {
	{ "capacity", OPT_CAPACITY, "COUNT", 0, "most entries", 0 },
	{ "max-bytes", OPT_MAX_BYTES, "SIZE", 0,
	  "most memory for entries, or `none'", 0 },
	{ "ttl", OPT_TTL, "DURATION", 0,
	  "TTL of an entry that is set without one, or `never'", 0 },
	{ "min-ttl", OPT_MIN_TTL, "DURATION", 0,
	  "refuse a shorter TTL, or `none'", 0 },
	{ "max-ttl", OPT_MAX_TTL, "DURATION", 0,
	  "refuse a longer TTL, or `none'", 0 },
	{ "jitter", OPT_JITTER, "DURATION", 0,
	  "shorten each TTL by a random time up to this and up to half of it, or `none'", 0 },
	{ 0 }
};

static uint64_t take_capacity(const struct argp_state *state, const char *arg)
{
	uint64_t count = option_count(state, "--capacity", arg, TTLMAP_ENTRIES_MAX);

	if (!count)
		argp_error(state, "--capacity %s: at least 1", arg);
	return count;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ttlmap_tune *limits = state->input;

	switch (key) {
	case OPT_CAPACITY:
		limits->what |= TTLMAP_TUNE_ENTRIES;
		limits->max_entries = take_capacity(state, arg);
		return 0;
	case OPT_MAX_BYTES:
		limits->what |= TTLMAP_TUNE_BYTES;
		limits->max_bytes = option_max_size(state, "--max-bytes", arg);
		return 0;
	case OPT_TTL:
		limits->what |= TTLMAP_TUNE_TTL;
		limits->default_ttl_ns = option_limit(state, "--ttl", arg);
		return 0;
	case OPT_MIN_TTL:
		limits->what |= TTLMAP_TUNE_MIN_TTL;
		limits->min_ttl_ns = option_limit(state, "--min-ttl", arg);
		return 0;
	case OPT_MAX_TTL:
		limits->what |= TTLMAP_TUNE_MAX_TTL;
		limits->max_ttl_ns = option_limit(state, "--max-ttl", arg);
		return 0;
	case OPT_JITTER:
		limits->what |= TTLMAP_TUNE_JITTER;
		limits->jitter_ns = option_limit(state, "--jitter", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp limits_argp = { .options = options, .parser = parse };
