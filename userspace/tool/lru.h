/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_LRU_H
#define TOOL_LRU_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct lru - an exact LRU cache of keys 0 to key_count - 1, simulated
 * @nodes: a node a key
 * @newest: the list of those that are in, from the last used
 * @count: how many are in
 * @capacity: how many may be
 */
struct lru {
	struct lru_node *nodes;
	struct lru_node *newest;
	uint64_t count;
	uint64_t capacity;
};

/* Returns -1 and errno where there is no memory. */
int lru_init(struct lru *lru, uint32_t key_count, uint64_t capacity);
void lru_free(struct lru *lru);

/* Uses a key, which is in afterwards; true if it was in before. */
_Bool lru_use(struct lru *lru, uint32_t key);

#endif /* TOOL_LRU_H */
