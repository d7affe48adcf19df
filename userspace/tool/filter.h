/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FILTER_H
#define TOOL_FILTER_H

#include <argp.h>
#include <stdbool.h>

#include "ttlmap.h"

/**
 * struct filter - which entries are wanted; all zero is all of them
 * @prefix: what their keys begin with, or NULL
 * @larger: bytes of key and value that they exceed
 * @above: a TTL is given that theirs exceeds
 * @ttl_above_ns: that one
 * @ttl_below_ns: a TTL that they fall short of, 0 for none
 */
struct filter {
	const char *prefix;
	uint64_t larger;
	bool above;
	uint64_t ttl_above_ns;
	uint64_t ttl_below_ns;
};

/* --prefix, --larger, --ttl-above, --ttl-below; its input is a struct filter. */
extern const struct argp filter_argp;

bool filter_passes(const struct filter *filter, const struct ttlmap_entry *entry);

#endif /* TOOL_FILTER_H */
