// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>

#include "filter.h"
#include "options.h"

enum {
	OPT_PREFIX = 512,
	OPT_LARGER,
	OPT_TTL_ABOVE,
	OPT_TTL_BELOW,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Only entries that pass all of these:", 1 },
	{ "prefix", OPT_PREFIX, "TEXT", 0, "the key begins with it", 1 },
	{ "larger", OPT_LARGER, "SIZE", 0, "key and value are larger", 1 },
	{ "ttl-above", OPT_TTL_ABOVE, "DURATION", 0,
	  "more than this is left of the TTL, or it never expires", 1 },
	{ "ttl-below", OPT_TTL_BELOW, "DURATION", 0, "less than this is left of the TTL", 1 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct filter *filter = state->input;

	switch (key) {
	case OPT_PREFIX:
		filter->prefix = arg;
		return 0;
	case OPT_LARGER:
		filter->larger = option_size(state, "--larger", arg, UINT32_MAX);
		return 0;
	case OPT_TTL_ABOVE:
		filter->above = true;
		filter->ttl_above_ns = option_duration(state, "--ttl-above", arg);
		return 0;
	case OPT_TTL_BELOW:
		filter->ttl_below_ns = option_ttl(state, "--ttl-below", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp filter_argp = { .options = options, .parser = parse };

static bool begins_with(const struct ttlmap_entry *entry, const char *prefix)
{
	size_t len = strlen(prefix);

	return len <= entry->key_len && !memcmp(entry->key, prefix, len);
}

bool filter_passes(const struct filter *filter, const struct ttlmap_entry *entry)
{
	if (filter->prefix && !begins_with(entry, filter->prefix))
		return false;
	if (filter->larger && entry->key_len + entry->value_len <= filter->larger)
		return false;
	if (filter->above && entry->ttl_ns <= filter->ttl_above_ns)
		return false;
	return !filter->ttl_below_ns || entry->ttl_ns < filter->ttl_below_ns;
}
