// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <err.h>
#include <errno.h>

#include "cache.h"

static int lru_hash_open(size_t capacity)
{
	int map = bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "bench", sizeof(uint64_t),
				 sizeof(uint64_t), capacity, NULL);

	if (map < 0)
		err(1, "BPF_MAP_CREATE");
	return map;
}

static bool lookup(int map, uint64_t key)
{
	uint64_t value;
	int rc = bpf_map_lookup_elem(map, &key, &value);

	if (rc && errno != ENOENT)
		err(1, "BPF_MAP_LOOKUP_ELEM");
	if (!rc && value != key)
		errx(1, "BPF LRU_HASH: another value than was put in");
	return !rc;
}

static void insert(int map, uint64_t key)
{
	if (bpf_map_update_elem(map, &key, &key, BPF_NOEXIST))
		err(1, "BPF_MAP_UPDATE_ELEM");
}

const struct cache cache_bpf = { "bpf_lru_hash", lru_hash_open, lookup, insert };
