// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "json_out.h"

#define FIGURE(name, kind) \
	{ #name, offsetof(struct ttlmap_stat, name), \
	  sizeof(((struct ttlmap_stat *)0)->name), kind }

#define SETTING(name) FIGURE(name, FIELD_SETTING)
#define LEVEL(name) FIGURE(name, FIELD_LEVEL)
#define COUNT(name) FIGURE(name, FIELD_COUNT)

const struct field fields[] = {
	FIGURE(id, FIELD_ID),
	SETTING(flags),
	SETTING(key_max),
	SETTING(value_max),
	SETTING(mode),
	SETTING(uid),
	SETTING(gid),
	SETTING(max_entries),
	SETTING(max_bytes),
	SETTING(default_ttl_ns),
	SETTING(min_ttl_ns),
	SETTING(max_ttl_ns),
	SETTING(jitter_ns),
	SETTING(frozen),
	LEVEL(entries),
	LEVEL(resident_bytes),
	LEVEL(live_bytes),
	LEVEL(stale_entries),
	LEVEL(stale_bytes),
	LEVEL(oldest_stale_ns),
	LEVEL(retired_entries),
	LEVEL(retired_bytes),
	LEVEL(table_bytes),
	LEVEL(owned_entries),
	COUNT(hits),
	COUNT(misses),
	COUNT(inserts),
	COUNT(replaces),
	COUNT(deletes),
	COUNT(popped),
	COUNT(cleared),
	COUNT(evicted),
	COUNT(reclaimed),
	COUNT(expired),
	COUNT(owner_gone),
	COUNT(collision_evicted),
	COUNT(touches),
	COUNT(adds),
	COUNT(canceled),
	COUNT(refused),
	COUNT(no_memory),
	LEVEL(segments),
	LEVEL(directory_slots),
	COUNT(splits),
	COUNT(merges),
	COUNT(directory_resizes),
	COUNT(retire_waits),
	LEVEL(expire_lag_max_ns),
	LEVEL(unread_bytes),
	LEVEL(alarms),
	COUNT(alarms_raised),
	{ 0 }
};

const struct field *field_find(const char *name)
{
	for (const struct field *f = fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static bool set_name(struct ttlmap_stat *stat, const char *value)
{
	size_t len = strlen(value);

	if (!len || len >= TTLMAP_NAME_SIZE)
		return false;
	memset(stat->name, 0, sizeof(stat->name));
	/* An anonymous map is a dash, which no name may begin with. */
	if (strcmp(value, "-"))
		memcpy(stat->name, value, len);
	return true;
}

bool field_set(struct ttlmap_stat *stat, const char *name, const char *value)
{
	const struct field *field = field_find(name);
	uint64_t number;
	char *end;

	if (!strcmp(name, "name"))
		return set_name(stat, value);
	if (!field)
		return false;
	errno = 0;
	number = strtoull(value, &end, 0);
	if (errno || end == value || *end)
		return false;
	field_put(stat, field, number);
	return true;
}

void field_put(struct ttlmap_stat *stat, const struct field *field, uint64_t number)
{
	uint32_t small = number;

	memcpy((char *)stat + field->offset,
	       field->size == sizeof(small) ? (void *)&small : (void *)&number,
	       field->size);
}

uint64_t field_get(const struct ttlmap_stat *stat, const struct field *field)
{
	const char *at = (const char *)stat + field->offset;
	uint64_t number;
	uint32_t small;

	if (field->size == sizeof(small)) {
		memcpy(&small, at, sizeof(small));
		return small;
	}
	memcpy(&number, at, sizeof(number));
	return number;
}

static const struct {
	unsigned int flag;
	const char *name;
	const char *option;
} flag_names[] = {
	{ TTLMAP_F_NO_EVICT, "no_evict", "--no-evict" },
	{ TTLMAP_F_REQUIRE_TTL, "require_ttl", "--require-ttl" },
	{ TTLMAP_F_SIPHASH, "siphash", "--siphash" },
	{ TTLMAP_F_SLIDING, "sliding", "--sliding" },
	{ TTLMAP_F_COUNTERS, "counters", "--counters" },
	{ TTLMAP_F_VERSIONS, "versions", "--versions" },
	{ TTLMAP_F_OWNERS, "owners", "--owners" },
	{ TTLMAP_F_RECLAIM, "reclaim", "--reclaim" },
	{ TTLMAP_F_PREALLOC, "prealloc", "--prealloc" },
	{ TTLMAP_F_PRIVATE, "private", "--private" },
};

#define FLAGS (sizeof(flag_names) / sizeof(flag_names[0]))

struct json_object *json_map_flags(unsigned int flags)
{
	struct json_object *array = json_new_array();

	for (size_t i = 0; i < FLAGS; i++)
		if (flags & flag_names[i].flag)
			json_append(array, json_object_new_string(flag_names[i].name));
	return array;
}

const char *map_flag_option(unsigned int flag)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (flag == flag_names[i].flag)
			return flag_names[i].option;
	return NULL;
}

struct json_object *json_stat(const struct ttlmap_stat *stat)
{
	struct json_object *object = json_new_object();

	json_add_text(object, "name", (const char *)stat->name);
	for (const struct field *f = fields; f->name; f++)
		if (strcmp(f->name, "flags"))
			json_add_number(object, f->name, field_get(stat, f));
	json_add(object, "flags", json_map_flags(stat->flags));
	return object;
}

void stat_since(struct ttlmap_stat *stat, const struct ttlmap_stat *before)
{
	for (const struct field *f = fields; f->name; f++)
		if (f->kind == FIELD_COUNT)
			field_put(stat, f, field_get(stat, f) - field_get(before, f));
}
