/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FOUND_H
#define TOOL_FOUND_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handle.h"

/**
 * struct found - the entry of a key
 * @value: its value, for free()
 * @len: bytes of it
 * @room: bytes that are allocated
 * @ttl_ns: what is left of its TTL
 * @version: 0 in maps without versions
 */
struct found {
	char *value;
	size_t len;
	size_t room;
	uint64_t ttl_ns;
	uint64_t version;
};

/* ttlmap_lookup() or one that is called like it. */
typedef int (*find_fn)(int fd, const void *key, size_t key_len, void *value,
		       size_t *value_len, uint64_t *ttl_ns, uint64_t *version);

/* Finds an entry, with room for its value.  Returns 0, or -1 with errno. */
int found_read(struct found *found, int fd, const char *key, find_fn find);

/**
 * struct found_style - how it is printed
 * @raw: the value alone, byte for byte
 * @ttl: what is left of the TTL
 * @version: the version
 * @json: an object
 */
struct found_style {
	bool raw;
	bool ttl;
	bool version;
	bool json;
};

/* Options that say how, for a struct found_style, as a child of a command's. */
extern const struct argp found_argp;

/**
 * found_run() - find the entry of a key and print it
 * @name: the map's
 * @mode: TTLMAP_OPEN_WRITE if finding it changes the map, 0 otherwise
 * @key: the key
 * @find: how
 * @style: how it is printed
 *
 * Return: the exit status; what went wrong has been said.
 */
int found_run(const char *name, unsigned int mode, const char *key, find_fn find,
	      const struct found_style *style);

#endif /* TOOL_FOUND_H */
