// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <sys/mman.h>

#include "arena.h"
#include "program.h"

static const struct region regions[] = {
	{ "keys", ARENA_KEYS, ARENA_SIZE },
	{ "values", ARENA_VALUES, ARENA_SIZE },
	{ "out", ARENA_OUT, ARENA_SIZE },
	{ "fresh", ARENA_FRESH, ARENA_SIZE },
	{ "fixed", ARENA_FIXED, ARENA_SIZE },
	{ "edge", ARENA_EDGE, ARENA_SIZE },
	{ "none", ARENA_NONE, ARENA_SIZE },
	{ "kernel", ARENA_KERNEL, ARENA_SIZE },
	{ "strange", ARENA_STRANGE, ARENA_SIZE },
	{ }
};

static u64 pattern[ARENA_FILLED / sizeof(u64)];

static void map_at(u64 address, u64 size)
{
	void *at = mmap((void *)address, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED)
		err(2, "memory at %#llx", address);
	/* cppcheck-suppress memleak ; it is found again by its address */
}

static void map_filled(u64 address, u64 size)
{
	map_at(address, size);
	memcpy((void *)address, pattern, sizeof(pattern));
}

void arena_map(void)
{
	for (u64 i = 0; i < ARENA_FILLED / sizeof(u64); i++)
		pattern[i] = mix64(i + 1);
	map_filled(ARENA_KEYS, ARENA_SIZE);
	map_filled(ARENA_VALUES, ARENA_SIZE);
	map_filled(ARENA_OUT, ARENA_SIZE);
	map_at(ARENA_FRESH, ARENA_SIZE);
	map_filled(ARENA_FIXED, ARENA_SIZE);
	map_filled(ARENA_EDGE, ARENA_EDGE_SIZE);
	for (u32 i = 0; i < PROGRAM_THREADS; i++)
		map_at(ARENA_OPS(i), ARENA_OPS_SIZE);
	if (mprotect((void *)ARENA_FIXED, ARENA_SIZE, PROT_READ))
		err(2, "mprotect");
}

/* As it was before the last program, but for what only the kernel writes to. */
void arena_restore(void)
{
	memcpy((void *)ARENA_KEYS, pattern, sizeof(pattern));
	memcpy((void *)ARENA_VALUES, pattern, sizeof(pattern));
	memcpy((void *)ARENA_EDGE, pattern, sizeof(pattern));
	madvise((void *)ARENA_FRESH, ARENA_SIZE, MADV_DONTNEED);
}

const struct region *arena_region(u64 address)
{
	for (const struct region *region = regions; region->name; region++)
		if (address - region->base < region->size)
			return region;
	return NULL;
}

/* 0 if there is no such region. */
u64 arena_address(const char *name)
{
	for (const struct region *region = regions; region->name; region++)
		if (!strcmp(region->name, name))
			return region->base;
	return 0;
}
