/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TTLMAP_ABI1_LAYOUT_H
#define TTLMAP_ABI1_LAYOUT_H

#include <stdbool.h>

/**
 * struct layout - where something that the first ABI published is
 * @what: its name
 * @at: of a field, its offset; of a number, its value
 * @size: of a field or structure, in bytes; of a limit, its value
 * @grows: @size may be larger in a later ABI
 */
struct layout {
	const char *what;
	unsigned long long at;
	unsigned long long size;
	bool grows;
};

/* As the first ABI's header has it, today's, one of later on, and one that is wrong. */
extern const struct layout layout_first[], layout_today[], layout_later[], layout_wrong[];

#endif
