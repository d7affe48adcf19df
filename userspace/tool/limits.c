// SPDX-License-Identifier: GPL-2.0
#include "limits.h"
#include "options.h"

static uint64_t capacity(const struct argp_state *state, const char *arg)
{
	uint64_t count = option_count(state, "--capacity", arg, TTLMAP_ENTRIES_MAX);

	if (!count)
		argp_error(state, "--capacity %s: at least 1", arg);
	return count;
}

error_t limits_parse(int key, char *arg, const struct argp_state *state,
		     struct ttlmap_tune *limits)
{
	switch (key) {
	case LIMIT_OPT_CAPACITY:
		limits->what |= TTLMAP_TUNE_ENTRIES;
		limits->max_entries = capacity(state, arg);
		return 0;
	case LIMIT_OPT_MAX_BYTES:
		limits->what |= TTLMAP_TUNE_BYTES;
		limits->max_bytes = option_max_size(state, "--max-bytes", arg);
		return 0;
	case LIMIT_OPT_TTL:
		limits->what |= TTLMAP_TUNE_TTL;
		limits->default_ttl_ns = option_limit(state, "--ttl", arg);
		return 0;
	case LIMIT_OPT_MIN_TTL:
		limits->what |= TTLMAP_TUNE_MIN_TTL;
		limits->min_ttl_ns = option_limit(state, "--min-ttl", arg);
		return 0;
	case LIMIT_OPT_MAX_TTL:
		limits->what |= TTLMAP_TUNE_MAX_TTL;
		limits->max_ttl_ns = option_limit(state, "--max-ttl", arg);
		return 0;
	case LIMIT_OPT_JITTER:
		limits->what |= TTLMAP_TUNE_JITTER;
		limits->jitter_ns = option_limit(state, "--jitter", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}
