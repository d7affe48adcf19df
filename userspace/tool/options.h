/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <argp.h>
#include <stdint.h>

/*
 * Arguments of options.  What cannot be taken ends the program with EXIT_USAGE
 * and a message that names the option.
 */
uint64_t option_duration(const struct argp_state *state, const char *option,
			 const char *arg);
uint64_t option_size(const struct argp_state *state, const char *option,
		     const char *arg, uint64_t max);
uint64_t option_count(const struct argp_state *state, const char *option,
		      const char *arg, uint64_t max);

uint64_t option_number(const struct argp_state *state, const char *option,
		       const char *arg);

/* Between frames or looks, at most a day. */
uint64_t option_interval(const struct argp_state *state, const char *arg,
			 uint64_t least_ns);

/* Limits of a map: a duration or a size, or "none" (or "never") for 0. */
uint64_t option_limit(const struct argp_state *state, const char *option,
		      const char *arg);
uint64_t option_max_size(const struct argp_state *state, const char *option,
			 const char *arg);

/* As a duration, or "never" for TTLMAP_TTL_NEVER.  Zero is refused. */
uint64_t option_ttl(const struct argp_state *state, const char *option,
		    const char *arg);

/*
 * The next argument that is no option, into the first of the places, which end
 * with NULL, that is free.  One too many ends the program.
 */
error_t take_argument(const struct argp_state *state, const char *arg,
		      const char **const places[], const char *too_many);

#endif /* TOOL_OPTIONS_H */
