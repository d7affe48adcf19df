// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdlib.h>

#include <utlist.h>

#include "lru.h"

/* prev is NULL for a key that is not in: utlist closes the ring to the left. */
struct lru_node {
	struct lru_node *prev;
	struct lru_node *next;
};

int lru_init(struct lru *lru, uint32_t key_count, uint64_t capacity)
{
	*lru = (struct lru){ .capacity = capacity };
	lru->nodes = calloc(key_count ? key_count : 1, sizeof(*lru->nodes));
	return lru->nodes ? 0 : -1;
}

void lru_free(struct lru *lru)
{
	free(lru->nodes);
}

static void take_out(struct lru *lru, struct lru_node *node)
{
	DL_DELETE(lru->newest, node);
	node->prev = NULL;
	lru->count--;
}

bool lru_use(struct lru *lru, uint32_t key)
{
	struct lru_node *node = &lru->nodes[key];
	bool hit = node->prev;

	if (hit)
		take_out(lru, node);
	else if (lru->count == lru->capacity)
		take_out(lru, lru->newest->prev);
	DL_PREPEND(lru->newest, node);
	lru->count++;
	return hit;
}
