/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FILTER_H
#define TOOL_FILTER_H

#include <argp.h>
#include <stdbool.h>

#include "handle.h"
#include "owners.h"
#include "ttlmap.h"

/**
 * struct filter - which entries are wanted; all zero is all of them
 * @prefix: what their keys begin with, or NULL
 * @larger: bytes of key and value that they exceed
 * @above: a TTL is given that theirs exceeds
 * @ttl_above_ns: that one
 * @ttl_below_ns: a TTL that they fall short of, 0 for none
 * @idle_above_ns: they have not been used for longer
 * @unread: they were not looked up since they were written
 * @owner: who wrote them: a command, a pid, or #N, the owner's number; or NULL
 * @owners: those that fit
 */
struct filter {
	const char *prefix;
	uint64_t larger;
	bool above;
	uint64_t ttl_above_ns;
	uint64_t ttl_below_ns;
	uint64_t idle_above_ns;
	bool unread;
	const char *owner;
	struct owners owners;
};

/* The options of these names; its input is a struct filter. */
extern const struct argp filter_argp;

/*
 * Finds out who the owner of a map's entries is.  Returns 0, or EXIT_TROUBLE with a
 * message; filter_free() is due in either case.
 */
int filter_find_owners(struct filter *filter, const struct handle *map);
void filter_free(struct filter *filter);

bool filter_passes(const struct filter *filter, const struct ttlmap_entry *entry);

#endif /* TOOL_FILTER_H */
