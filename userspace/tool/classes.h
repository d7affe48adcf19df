/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_CLASSES_H
#define TOOL_CLASSES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CLASSES_MAX 72

/**
 * struct class - figures from one bound to another
 * @name: as the file has it: "4-7", "1024-", or a name such as "within_1min"
 * @from: the least figure of the class, 0 for one with a name
 * @to: the largest, UINT64_MAX where there is no end
 * @count: how many
 * @bytes: how many bytes those have, in files that say so
 */
struct class {
	char name[44];
	uint64_t from;
	uint64_t to;
	uint64_t count;
	uint64_t bytes;
};

/**
 * struct classes - a histogram out of a file of debugfs
 * @class: in the order of the file
 * @count: how many
 */
struct classes {
	struct class class[CLASSES_MAX];
	size_t count;
};

/*
 * Reads lines "FIGURE A-B COUNT [BYTES]"; with NULL for @figure, lines "NAME COUNT".
 * Other lines are left out.  Returns -1 with errno.
 */
int classes_read(FILE *file, const char *figure, struct classes *classes);

uint64_t classes_total(const struct classes *classes);

/* How many are at least so large; those of the class that this lies within are not. */
uint64_t classes_from(const struct classes *classes, uint64_t least);

/* The count under a name, or 0. */
uint64_t classes_named(const struct classes *classes, const char *name);

#endif /* TOOL_CLASSES_H */
