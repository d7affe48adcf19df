// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "stacks.h"

/* Owners have two stacks each; stale ones are among theirs. */
#define STACKS_BESIDE_OWNERS 3

static struct stack *begin(struct stacks *stacks, const struct ttlmap_stat *map, uint64_t bytes)
{
	struct stack *stack = &stacks->stack[stacks->count];

	if (!bytes)
		return NULL;
	stacks->count++;
	stack->bytes = bytes;
	stack->depth = 1;
	if (map->name[0])
		snprintf(stack->frame[0], sizeof(stack->frame[0]), "%s", map->name);
	else
		snprintf(stack->frame[0], sizeof(stack->frame[0]), "#%" PRIu64, (uint64_t)map->id);
	return stack;
}

__attribute__((format(printf, 2, 3)))
static void push(struct stack *stack, const char *format, ...)
{
	char *frame = stack->frame[stack->depth++];
	va_list args;

	va_start(args, format);
	vsnprintf(frame, sizeof(stack->frame[0]), format, args);
	va_end(args);
	/* Nothing in it ends the frame, or the line. */
	for (; *frame; frame++)
		if (*frame == ';' || *frame == '\n')
			*frame = ',';
}

/* The power of two that its mean entry does not exceed. */
static uint64_t size_class(const struct owner *owner)
{
	uint64_t mean = owner->entries ? owner->bytes / owner->entries : 0;
	uint64_t class = 64;

	while (class < mean && class <= UINT64_MAX / 2)
		class *= 2;
	return class;
}

static void push_owner(struct stack *stack, const struct owner *owner)
{
	if (!owner->id)
		push(stack, "others");
	else if (owner->pid)
		push(stack, "%s %" PRIu64 "%s", owner->command, owner->pid,
		     owner->gone ? " (ended)" : "");
	else
		push(stack, "%s (module)", owner->command);
}

static void add_part(struct stacks *stacks, const struct ttlmap_stat *map,
		     const struct owner *owner, const char *part, uint64_t bytes)
{
	struct stack *stack = begin(stacks, map, bytes);

	if (!stack)
		return;
	push_owner(stack, owner);
	push(stack, "%s", part);
	push(stack, "up to %" PRIu64 " bytes", size_class(owner));
}

static void add_owner(struct stacks *stacks, const struct ttlmap_stat *map,
		      const struct owner *owner)
{
	uint64_t read = owner->read_bytes < owner->bytes ? owner->read_bytes : owner->bytes;

	add_part(stacks, map, owner, "never read", owner->bytes - read);
	add_part(stacks, map, owner, "read", read);
}

static void add_other(struct stacks *stacks, const struct ttlmap_stat *map, const char *what,
		      uint64_t bytes)
{
	struct stack *stack = begin(stacks, map, bytes);

	if (stack)
		push(stack, "%s", what);
}

int stacks_make(struct stacks *stacks, const struct evidence *evidence)
{
	const struct ttlmap_stat *map = &evidence->stat;
	const struct owners *owners = &evidence->owners;
	uint64_t entry_bytes = map->live_bytes + map->stale_bytes;
	uint64_t owned = owners_bytes(owners);

	stacks->count = 0;
	stacks->stack = calloc(2 * owners->count + STACKS_BESIDE_OWNERS, sizeof(*stacks->stack));
	if (!stacks->stack)
		return -1;
	for (size_t i = 0; i < owners->count; i++)
		add_owner(stacks, map, &owners->owner[i]);
	/* The figures are of two moments. */
	if (owned < entry_bytes)
		add_other(stacks, map, "[entries of nobody known]", entry_bytes - owned);
	add_other(stacks, map, "[table]", map->table_bytes);
	add_other(stacks, map, "[retired]", map->retired_bytes);
	return 0;
}

void stacks_free(struct stacks *stacks)
{
	free(stacks->stack);
	stacks->stack = NULL;
	stacks->count = 0;
}

void stacks_print_folded(const struct stacks *stacks, FILE *out)
{
	for (size_t i = 0; i < stacks->count; i++) {
		const struct stack *stack = &stacks->stack[i];

		for (size_t j = 0; j < stack->depth; j++)
			fprintf(out, "%s%s", j ? ";" : "", stack->frame[j]);
		fprintf(out, " %" PRIu64 "\n", stack->bytes);
	}
}
