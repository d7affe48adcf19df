// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <err.h>
#include <errno.h>
#include <string.h>

#include "entries.h"
#include "peer.h"

#define SCAN_MOST	1024
#define NO_LOOKUP_64	"BPF_MAP_LOOKUP_BATCH walks a map and takes no keys; see scan"

static int hash, lru_hash;

static int create(enum bpf_map_type type)
{
	int map = bpf_map_create(type, "bench", entries.key_size, entries.value_size,
				 entries.capacity, NULL);

	if (map < 0)
		err(1, "BPF_MAP_CREATE");
	return map;
}

static size_t lookup(int map, size_t at)
{
	char value[VALUE_MOST];

	if (bpf_map_lookup_elem(map, entries_key(at), value))
		err(1, "BPF_MAP_LOOKUP_ELEM");
	entries_check("BPF", at, value);
	return 1;
}

static size_t update(int map, size_t at)
{
	char value[VALUE_MOST];

	entries_value(at, value);
	if (bpf_map_update_elem(map, entries_key(at), value, BPF_ANY))
		err(1, "BPF_MAP_UPDATE_ELEM");
	return 1;
}

static size_t update_64(int map, size_t at)
{
	char values[BATCH * VALUE_MOST];
	__u32 count = BATCH;

	for (size_t i = 0; i < BATCH; i++)
		entries_value(at + i, values + i * entries.value_size);
	if (bpf_map_update_batch(map, entries_key(at), values, &count, NULL))
		err(1, "BPF_MAP_UPDATE_BATCH");
	return count;
}

static size_t scan(int map)
{
	static char keys[SCAN_MOST * KEY_MOST], values[SCAN_MOST * VALUE_MOST];
	__u32 count, cursor, *from = NULL;
	size_t total = 0;
	int rc;

	do {
		count = SCAN_MOST;
		rc = bpf_map_lookup_batch(map, from, &cursor, keys, values, &count, NULL);
		if (rc && errno != ENOENT)
			err(1, "BPF_MAP_LOOKUP_BATCH");
		total += count;
		from = &cursor;
	} while (!rc);
	return total;
}

/* A peer's calls know which map they are about. */
#define BPF_PEER(map, type)							\
static void map##_open(void)							\
{										\
	map = create(type);							\
}										\
										\
static size_t map##_lookup(size_t at)						\
{										\
	return lookup(map, at);							\
}										\
										\
static size_t map##_update(size_t at)						\
{										\
	return update(map, at);							\
}										\
										\
static size_t map##_update_64(size_t at)					\
{										\
	return update_64(map, at);						\
}										\
										\
static size_t map##_scan(size_t at)						\
{										\
	(void)at;								\
	return scan(map);							\
}										\
										\
const struct peer peer_bpf_##map = {						\
	.name = "bpf_" #map,							\
	.open = map##_open,							\
	.calls = { map##_lookup, NULL, map##_update, map##_update_64, map##_scan },	\
	.lacks = { [LOOKUP_64] = NO_LOOKUP_64 },				\
}

BPF_PEER(hash, BPF_MAP_TYPE_HASH);
BPF_PEER(lru_hash, BPF_MAP_TYPE_LRU_HASH);
