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

/* As a duration, or "never" for TTLMAP_TTL_NEVER.  Zero is refused. */
uint64_t option_ttl(const struct argp_state *state, const char *option,
		    const char *arg);

#endif /* TOOL_OPTIONS_H */
