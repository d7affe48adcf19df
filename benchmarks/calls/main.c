// SPDX-License-Identifier: GPL-2.0
/*
 * calls RIG ROUND ENTRIES MILLISECONDS valkey|redis: what one operation costs a program,
 * by system call or through a socket.  Each call of each peer is repeated for that long.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "entries.h"
#include "peer.h"

#define PEERS	6

static const char * const call_names[CALLS] = {
	"lookup", "lookup_64", "update", "update_64", "scan",
};

/* A scan may return something twice, but has to return everything. */
static void fill(const struct peer *peer)
{
	size_t found;

	peer->open();
	for (size_t at = 0; at < entries.count; at += BATCH)
		peer->calls[UPDATE_64](at);
	found = peer->calls[SCAN](0);
	if (found < entries.count)
		errx(1, "%s: %zu entries of %zu", peer->name, found, entries.count);
}

static double measure(size_t (*call)(size_t at), uint64_t budget)
{
	uint64_t begin, elapsed = 0;
	size_t at = 0, done = 0;

	call(0);
	begin = now_ns();
	while (elapsed < budget) {
		size_t end = done + BATCH;

		while (done < end) {
			done += call(at);
			at = (at + BATCH + 1) % (entries.count - BATCH + 1);
		}
		elapsed = now_ns() - begin;
	}
	return (double)elapsed / done;
}

static void run(const struct source *source, const struct peer *peer, enum call call,
		uint64_t budget)
{
	if (peer->calls[call])
		sample(source, call_names[call], peer->name, measure(peer->calls[call], budget),
		       "ns");
	else if (source->round == 1)
		printf("#\tno %s of %s\t%s\n", call_names[call], peer->name, peer->lacks[call]);
}

static const struct peer *server_peer(const char *name)
{
	if (!strcmp(name, peer_valkey.name))
		return &peer_valkey;
	if (!strcmp(name, peer_redis.name))
		return &peer_redis;
	errx(2, "%s: neither valkey nor redis", name);
}

/* Who goes first changes from round to round. */
static void run_all(const struct source *source, const struct peer **peers, uint64_t budget)
{
	for (enum call call = 0; call < CALLS; call++)
		for (size_t i = 0; i < PEERS; i++)
			run(source, peers[(i + source->round) % PEERS], call, budget);
}

int main(int argc, char **argv)
{
	const struct peer *peers[PEERS] = {
		&peer_ttlmap, &peer_bpf_hash, &peer_bpf_lru_hash, &peer_memcached, &peer_sqlite,
	};
	struct source source;

	if (argc != 6)
		errx(2, "usage: calls RIG ROUND ENTRIES MILLISECONDS valkey|redis");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	entries_make(number_arg(argv[3]) / BATCH * BATCH);
	peers[PEERS - 1] = server_peer(argv[5]);
	for (size_t i = 0; i < PEERS; i++)
		fill(peers[i]);
	run_all(&source, peers, number_arg(argv[4]) * 1000000);
	return 0;
}
