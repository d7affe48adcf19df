// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include <linux/ttlmap.h>

#include "format.h"

static struct text scaled(double value, double step, const char *const *units)
{
	struct text text;
	int digits;

	/* What would round up to the next unit belongs there: 999.9K is 1M. */
	for (; value >= (step > 1000 ? 1023.5 : 999.5) && units[1]; units++)
		value /= step;
	digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	snprintf(text.s, sizeof(text.s), "%.*f%s", digits, value, units[0]);
	return text;
}

static struct text whole(uint64_t value, const char *unit)
{
	struct text text;

	snprintf(text.s, sizeof(text.s), "%" PRIu64 "%s", value, unit);
	return text;
}

struct text format_count(uint64_t count)
{
	static const char *const units[] = { "", "K", "M", "G", "T", "P", "E", NULL };

	return count < 1000 ? whole(count, "") : scaled(count, 1000, units);
}

struct text format_size(uint64_t bytes)
{
	static const char *const units[] = { "", "K", "M", "G", "T", "P", "E", NULL };

	return bytes < 1024 ? whole(bytes, "") : scaled(bytes, 1024, units);
}

struct text format_latency(uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s", NULL };

	return ns < 1000 ? whole(ns, units[0]) : scaled(ns, 1000, units);
}

struct text format_duration(uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "d", 86400 * 1000000000ULL }, { "h", 3600 * 1000000000ULL },
		{ "m", 60 * 1000000000ULL }, { "s", 1000000000ULL },
		{ "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	};
	uint64_t first, second;
	struct text text;
	size_t i = 0;

	if (ns == TTLMAP_TTL_NEVER)
		return (struct text){ "never" };
	if (!ns)
		return (struct text){ "0s" };
	while (ns < units[i].ns)
		i++;
	first = ns / units[i].ns;
	/* A second unit only where the first is coarse. */
	second = units[i].ns > 1 && (first < 100 || units[i].ns > 1000000000ULL) ?
		 ns % units[i].ns / units[i + 1].ns : 0;
	if (second)
		snprintf(text.s, sizeof(text.s), "%" PRIu64 "%s%" PRIu64 "%s", first,
			 units[i].name, second, units[i + 1].name);
	else
		snprintf(text.s, sizeof(text.s), "%" PRIu64 "%s", first,
			 units[i].name);
	return text;
}

struct text format_seconds(uint64_t ns)
{
	return format_duration(ns - ns % 1000000000);
}

struct text format_percent(uint64_t part, uint64_t whole)
{
	struct text text = { "-" };

	if (whole)
		snprintf(text.s, sizeof(text.s), "%.1f%%", 100.0 * part / whole);
	return text;
}

struct text format_exact(uint64_t number)
{
	char digits[21];
	size_t len = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	struct text text;
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			text.s[to++] = ',';
		text.s[to++] = digits[i];
	}
	text.s[to] = '\0';
	return text;
}
