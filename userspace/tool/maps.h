/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_MAPS_H
#define TOOL_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"
#include "ttlmap.h"

/**
 * struct maps - the figures of all maps that this user may see
 * @map: their figures, in the order of their ids
 * @count: how many
 * @hidden: named maps that this user may not read
 * @partial: only what a summary of all maps has is known
 * @at_ns: when they were read, of CLOCK_BOOTTIME
 */
struct maps {
	struct ttlmap_stat *map;
	size_t count;
	size_t hidden;
	bool partial;
	uint64_t at_ns;
};

/*
 * From debugfs, where that is readable: all maps, also those without a name and
 * of other namespaces.  Otherwise from the maps themselves, by their names.
 * Returns -1 with errno.
 */
int maps_read(struct maps *maps);

/* The same with all that is known of each map. */
int maps_read_all(struct maps *maps);

void maps_free(struct maps *maps);

/* The map of an id, or NULL. */
const struct ttlmap_stat *maps_find(const struct maps *maps, uint64_t id);

#define MAP_TITLE_MAX 40

/* The beginning of its name, or "#ID" if it has none. */
struct text map_title(const struct ttlmap_stat *map);

#endif /* TOOL_MAPS_H */
