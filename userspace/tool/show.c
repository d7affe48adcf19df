// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "json_out.h"
#include "show.h"
#include "ttlmap.h"

struct show show_of(const struct handle *map, bool show_private)
{
	bool hidden = map->flags & TTLMAP_F_PRIVATE && !show_private;

	if (hidden)
		fprintf(stderr, "ttlmap: %s: a private map: lengths stand for keys and values (--show-private shows them)\n",
			map->name);
	return (struct show){
		.counters = map->flags & TTLMAP_F_COUNTERS,
		.hidden = hidden,
	};
}

static void show_length(size_t len)
{
	printf("<%zu byte%s>", len, len == 1 ? "" : "s");
}

static uint64_t counter_of(const void *value)
{
	uint64_t counter;

	memcpy(&counter, value, sizeof(counter));
	return counter;
}

void show_key(const struct show *show, const void *key, size_t len)
{
	if (show->hidden)
		show_length(len);
	else
		escape_to(stdout, key, len);
}

void show_value(const struct show *show, const void *value, size_t len)
{
	if (show->hidden)
		show_length(len);
	else if (show->counters)
		printf("%" PRIu64, counter_of(value));
	else
		escape_to(stdout, value, len);
}

void json_show_key(struct json_object *to, const struct show *show, const void *key,
		   size_t len)
{
	if (show->hidden)
		json_add_number(to, "key_len", len);
	else
		json_add_bytes(to, "key", key, len);
}

void json_show_value(struct json_object *to, const struct show *show, const void *value,
		     size_t len)
{
	if (show->hidden)
		json_add_number(to, "value_len", len);
	else if (show->counters)
		json_add_number(to, "value", counter_of(value));
	else
		json_add_bytes(to, "value", value, len);
}

struct text format_version(uint64_t version)
{
	struct text text = { "-" };

	if (version)
		snprintf(text.s, sizeof(text.s), "%" PRIu64, version);
	return text;
}

void json_add_version(struct json_object *to, uint64_t version)
{
	if (version)
		json_add_number(to, "version", version);
	else
		json_add_null(to, "version");
}
