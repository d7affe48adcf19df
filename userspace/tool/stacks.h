/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_STACKS_H
#define TOOL_STACKS_H

#include <stdbool.h>
#include <stdio.h>

#include "evidence.h"

#define STACK_DEPTH_MAX 4

/**
 * struct stack - bytes, and what they belong to
 * @frame: from the map to the size of the entries, printable
 * @depth: how many frames
 * @bytes: as allocated
 */
struct stack {
	char frame[STACK_DEPTH_MAX][112];
	size_t depth;
	uint64_t bytes;
};

/**
 * struct stacks - all bytes of a map
 * @stack: each kind of them
 * @count: how many
 */
struct stacks {
	struct stack *stack;
	size_t count;
};

/* Returns -1 where there is no memory. */
int stacks_make(struct stacks *stacks, const struct evidence *evidence);
void stacks_free(struct stacks *stacks);

/* A line each: frames with semicolons between them, a space, bytes. */
void stacks_print_folded(const struct stacks *stacks, FILE *out);

#endif /* TOOL_STACKS_H */
