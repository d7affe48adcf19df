// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "setting.h"

enum unit {
	UNIT_NUMBER,
	UNIT_COUNT,
	UNIT_BYTES,
	UNIT_LIMIT_BYTES,
	UNIT_TTL,
	UNIT_LIMIT_NS,
	UNIT_MODE,
	UNIT_FLAGS,
};

static const struct {
	const char *name;
	const char *title;
	enum unit unit;
} settings[] = {
	{ "flags", "flags", UNIT_FLAGS },
	{ "key_max", "longest key", UNIT_BYTES },
	{ "value_max", "longest value", UNIT_BYTES },
	{ "mode", "mode", UNIT_MODE },
	{ "uid", "owner", UNIT_NUMBER },
	{ "gid", "group", UNIT_NUMBER },
	{ "max_entries", "capacity", UNIT_COUNT },
	{ "max_bytes", "max bytes", UNIT_LIMIT_BYTES },
	{ "default_ttl_ns", "default TTL", UNIT_TTL },
	{ "min_ttl_ns", "min TTL", UNIT_LIMIT_NS },
	{ "max_ttl_ns", "max TTL", UNIT_LIMIT_NS },
	{ "jitter_ns", "jitter", UNIT_LIMIT_NS },
	{ "frozen", "frozen", UNIT_NUMBER },
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static size_t find(const struct field *field)
{
	size_t i = 0;

	while (i < SETTINGS && strcmp(settings[i].name, field->name))
		i++;
	return i;
}

const char *setting_title(const struct field *field)
{
	size_t at = find(field);

	return at < SETTINGS ? settings[at].title : field->name;
}

static void print_flags(uint64_t flags, char *text, size_t size)
{
	size_t at = 0;

	snprintf(text, size, "none");
	for (unsigned int flag = 1; flag; flag <<= 1) {
		if (!(flags & flag) || !map_flag_option(flag) || at >= size)
			continue;
		at += snprintf(text + at, size - at, "%s%s", at ? " " : "",
			       map_flag_option(flag));
	}
}

static struct text limit(uint64_t value, struct text (*format)(uint64_t value), const char *none)
{
	struct text text;

	if (value)
		return format(value);
	snprintf(text.s, sizeof(text.s), "%s", none);
	return text;
}

void setting_value(const struct field *field, uint64_t value, char *text, size_t size)
{
	size_t at = find(field);

	switch (at < SETTINGS ? settings[at].unit : UNIT_NUMBER) {
	case UNIT_FLAGS:
		print_flags(value, text, size);
		break;
	case UNIT_COUNT:
		snprintf(text, size, "%s", format_exact(value).s);
		break;
	case UNIT_BYTES:
		snprintf(text, size, "%s", format_size(value).s);
		break;
	case UNIT_LIMIT_BYTES:
		snprintf(text, size, "%s", limit(value, format_size, "none").s);
		break;
	case UNIT_TTL:
		snprintf(text, size, "%s", limit(value, format_duration, "never").s);
		break;
	case UNIT_LIMIT_NS:
		snprintf(text, size, "%s", limit(value, format_duration, "none").s);
		break;
	case UNIT_MODE:
		snprintf(text, size, "%04" PRIo64, value);
		break;
	default:
		snprintf(text, size, "%" PRIu64, value);
	}
}
