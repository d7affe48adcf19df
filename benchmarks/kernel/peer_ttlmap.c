// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/ttlmap.h>

#include "peer.h"

/* Lookups in one call. */
#define MANY	64

/* One thread alone uses them, whose stack is too small. */
static struct ttlmap_buf bufs[MANY];
static struct tm_entry *entries[MANY];

static void *create(const struct bench_shape *shape)
{
	struct ttlmap_params params = {
		.limits = {
			.key_max = shape->key_len,
			.value_max = shape->value_len,
			.max_entries = shape->entries,
			.default_ttl_ns = shape->ttl_ns,
		},
	};

	return ttlmap_create(&params);
}

static void destroy(void *data)
{
	ttlmap_put(data);
}

static const void *lookup(const struct bench_map *map, const void *key)
{
	struct tm_entry *entry = ttlmap_lookup(map->data, key, map->shape->key_len);

	return entry ? ttlmap_entry_value(entry).data : NULL;
}

static unsigned int lookup_some(const struct bench_map *map, const void *keys, unsigned int n)
{
	unsigned int i, found = 0;

	for (i = 0; i < n; i++)
		bufs[i] = (struct ttlmap_buf){
			.data = keys + i * map->shape->key_len,
			.len = map->shape->key_len,
		};
	ttlmap_lookup_many(map->data, bufs, entries, n);
	for (i = 0; i < n; i++)
		found += !!entries[i];
	return found;
}

static unsigned int lookup_many(const struct bench_map *map, const void *keys, unsigned int n)
{
	unsigned int found = 0, some;

	for (; n; n -= some, keys += some * map->shape->key_len) {
		some = min_t(unsigned int, n, MANY);
		found += lookup_some(map, keys, some);
	}
	return found;
}

static int update(const struct bench_map *map, const void *key)
{
	struct ttlmap_buf key_buf = { .data = key, .len = map->shape->key_len };
	struct ttlmap_buf value = { .data = map->value, .len = map->shape->value_len };

	return ttlmap_update(map->data, key_buf, value, 0, 0, GFP_KERNEL);
}

static int delete(const struct bench_map *map, const void *key)
{
	return ttlmap_delete(map->data, key, map->shape->key_len);
}

const struct bench_peer bench_ttlmap = {
	.name = "ttlmap",
	.evicts = true,
	.expires = true,
	.grows = true,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.lookup_many = lookup_many,
	.update = update,
	.delete = delete,
};
