// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <ttlmap.h>

#include "cache.h"

static int ttlmap_open(size_t capacity)
{
	struct ttlmap_create create = {
		.key_max = sizeof(uint64_t),
		.value_max = sizeof(uint64_t),
		.max_entries = capacity,
	};
	int map = ttlmap_map_create(&create);

	if (map < 0)
		err(1, "ttlmap");
	return map;
}

static bool lookup(int map, uint64_t key)
{
	uint64_t value;
	size_t length = sizeof(value);
	int rc = ttlmap_lookup(map, &key, sizeof(key), &value, &length, NULL, NULL);

	if (rc && errno != ENOENT)
		err(1, "ttlmap: %s", __func__);
	if (!rc && value != key)
		errx(1, "ttlmap: another value than was put in");
	return !rc;
}

static void insert(int map, uint64_t key)
{
	if (ttlmap_update(map, &key, sizeof(key), &key, sizeof(key), 0, TTLMAP_NEW, NULL))
		err(1, "ttlmap: %s", __func__);
}

const struct cache cache_ttlmap = { "ttlmap", ttlmap_open, lookup, insert };
