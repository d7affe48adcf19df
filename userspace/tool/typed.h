/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_TYPED_H
#define TOOL_TYPED_H

#include <stddef.h>
#include <stdint.h>

#include "handle.h"

/**
 * struct typed - a value as somebody typed it
 * @text: what was typed
 * @len: its bytes
 * @counter: its number, for maps of counters
 */
struct typed {
	const char *text;
	size_t len;
	uint64_t counter;
};

struct typed typed_text(const char *text);

/*
 * Makes it what a map takes: bytes as they are, or a number.  Returns 0, or
 * EXIT_USAGE with a message.
 */
int typed_for(struct typed *typed, const struct handle *map);

/* The bytes for the map, after typed_for(). */
const void *typed_bytes(const struct typed *typed, const struct handle *map);
size_t typed_len(const struct typed *typed, const struct handle *map);

#endif /* TOOL_TYPED_H */
