/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_ESCAPE_H
#define TOOL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_object;

/*
 * Writes bytes so that they cannot harm a terminal and can be read back: text
 * in UTF-8 as it is, a backslash doubled, all else as \t, \n, \r or \xHH.
 */
void escape_to(FILE *out, const void *bytes, size_t len);

/*
 * Writes JSON, in which harmful characters beyond ASCII, allowed in its strings as
 * they are, become \uHHHH.
 */
void escape_json_to(FILE *out, const char *json);

bool is_utf8(const void *bytes, size_t len);

/*
 * Adds bytes to a JSON object: as the string NAME if they are UTF-8, else in
 * hexadecimal as NAME_hex.
 */
void json_add_bytes(struct json_object *to, const char *name, const void *bytes,
		    size_t len);

#endif /* TOOL_ESCAPE_H */
