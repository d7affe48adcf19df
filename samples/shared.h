/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef TTLMAP_SAMPLES_SHARED_H
#define TTLMAP_SAMPLES_SHARED_H

#include <errno.h>
#include <ttlmap.h>

#define SECOND_NS	UINT64_C(1000000000)

/*
 * The map of that name, made by whoever comes first. Its limits are those that it was
 * made with.
 */
static inline int shared_map(const struct ttlmap_create *create)
{
	int map;

	do {
		map = ttlmap_map_create(create);
		if (map >= 0 || errno != EEXIST)
			return map;
		map = ttlmap_map_open((const char *)create->name,
				      TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	} while (map < 0 && errno == ENOENT);
	return map;
}

#endif
