/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_KEYS_H
#define TOOL_KEYS_H

#include <argp.h>

#include "handle.h"

/**
 * struct keys - some keys of a map
 * @map: its name
 * @key: the keys
 * @count: how many
 */
struct keys {
	const char *map;
	char **key;
	int count;
};

/* Takes ARGP_KEY_ARGS and ARGP_KEY_END of a command with MAP KEY... */
error_t keys_parse(int key, struct argp_state *state, struct keys *keys);

/*
 * Does something to each key, whatever becomes of the others: @act returns what
 * the tool should exit with, and the worst of it is returned.
 */
int keys_each(const struct keys *keys, const struct handle *map,
	      int (*act)(const struct handle *map, const char *key, void *request),
	      void *request);

#endif /* TOOL_KEYS_H */
