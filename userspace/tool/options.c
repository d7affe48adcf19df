// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/ttlmap.h>

#include "format.h"
#include "options.h"
#include "parse.h"

#define DAY_NS (86400 * 1000000000ULL)

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

uint64_t option_limit(const struct argp_state *state, const char *option,
		      const char *arg)
{
	if (!strcmp(arg, "none") || !strcmp(arg, "never"))
		return 0;
	return option_duration(state, option, arg);
}

uint64_t option_interval(const struct argp_state *state, const char *arg,
			 uint64_t least_ns)
{
	uint64_t ns = option_duration(state, "--interval", arg);

	if (ns < least_ns || ns > DAY_NS)
		argp_error(state, "--interval %s: %s to 1d", arg,
			   format_duration(least_ns).s);
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

uint64_t option_max_size(const struct argp_state *state, const char *option,
			 const char *arg)
{
	/* More than the kernel takes is no limit that anybody means. */
	return strcmp(arg, "none") ? option_size(state, option, arg, INT64_MAX) : 0;
}

uint64_t option_count(const struct argp_state *state, const char *option,
		      const char *arg, uint64_t max)
{
	uint64_t count = 0;

	check(state, option, arg, parse_count(arg, &count));
	check_max(state, option, arg, count, max);
	return count;
}

uint64_t option_number(const struct argp_state *state, const char *option,
		       const char *arg)
{
	uint64_t number = 0;

	check(state, option, arg, parse_number(arg, &number));
	return number;
}

error_t take_argument(const struct argp_state *state, const char *arg,
		      const char **const places[], const char *too_many)
{
	for (; *places; places++) {
		if (!**places) {
			**places = arg;
			return 0;
		}
	}
	argp_error(state, "%s: %s", arg, too_many);
	return 0;
}
