// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/ttlmap.h>

#include "options.h"
#include "parse.h"

static void check(const struct argp_state *state, const char *option,
		  const char *arg, const char *why)
{
	if (why)
		argp_error(state, "%s %s: %s", option, arg, why);
}

static void check_max(const struct argp_state *state, const char *option,
		      const char *arg, uint64_t value, uint64_t max)
{
	if (value > max)
		argp_error(state, "%s %s: at most %" PRIu64, option, arg, max);
}

uint64_t option_duration(const struct argp_state *state, const char *option,
			 const char *arg)
{
	uint64_t ns = 0;

	check(state, option, arg, parse_duration(arg, &ns));
	return ns;
}

uint64_t option_ttl(const struct argp_state *state, const char *option,
		    const char *arg)
{
	uint64_t ns;

	if (!strcmp(arg, "never"))
		return TTLMAP_TTL_NEVER;
	ns = option_duration(state, option, arg);
	if (!ns)
		argp_error(state, "%s %s: must be more than nothing", option, arg);
	return ns;
}

uint64_t option_size(const struct argp_state *state, const char *option,
		     const char *arg, uint64_t max)
{
	uint64_t bytes = 0;

	check(state, option, arg, parse_size(arg, &bytes));
	check_max(state, option, arg, bytes, max);
	return bytes;
}

uint64_t option_count(const struct argp_state *state, const char *option,
		      const char *arg, uint64_t max)
{
	uint64_t count = 0;

	check(state, option, arg, parse_count(arg, &count));
	check_max(state, option, arg, count, max);
	return count;
}
