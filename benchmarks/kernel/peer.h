/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured side by side: maps of different make, each behind the same few
 * operations.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#include <linux/types.h>

#define BENCH_VALUE_MAX	4096

/**
 * struct bench_shape - what a map shall hold
 * @entries: how many; the capacity, where a peer has one
 * @key_len: bytes of each key
 * @value_len: bytes of each value
 * @ttl_ns: of each entry, where a peer has TTLs
 */
struct bench_shape {
	u32 entries;
	u32 key_len;
	u32 value_len;
	u64 ttl_ns;
};

/**
 * struct bench_map - a peer's map
 * @peer: whose
 * @shape: what it holds
 * @value: of every entry
 * @data: the peer's own
 */
struct bench_map {
	const struct bench_peer *peer;
	const struct bench_shape *shape;
	const void *value;
	void *data;
};

/**
 * struct bench_peer - one kind of map
 * @name: in the results
 * @evicts: an insert into a full map makes room for itself
 * @expires: entries go when their TTL is over
 * @grows: single operations are timed while it grows
 * @create: returns @data, or ERR_PTR
 * @destroy: frees it with all entries
 * @lookup: the value of a key, or NULL; RCU read section
 * @lookup_many: looks @n keys up that lie one after the other, and returns how many
 *	it found; RCU read section; NULL if the peer has no such thing
 * @update: inserts or replaces
 * @delete: removes
 */
struct bench_peer {
	const char *name;
	bool evicts;
	bool expires;
	bool grows;
	void *(*create)(const struct bench_shape *shape);
	void (*destroy)(void *data);
	const void *(*lookup)(const struct bench_map *map, const void *key);
	unsigned int (*lookup_many)(const struct bench_map *map, const void *keys, unsigned int n);
	int (*update)(const struct bench_map *map, const void *key);
	int (*delete)(const struct bench_map *map, const void *key);
};

extern const struct bench_peer bench_ttlmap;
extern const struct bench_peer bench_rhashtable;
extern const struct bench_peer bench_bpf_hash;
extern const struct bench_peer bench_bpf_lru_hash;
extern const struct bench_peer bench_bpf_rhash;

#endif /* _BENCH_PEER_H */
