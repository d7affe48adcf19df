/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_SCANNING_H
#define TOOL_SCANNING_H

#include <stdbool.h>

#include "handle.h"
#include "show.h"
#include "ttlmap.h"

struct filter;

/**
 * struct scanning - how all entries of a map are printed
 * @show: how keys and values are shown
 * @keys: keys alone
 * @filter: which entries, NULL for all
 * @json: an object a line, or else @print
 * @print: writes an entry as text
 */
struct scanning {
	struct show show;
	bool keys;
	const struct filter *filter;
	bool json;
	void (*print)(const struct ttlmap_entry *entry, const struct scanning *scanning);
};

/* Prints all entries of a map.  Returns 0, or EXIT_TROUBLE with a message. */
int scanning_run(const struct scanning *scanning, const struct handle *map);

#endif /* TOOL_SCANNING_H */
