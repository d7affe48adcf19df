// SPDX-License-Identifier: GPL-2.0
/*
 * What one writes in an afternoon: a hash table and a list in the order of use, both under
 * one mutex.
 */
#define HASH_FUNCTION(key, len, hash)	((hash) = XXH64(key, len, 0))
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>
#include <uthash.h>
#include <xxhash.h>

#include "peer.h"

struct object {
	struct key key;
	uint64_t value;
	struct object *prev, *next;
	UT_hash_handle hh;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct object *table;
/* The one whose use is the longest ago comes first. */
static struct object *by_use;
static size_t capacity;

static void lru_open(size_t entries, unsigned int threads)
{
	(void)threads;
	capacity = entries;
}

static void lru_enter(unsigned int thread)
{
	(void)thread;
}

static void lru_leave(void)
{
}

static struct object *find(const struct key *key)
{
	struct object *object;

	HASH_FIND(hh, table, key, sizeof(*key), object);
	if (!object)
		return NULL;
	DL_DELETE(by_use, object);
	DL_APPEND(by_use, object);
	return object;
}

static bool lru_get(const struct key *key, uint64_t *value)
{
	struct object *object;

	pthread_mutex_lock(&mutex);
	object = find(key);
	if (object)
		*value = object->value;
	pthread_mutex_unlock(&mutex);
	return object;
}

static struct object *evict(void)
{
	struct object *object = by_use;

	DL_DELETE(by_use, object);
	HASH_DEL(table, object);
	return object;
}

static struct object *insert(const struct key *key)
{
	struct object *object;

	object = HASH_COUNT(table) < capacity ? malloc(sizeof(*object)) : evict();
	if (!object)
		err(1, "mutex and list");
	object->key = *key;
	HASH_ADD(hh, table, key, sizeof(object->key), object);
	DL_APPEND(by_use, object);
	return object;
}

static void lru_put(const struct key *key)
{
	struct object *object;

	pthread_mutex_lock(&mutex);
	object = find(key) ?: insert(key);
	object->value = key->words[0];
	pthread_mutex_unlock(&mutex);
}

const struct peer peer_mutex_lru = {
	.name = "mutex_lru",
	.open = lru_open,
	.enter = lru_enter,
	.leave = lru_leave,
	.get = lru_get,
	.put = lru_put,
};
