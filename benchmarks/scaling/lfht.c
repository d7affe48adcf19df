// SPDX-License-Identifier: GPL-2.0
/*
 * liburcu's hash table, which takes no locks, with as many buckets from the start as there
 * will be entries. It neither evicts nor expires.
 */
#define _LGPL_SOURCE
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <urcu/urcu-memb.h>
#include <urcu/rculfhash.h>
#include <xxhash.h>

#include "peer.h"

struct object {
	struct cds_lfht_node node;
	struct rcu_head rcu;
	struct key key;
	uint64_t value;
};

static struct cds_lfht *table;

static void lfht_open(size_t entries, unsigned int threads)
{
	size_t buckets = 1;

	(void)threads;
	while (buckets < entries)
		buckets *= 2;
	table = cds_lfht_new_flavor(buckets, buckets, buckets, 0, &urcu_memb_flavor, NULL);
	if (!table)
		errx(1, "lfht");
}

static void lfht_enter(unsigned int thread)
{
	(void)thread;
	urcu_memb_register_thread();
}

static void lfht_leave(void)
{
	urcu_memb_unregister_thread();
}

static int match(struct cds_lfht_node *node, const void *key)
{
	struct object *object = caa_container_of(node, struct object, node);

	return !memcmp(&object->key, key, sizeof(object->key));
}

static struct cds_lfht_node *find(const struct key *key)
{
	struct cds_lfht_iter iter;

	cds_lfht_lookup(table, XXH64(key, sizeof(*key), 0), match, key, &iter);
	return cds_lfht_iter_get_node(&iter);
}

static bool lfht_get(const struct key *key, uint64_t *value)
{
	struct cds_lfht_node *node;

	urcu_memb_read_lock();
	node = find(key);
	if (node)
		*value = caa_container_of(node, struct object, node)->value;
	urcu_memb_read_unlock();
	return node;
}

static void free_object(struct rcu_head *rcu)
{
	free(caa_container_of(rcu, struct object, rcu));
}

static void retire(struct cds_lfht_node *node)
{
	urcu_memb_call_rcu(&caa_container_of(node, struct object, node)->rcu, free_object);
}

static void lfht_put(const struct key *key)
{
	struct object *object = malloc(sizeof(*object));
	struct cds_lfht_node *old;

	if (!object)
		err(1, "lfht");
	cds_lfht_node_init(&object->node);
	object->key = *key;
	object->value = key->words[0];
	urcu_memb_read_lock();
	old = cds_lfht_add_replace(table, XXH64(key, sizeof(*key), 0), match, key, &object->node);
	if (old)
		retire(old);
	urcu_memb_read_unlock();
}

static void lfht_take(const struct key *key)
{
	struct cds_lfht_node *node;

	urcu_memb_read_lock();
	node = find(key);
	if (!node || cds_lfht_del(table, node))
		errx(1, "lfht: a key is gone");
	retire(node);
	urcu_memb_read_unlock();
}

const struct peer peer_lfht = {
	.name = "lfht",
	.open = lfht_open,
	.enter = lfht_enter,
	.leave = lfht_leave,
	.get = lfht_get,
	.put = lfht_put,
	.take = lfht_take,
};
