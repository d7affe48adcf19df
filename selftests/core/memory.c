// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's allocators over malloc: each object by itself, so that sanitizers
 * know where it begins and ends, and any of them may fail at will.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "shim.h"

#define POISON	0x6b

struct kmem_cache {
	size_t size;
	size_t align;
};

struct shim_memory shim_memory;
unsigned int nr_cpu_ids = 1;
__thread unsigned int shim_cpu;

static bool fails(void)
{
	return shim_memory.fail_at && !--shim_memory.fail_at;
}

static void *allocate(size_t size, size_t align, gfp_t gfp)
{
	void *object = NULL;

	if (fails() || posix_memalign(&object, align, size))
		return NULL;
	if (gfp & __GFP_ZERO)
		memset(object, 0, size);
	else if (shim_memory.poison)
		memset(object, POISON, size);
	if (shim_memory.count)
		shim_memory.allocated++;
	return object;
}

void kfree(const void *object)
{
	if (!object)
		return;
	if (shim_memory.poison)
		memset((void *)object, POISON, malloc_usable_size((void *)object));
	if (shim_memory.count)
		shim_memory.allocated--;
	free((void *)object);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	return allocate(size, size >= 64 ? 64 : 8, gfp);
}

/* As the kernel's general caches would have it. */
size_t ksize(const void *object)
{
	return roundup_pow_of_two(malloc_usable_size((void *)object));
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *object))
{
	struct kmem_cache *cache = malloc(sizeof(*cache));

	if (cache)
		*cache = (struct kmem_cache){ .size = size, .align = align };
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	free(cache);
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return allocate(cache->size, cache->align, gfp);
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	kfree(object);
}

void *shim_percpu_alloc(size_t size, gfp_t gfp)
{
	if (size > SHIM_PERCPU_STRIDE)
		return NULL;
	return allocate((size_t)nr_cpu_ids * SHIM_PERCPU_STRIDE, 64, gfp | __GFP_ZERO);
}

void free_percpu(void *percpu)
{
	kfree(percpu);
}
