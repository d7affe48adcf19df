// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <string.h>

#include "entries.h"
#include "peer.h"

static const struct peer * const peers[] = {
	&peer_ttlmap, &peer_bpf_hash, &peer_bpf_lru_hash, &peer_memcached, &peer_valkey,
	&peer_redis, &peer_sqlite, &peer_null_syscall, &peer_null_ioctl,
};

const struct peer *peer_find(const char *name)
{
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (!strcmp(peers[i]->name, name))
			return peers[i];
	errx(2, "%s: no such peer", name);
}

/* The last batch may begin in the one before. */
void peer_fill(const struct peer *peer)
{
	for (size_t at = 0; at < entries.count; at += BATCH)
		peer->calls[UPDATE_64](at + BATCH > entries.count ? entries.count - BATCH : at);
}
