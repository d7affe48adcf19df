/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_WATCH_H
#define TOOL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "format.h"

/**
 * struct watch - what to watch and how
 * @map: name of a map
 * @key: a key of it, NULL for the map as a whole
 * @interval_ns: time from one look to the next
 * @count: lines to print before the end, 0 for no end
 * @json: an object a line
 * @show_private: values of a private map, too
 */
struct watch {
	const char *map;
	const char *key;
	uint64_t interval_ns;
	uint64_t count;
	bool json;
	bool show_private;
};

/*
 * Print lines as they come.  The map is opened for each look, so that one that is
 * removed goes.  They end after @count lines, or with EXIT_TROUBLE and a message.
 */
int watch_key(const struct watch *watch);
int watch_map(const struct watch *watch);

/* The time of day, and in UTC with the date. */
struct text watch_time(void);
struct text watch_json_time(void);

#endif /* TOOL_WATCH_H */
