/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_SHOW_H
#define TOOL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"
#include "handle.h"

struct json_object;

/**
 * struct show - how the keys and values of a map are shown
 * @counters: values are numbers
 * @hidden: lengths stand for keys and values
 */
struct show {
	bool counters;
	bool hidden;
};

/*
 * A private map hides its keys and values, and a message says so, unless they are
 * asked for.
 */
struct show show_of(const struct handle *map, bool show_private);

/* On the standard output, as escape_to() does it. */
void show_key(const struct show *show, const void *key, size_t len);
void show_value(const struct show *show, const void *value, size_t len);

/* As json_add_bytes(); what is hidden as key_len or value_len. */
void json_show_key(struct json_object *to, const struct show *show, const void *key,
		   size_t len);
void json_show_value(struct json_object *to, const struct show *show, const void *value,
		     size_t len);

/* A version: "-" or null where there is none. */
struct text format_version(uint64_t version);
void json_add_version(struct json_object *to, uint64_t version);

#endif /* TOOL_SHOW_H */
