/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_CENSUS_H
#define _TTLMAP_CENSUS_H

#include "map.h"

#define TM_AGE_CLASSES	26	/* of seconds */
#define TM_SIZE_CLASSES	22	/* of bytes */

/* What is left of entries' TTLs. */
enum tm_ttl {
	TM_TTL_EXPIRED,
	TM_TTL_1S,
	TM_TTL_10S,
	TM_TTL_1MIN,
	TM_TTL_10MIN,
	TM_TTL_1H,
	TM_TTL_LATER,
	TM_TTL_NEVER,
	TM_TTLS
};

/**
 * struct tm_census - what entries there are
 * @idle: by the seconds since they were used
 * @ttl: by enum tm_ttl
 * @size: by their bytes as allocated
 * @size_bytes: of those, by the same classes
 */
struct tm_census {
	u64 idle[TM_AGE_CLASSES];
	u64 ttl[TM_TTLS];
	u64 size[TM_SIZE_CLASSES];
	u64 size_bytes[TM_SIZE_CLASSES];
};

void tm_census(struct ttlmap *map, struct tm_census *census);

#endif /* _TTLMAP_CENSUS_H */
