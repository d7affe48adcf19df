// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "parse.h"
#include "ttlmap.h"
#include "typed.h"

struct typed typed_text(const char *text)
{
	return (struct typed){ .text = text, .len = strlen(text) };
}

int typed_for(struct typed *typed, const struct handle *map)
{
	char text[32] = "";
	const char *why = "not a number";
	size_t len = typed->len;

	if (!(map->flags & TTLMAP_F_COUNTERS))
		return 0;
	/* A number from a file or a pipe has a newline at its end. */
	if (len && typed->text[len - 1] == '\n')
		len--;
	if (len < sizeof(text))
		memcpy(text, typed->text, len);
	/* Neither too long, nor with a NUL in it. */
	if (strlen(text) == len)
		why = parse_counter(text, &typed->counter);
	if (!why)
		return 0;
	fprintf(stderr, "ttlmap: %s: the values are counters: %s\n", map->name, why);
	return EXIT_USAGE;
}

const void *typed_bytes(const struct typed *typed, const struct handle *map)
{
	return map->flags & TTLMAP_F_COUNTERS ? (const void *)&typed->counter : typed->text;
}

size_t typed_len(const struct typed *typed, const struct handle *map)
{
	return map->flags & TTLMAP_F_COUNTERS ? sizeof(typed->counter) : typed->len;
}
