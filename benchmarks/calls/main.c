// SPDX-License-Identifier: GPL-2.0
/*
 * calls RIG ROUND ENTRIES MILLISECONDS PEER...: what one operation costs a program,
 * by system call or through a socket.  Each call of each peer is repeated for that long.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"
#include "entries.h"
#include "peer.h"

#define PEERS_MOST	8
#define SCANS_MOST	50

static const char * const call_names[CALLS] = {
	"lookup", "lookup_64", "update", "update_64", "scan",
};

/*
 * A scan may return something twice, but has to return everything where there is something:
 * memcached's passes over what its own thread moves to other lists for a while.
 */
static void prepare(const struct peer *peer)
{
	unsigned int tries = 0;
	size_t found;

	peer->open();
	if (!peer->calls[SCAN])
		return;
	peer_fill(peer);
	while ((found = peer->calls[SCAN](0)) < entries.count && ++tries < SCANS_MOST)
		usleep(100000);
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

/* Who goes first changes from round to round. */
static void run_all(const struct source *source, const struct peer **peers, size_t count,
		    uint64_t budget)
{
	for (enum call call = 0; call < CALLS; call++)
		for (size_t i = 0; i < count; i++)
			run(source, peers[(i + source->round) % count], call, budget);
}

int main(int argc, char **argv)
{
	const struct peer *peers[PEERS_MOST];
	struct source source;
	size_t count = argc - 5;

	if (argc < 6 || count > PEERS_MOST)
		errx(2, "usage: calls RIG ROUND ENTRIES MILLISECONDS PEER...");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	entries.count = number_arg(argv[3]);
	/* Nobody is measured at evicting. */
	entries.capacity = 2 * entries.count;
	entries.key_size = 16;
	entries.value_size = 64;
	entries_make();
	for (size_t i = 0; i < count; i++) {
		peers[i] = peer_find(argv[5 + i]);
		prepare(peers[i]);
	}
	run_all(&source, peers, count, number_arg(argv[4]) * 1000000);
	return 0;
}
