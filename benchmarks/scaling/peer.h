/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_SCALING_PEER_H
#define BENCH_SCALING_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THREADS_MOST	8

/* Sixteen bytes, of which the first eight are different for each. */
struct key {
	uint64_t words[2];
};

/**
 * struct peer - a map that threads share
 * @name: in the samples
 * @apart: each thread has a map of its own, with as many entries
 * @open: makes it, for so many entries, in the first thread of the process
 * @enter: called in each of the threads, which have numbers from 0 on, before it does
 *	anything else
 * @leave: called at its end
 * @get: the value of a key; false if it is not there
 * @put: inserts or replaces; the value is the key's first word
 * @take: removes; NULL where a map that is full makes room for itself
 *
 * What goes wrong ends the program: a peer that is not measured would not be missed.
 */
struct peer {
	const char *name;
	bool apart;
	void (*open)(size_t entries, unsigned int threads);
	void (*enter)(unsigned int thread);
	void (*leave)(void);
	bool (*get)(const struct key *key, uint64_t *value);
	void (*put)(const struct key *key);
	void (*take)(const struct key *key);
};

extern const struct peer peer_ttlmap, peer_ttlmap_apart, peer_lfht, peer_mutex_lru;

#endif
