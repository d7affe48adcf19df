/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct cache - a map in the kernel that evicts
 * @name: in the samples
 * @open: makes an empty one for so many entries, and returns its descriptor
 * @lookup: whether the key is in
 * @insert: puts it in
 *
 * What goes wrong ends the program.
 */
struct cache {
	const char *name;
	int (*open)(size_t capacity);
	bool (*lookup)(int map, uint64_t key);
	void (*insert)(int map, uint64_t key);
};

extern const struct cache cache_ttlmap, cache_bpf;

#endif
