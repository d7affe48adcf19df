/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_LIMITS_H
#define TOOL_LIMITS_H

#include <argp.h>

#include "ttlmap.h"

enum {
	LIMIT_OPT_CAPACITY = 512,
	LIMIT_OPT_MAX_BYTES,
	LIMIT_OPT_TTL,
	LIMIT_OPT_MIN_TTL,
	LIMIT_OPT_MAX_TTL,
	LIMIT_OPT_JITTER,
};

#define LIMIT_OPTIONS \
	{ "capacity", LIMIT_OPT_CAPACITY, "COUNT", 0, "most entries", 0 }, \
	{ "max-bytes", LIMIT_OPT_MAX_BYTES, "SIZE", 0, \
	  "most memory for entries, or `none'", 0 }, \
	{ "ttl", LIMIT_OPT_TTL, "DURATION", 0, \
	  "TTL of an entry that is set without one, or `never'", 0 }, \
	{ "min-ttl", LIMIT_OPT_MIN_TTL, "DURATION", 0, \
	  "refuse a shorter TTL, or `none'", 0 }, \
	{ "max-ttl", LIMIT_OPT_MAX_TTL, "DURATION", 0, \
	  "refuse a longer TTL, or `none'", 0 }, \
	{ "jitter", LIMIT_OPT_JITTER, "DURATION", 0, \
	  "shorten each TTL by a random time up to this and up to half of it, or `none'", 0 }

/*
 * Takes one of LIMIT_OPTIONS: sets the value and its bit in what. The limits are
 * those that a map is made with, and those that tuning changes.
 */
error_t limits_parse(int key, char *arg, const struct argp_state *state,
		     struct ttlmap_tune *limits);

#endif /* TOOL_LIMITS_H */
