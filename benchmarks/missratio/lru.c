// SPDX-License-Identifier: GPL-2.0
/* The hash keeps its items in the order in which they were added: that of their last use. */
#include <err.h>
#include <stdlib.h>
#include <uthash.h>

#include "lru.h"

struct object {
	uint64_t key;
	UT_hash_handle hh;
};

struct lru {
	struct object *objects;
	size_t capacity;
	size_t misses;
};

static struct object *object_new(void)
{
	struct object *object = malloc(sizeof(*object));

	if (!object)
		err(1, "exact LRU");
	return object;
}

static void request(struct lru *lru, uint64_t key)
{
	struct object *object;

	HASH_FIND(hh, lru->objects, &key, sizeof(key), object);
	if (object) {
		HASH_DEL(lru->objects, object);
	} else if (lru->misses++ >= lru->capacity) {
		object = lru->objects;
		HASH_DEL(lru->objects, object);
	} else {
		object = object_new();
	}
	object->key = key;
	HASH_ADD(hh, lru->objects, key, sizeof(key), object);
}

static void drop_all(struct lru *lru)
{
	struct object *object, *next;

	HASH_ITER(hh, lru->objects, object, next) {
		HASH_DEL(lru->objects, object);
		free(object);
	}
}

size_t lru_misses(const struct trace *trace, size_t capacity)
{
	struct lru lru = { .capacity = capacity };

	for (size_t i = 0; i < trace->count; i++)
		request(&lru, trace->keys[i]);
	drop_all(&lru);
	return lru.misses;
}
