// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static void *must(void *pointer)
{
	if (!pointer)
		err(1, NULL);
	return pointer;
}

void *grow(void *array, size_t count, size_t size)
{
	return must(reallocarray(array, count + 1, size));
}

char *copy_text(const char *text)
{
	return must(strdup(text));
}

char *join_text(const char *first, const char *second)
{
	char *joined;

	if (asprintf(&joined, "%s%s", first, second) < 0)
		err(1, NULL);
	return joined;
}
