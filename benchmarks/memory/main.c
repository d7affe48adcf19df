// SPDX-License-Identifier: GPL-2.0
/*
 * memory RIG ROUND PEER MAPS KEY VALUE ENTRIES: bytes that an entry takes, all told, by what
 * the machine has less of when there are so many maps with so many entries.
 */
#include <err.h>
#include <stdio.h>

#include "bench.h"
#include "entries.h"
#include "free.h"
#include "peer.h"

static double bytes_per_entry(const struct peer *peer, uint64_t maps)
{
	uint64_t before = free_bytes();

	for (uint64_t i = 0; i < maps; i++) {
		peer->open();
		peer_fill(peer);
	}
	return ((double)before - free_bytes()) / (maps * entries.count);
}

int main(int argc, char **argv)
{
	struct source source;
	char name[64];

	if (argc != 8)
		errx(2, "usage: memory RIG ROUND PEER MAPS KEY VALUE ENTRIES");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	entries.key_size = number_arg(argv[5]);
	entries.value_size = number_arg(argv[6]);
	entries.count = number_arg(argv[7]);
	entries.capacity = entries.count;
	entries_make();
	snprintf(name, sizeof(name), "bytes/%s/%s/%s", argv[5], argv[6], argv[7]);
	sample(&source, name, argv[3], bytes_per_entry(peer_find(argv[3]), number_arg(argv[4])),
	       "bytes");
	return 0;
}
