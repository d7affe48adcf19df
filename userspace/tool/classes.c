// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "classes.h"

static void take_bounds(struct class *class)
{
	char *end;

	class->from = strtoull(class->name, &end, 10);
	class->to = end[0] == '-' && end[1] ? strtoull(end + 1, NULL, 10) : UINT64_MAX;
}

/* Whether a line has a class of the figure. The kernel wrote it. */
static bool take_class(const char *line, const char *figure, struct class *class)
{
	char name[44];

	memset(class, 0, sizeof(*class));
	/* NOLINTBEGIN(cert-err34-c) */
	if (!figure)
		return sscanf(line, "%43s %" SCNu64, class->name, &class->count) == 2;
	if (sscanf(line, "%43s %43[0-9-] %" SCNu64 " %" SCNu64, name, class->name,
		   &class->count, &class->bytes) < 3 || strcmp(name, figure))
		return false;
	/* NOLINTEND(cert-err34-c) */
	take_bounds(class);
	return true;
}

int classes_read(FILE *file, const char *figure, struct classes *classes)
{
	char line[160];
	struct class class;

	memset(classes, 0, sizeof(*classes));
	while (fgets(line, sizeof(line), file)) {
		if (!take_class(line, figure, &class))
			continue;
		if (classes->count == CLASSES_MAX) {
			errno = EPROTO;
			return -1;
		}
		classes->class[classes->count++] = class;
	}
	return ferror(file) ? -1 : 0;
}

uint64_t classes_total(const struct classes *classes)
{
	uint64_t total = 0;

	for (size_t i = 0; i < classes->count; i++)
		total += classes->class[i].count;
	return total;
}

uint64_t classes_from(const struct classes *classes, uint64_t least)
{
	uint64_t total = 0;

	for (size_t i = 0; i < classes->count; i++)
		if (classes->class[i].from >= least)
			total += classes->class[i].count;
	return total;
}

uint64_t classes_named(const struct classes *classes, const char *name)
{
	for (size_t i = 0; i < classes->count; i++)
		if (!strcmp(classes->class[i].name, name))
			return classes->class[i].count;
	return 0;
}
