// SPDX-License-Identifier: GPL-2.0
/*
 * rhashtable as a subsystem would use it: an object an entry, with what RCU needs to
 * free it, and xxh64 as the hash, as ttlmap has it.
 */
#include <linux/err.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xxhash.h>

#include "peer.h"

struct object {
	struct rhash_head node;
	struct rcu_head rcu;
	u8 data[];
};

static u32 hash(const void *data, u32 len, u32 seed)
{
	return xxh64(data, len, seed);
}

/* The length of keys is in the table, everything else known to the compiler. */
static const struct rhashtable_params params = {
	.head_offset = offsetof(struct object, node),
	.key_offset = offsetof(struct object, data),
	.hashfn = hash,
	.automatic_shrinking = true,
};

static void *create(const struct bench_shape *shape)
{
	struct rhashtable_params sized = params;
	struct rhashtable *table;
	int err;

	sized.key_len = shape->key_len;
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return ERR_PTR(-ENOMEM);
	err = rhashtable_init(table, &sized);
	if (!err)
		return table;
	kfree(table);
	return ERR_PTR(err);
}

static void free_object(void *object, void *arg)
{
	kfree(object);
}

static void destroy(void *data)
{
	rhashtable_free_and_destroy(data, free_object, NULL);
	kfree(data);
}

static void *value_of(const struct bench_map *map, struct object *object)
{
	return object->data + ALIGN(map->shape->key_len, 8);
}

static const void *lookup(const struct bench_map *map, const void *key)
{
	struct object *object = rhashtable_lookup(map->data, key, params);

	return object ? value_of(map, object) : NULL;
}

static void free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct object, rcu));
}

/* Context: RCU read section. */
static int put(const struct bench_map *map, struct object *new)
{
	struct object *old = rhashtable_lookup_get_insert_fast(map->data, &new->node, params);
	int err;

	if (IS_ERR_OR_NULL(old))
		return PTR_ERR_OR_ZERO(old);
	err = rhashtable_replace_fast(map->data, &old->node, &new->node, params);
	if (!err)
		call_rcu(&old->rcu, free_rcu);
	return err;
}

static int update(const struct bench_map *map, const void *key)
{
	const struct bench_shape *shape = map->shape;
	struct object *object;
	int err;

	object = kmalloc(sizeof(*object) + ALIGN(shape->key_len, 8) + shape->value_len,
			 GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	memcpy(object->data, key, shape->key_len);
	memcpy(value_of(map, object), map->value, shape->value_len);
	rcu_read_lock();
	err = put(map, object);
	rcu_read_unlock();
	if (err)
		kfree(object);
	return err;
}

static int delete(const struct bench_map *map, const void *key)
{
	struct object *object;
	int err = -ENOENT;

	rcu_read_lock();
	object = rhashtable_lookup(map->data, key, params);
	if (object)
		err = rhashtable_remove_fast(map->data, &object->node, params);
	rcu_read_unlock();
	if (!err)
		call_rcu(&object->rcu, free_rcu);
	return err;
}

const struct bench_peer bench_rhashtable = {
	.name = "rhashtable",
	.grows = true,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.update = update,
	.delete = delete,
};
