/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stddef.h>

enum call { LOOKUP, LOOKUP_64, UPDATE, UPDATE_64, SCAN, CALLS };

/**
 * struct peer - who is measured
 * @calls: what it can do: works on the entry at @at, or on BATCH entries from there on, or
 *	on all of them; returns on how many
 * @name: in the samples
 * @lacks: why one of @calls is NULL
 * @open: makes it ready; a map in the kernel is a new one each time
 * @count: how many entries it holds, expired ones as well; NULL where there is no TTL
 *
 * What goes wrong ends the program: a peer that is not measured would not be missed.
 */
struct peer {
	size_t (*calls[CALLS])(size_t at);
	const char *name;
	const char *lacks[CALLS];
	void (*open)(void);
	size_t (*count)(void);
};

/* Does not return where there is none of that name. */
const struct peer *peer_find(const char *name);

/* Inserts all entries. */
void peer_fill(const struct peer *peer);

extern const struct peer peer_ttlmap, peer_bpf_hash, peer_bpf_lru_hash, peer_memcached,
	peer_valkey, peer_redis, peer_sqlite, peer_null_syscall, peer_null_ioctl;

#endif
