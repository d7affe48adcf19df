/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_JSON_OUT_H
#define TOOL_JSON_OUT_H

#include <json-c/json.h>

/* All of these end the program where there is no memory. */
struct json_object *json_new_object(void);
struct json_object *json_new_array(void);
void json_add(struct json_object *to, const char *name, struct json_object *value);
void json_add_number(struct json_object *to, const char *name, uint64_t number);
void json_add_real(struct json_object *to, const char *name, double number);
void json_add_text(struct json_object *to, const char *name, const char *text);
void json_add_null(struct json_object *to, const char *name);
void json_append(struct json_object *array, struct json_object *value);

/* What is left of a TTL: null for what does not expire. */
void json_add_ttl(struct json_object *to, const char *name, uint64_t ttl_ns);

/* Writes it on one line, or on several if it is for people too, and frees it. */
void json_print_line(struct json_object *object);
void json_print_pretty(struct json_object *object);

#endif /* TOOL_JSON_OUT_H */
