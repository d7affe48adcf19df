// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <ttlmap.h>

#include "map.h"

static int ttlmap_open(uint64_t entries)
{
	struct ttlmap_create create = {
		.key_max = KEY_SIZE,
		.value_max = sizeof(uint64_t),
		.max_entries = entries,
		.default_ttl_ns = 3600 * 1000000000ULL,
	};
	int map = ttlmap_map_create(&create);

	if (map < 0)
		err(1, "ttlmap");
	return map;
}

static void insert(int map, const void *key)
{
	if (ttlmap_update(map, key, KEY_SIZE, key, sizeof(uint64_t), 0, TTLMAP_NEW, NULL))
		err(1, "ttlmap: %s", __func__);
}

static void delete(int map, const void *key)
{
	if (ttlmap_delete(map, key, KEY_SIZE))
		err(1, "ttlmap: %s", __func__);
}

const struct map map_ttlmap = { "ttlmap", ttlmap_open, insert, delete };
