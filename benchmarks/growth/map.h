/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_MAP_H
#define BENCH_MAP_H

#include <stdint.h>

#define KEY_SIZE	16

/**
 * struct map - a map in the kernel that grows with what is in it
 * @name: in the samples
 * @open: makes an empty one that may hold so many entries, and returns its descriptor
 * @insert: puts in a key that is not there
 * @delete: takes out a key that is
 *
 * What goes wrong ends the program.
 */
struct map {
	const char *name;
	int (*open)(uint64_t entries);
	void (*insert)(int map, const void *key);
	void (*delete)(int map, const void *key);
};

extern const struct map map_ttlmap, map_bpf_hash, map_bpf_rhash;

#endif
