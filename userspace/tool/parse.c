// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ttlmap.h>

#include "parse.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit durations[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000ULL },
	{ "m", 60 * 1000000000ULL },
	{ "h", 3600 * 1000000000ULL },
	{ "d", 86400 * 1000000000ULL },
	{ "w", 7 * (86400 * 1000000000ULL) },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "K", 1ULL << 10 }, { "k", 1ULL << 10 }, { "KiB", 1ULL << 10 },
	{ "M", 1ULL << 20 }, { "MiB", 1ULL << 20 },
	{ "G", 1ULL << 30 }, { "GiB", 1ULL << 30 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 },
	{ NULL, 0 },
};

static const struct unit counts[] = {
	{ "", 1 },
	{ "K", 1000 }, { "k", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000ULL },
	{ NULL, 0 },
};

static const char too_large[] = "too large";

/* Takes digits from *text; false unless there are some that fit. */
static bool take_number(const char **text, uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*number = strtoull(*text, &end, 10);
	*text = end;
	return errno == 0;
}

static const struct unit *find_unit(const struct unit *units, const char *name,
				    size_t len)
{
	for (; units->name; units++)
		if (strlen(units->name) == len && !memcmp(units->name, name, len))
			return units;
	return NULL;
}

/* One number with its unit, added to *sum. */
static const char *take_duration(const char **text, uint64_t *sum)
{
	const struct unit *unit;
	uint64_t number, part;
	size_t len;

	if (!isdigit((unsigned char)**text))
		return "not a duration like 250ms, 30s or 1h30m";
	if (!take_number(text, &number))
		return too_large;
	len = strcspn(*text, "0123456789");
	unit = find_unit(durations, *text, len);
	if (!unit)
		return "a duration is whole numbers with units: ns, us, ms, s, m, h, d or w";
	*text += len;
	if (__builtin_mul_overflow(number, unit->factor, &part) ||
	    __builtin_add_overflow(*sum, part, sum) || *sum > TTLMAP_TTL_MAX)
		return too_large;
	return NULL;
}

const char *parse_duration(const char *text, uint64_t *ns)
{
	const char *rest = text;
	uint64_t sum = 0;

	if (take_number(&rest, &sum) && !*rest) {
		if (__builtin_mul_overflow(sum, 1000000000ULL, ns) ||
		    *ns > TTLMAP_TTL_MAX)
			return too_large;
		return NULL;
	}
	sum = 0;
	do {
		const char *why = take_duration(&text, &sum);

		if (why)
			return why;
	} while (*text);
	*ns = sum;
	return NULL;
}

static const char *parse_scaled(const char *text, const struct unit *units,
				const char *form, uint64_t *result)
{
	const struct unit *unit;
	uint64_t number;

	if (!isdigit((unsigned char)*text))
		return form;
	if (!take_number(&text, &number))
		return too_large;
	unit = find_unit(units, text, strlen(text));
	if (!unit)
		return form;
	if (__builtin_mul_overflow(number, unit->factor, result))
		return too_large;
	return NULL;
}

const char *parse_size(const char *text, uint64_t *bytes)
{
	return parse_scaled(text, sizes, "not a size like 4096, 64K or 1G", bytes);
}

const char *parse_count(const char *text, uint64_t *count)
{
	return parse_scaled(text, counts, "not a count like 256, 50K or 1M", count);
}

const char *parse_number(const char *text, uint64_t *number)
{
	if (!isdigit((unsigned char)*text))
		return "not a number like 0 or 42";
	if (!take_number(&text, number))
		return too_large;
	return *text ? "not a number like 0 or 42" : NULL;
}

const char *parse_counter(const char *text, uint64_t *counter)
{
	bool negative = *text == '-';
	const char *why = parse_number(text + negative, counter);

	if (why)
		return why;
	if (negative && *counter > 1ULL << 63)
		return too_large;
	if (negative)
		*counter = -*counter;
	return NULL;
}

const char *parse_mode(const char *text, uint32_t *mode)
{
	size_t len = strlen(text);

	if (!len || len > 4 || strspn(text, "01234567") != len)
		return "not octal permission bits like 0660";
	*mode = strtoul(text, NULL, 8);
	if (*mode > 0777)
		return "permission bits are 0 to 0777";
	return NULL;
}
