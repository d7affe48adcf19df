// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include <linux/ttlmap.h>

#include "command.h"
#include "escape.h"
#include "json_out.h"

static void *must(void *pointer)
{
	if (!pointer) {
		fputs("ttlmap: out of memory\n", stderr);
		exit(EXIT_TROUBLE);
	}
	return pointer;
}

struct json_object *json_new_object(void)
{
	return must(json_object_new_object());
}

struct json_object *json_new_array(void)
{
	return must(json_object_new_array());
}

void json_add(struct json_object *to, const char *name, struct json_object *value)
{
	if (json_object_object_add(to, name, must(value)))
		must(NULL);
}

void json_add_number(struct json_object *to, const char *name, uint64_t number)
{
	json_add(to, name, json_object_new_uint64(number));
}

void json_add_real(struct json_object *to, const char *name, double number)
{
	char text[32];

	/* Six digits say all that is known; json-c itself would print 17. */
	snprintf(text, sizeof(text), "%.6g", number);
	json_add(to, name, json_object_new_double_s(number, text));
}

void json_add_text(struct json_object *to, const char *name, const char *text)
{
	json_add(to, name, json_object_new_string(text));
}

void json_add_null(struct json_object *to, const char *name)
{
	if (json_object_object_add(to, name, NULL))
		must(NULL);
}

void json_add_ttl(struct json_object *to, const char *name, uint64_t ttl_ns)
{
	if (ttl_ns != TTLMAP_TTL_NEVER)
		json_add_number(to, name, ttl_ns);
	else
		json_add_null(to, name);
}

void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		must(NULL);
}

static void print(struct json_object *object, int flags)
{
	escape_json_to(stdout, must((void *)json_object_to_json_string_ext(object, flags |
							JSON_C_TO_STRING_NOSLASHESCAPE)));
	putchar('\n');
	json_object_put(object);
}

void json_print_line(struct json_object *object)
{
	print(object, JSON_C_TO_STRING_SPACED);
}

void json_print_pretty(struct json_object *object)
{
	print(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}
