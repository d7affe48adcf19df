// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <err.h>

#include "map.h"

/* The resizable hash of Linux 7.3, which older headers do not know. */
#define RHASH	((enum bpf_map_type)35)

static int create(enum bpf_map_type type, uint64_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	int map = bpf_map_create(type, "bench", KEY_SIZE, sizeof(uint64_t), entries, &options);

	if (map < 0)
		err(1, "BPF_MAP_CREATE");
	return map;
}

static int hash_open(uint64_t entries)
{
	return create(BPF_MAP_TYPE_HASH, entries);
}

static int rhash_open(uint64_t entries)
{
	return create(RHASH, entries);
}

static void insert(int map, const void *key)
{
	if (bpf_map_update_elem(map, key, key, BPF_NOEXIST))
		err(1, "BPF_MAP_UPDATE_ELEM");
}

static void delete(int map, const void *key)
{
	if (bpf_map_delete_elem(map, key))
		err(1, "BPF_MAP_DELETE_ELEM");
}

const struct map map_bpf_hash = { "bpf_hash_no_prealloc", hash_open, insert, delete };
const struct map map_bpf_rhash = { "bpf_rhash", rhash_open, insert, delete };
