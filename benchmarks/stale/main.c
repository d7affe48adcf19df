// SPDX-License-Identifier: GPL-2.0
/*
 * stale RIG ROUND ENTRIES SECONDS PEER...: what share of the entries has expired and is held
 * nevertheless, second by second once all are written.  TTLs are whole seconds, 1 to
 * SECONDS, the same for all.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "entries.h"
#include "peer.h"

#define PEERS_MOST	8
#define AFTERWARDS	3
#define NSEC		1000000000ULL

/**
 * struct load - what a peer was given
 * @peer: whom
 * @written: when, in nanoseconds, a time a batch
 */
struct load {
	const struct peer *peer;
	uint64_t *written;
};

static void make_ttls(unsigned int seconds)
{
	entries.ttls = calloc(entries.count, sizeof(*entries.ttls));
	if (!entries.ttls)
		err(1, "TTLs");
	for (size_t i = 0; i < entries.count; i++)
		entries.ttls[i] = 1 + mix64(~i) % seconds;
}

static struct load load_make(const char *name)
{
	struct load load = {
		.peer = peer_find(name),
		.written = calloc(entries.count / BATCH, sizeof(*load.written)),
	};

	if (!load.peer->count)
		errx(2, "%s: has no TTL", name);
	if (!load.written)
		err(1, "%s", name);
	load.peer->open();
	return load;
}

/* Everybody in turn, so that what they hold is of the same age. */
static void fill(struct load *loads, size_t count)
{
	for (size_t i = 0; i < entries.count / BATCH; i++) {
		for (size_t j = 0; j < count; j++) {
			loads[j].written[i] = now_ns();
			loads[j].peer->calls[UPDATE_64](i * BATCH);
		}
	}
}

static size_t live(const struct load *load, uint64_t now)
{
	size_t count = 0;

	for (size_t i = 0; i < entries.count; i++)
		count += load->written[i / BATCH] + entries.ttls[i] * NSEC > now;
	return count;
}

static void report(const struct source *source, const struct load *load, unsigned int second)
{
	size_t held = load->peer->count(), alive = live(load, now_ns());
	size_t stale = held > alive ? held - alive : 0;
	char name[64];

	snprintf(name, sizeof(name), "expire/stale/%u", second);
	sample(source, name, load->peer->name, 100.0 * stale / entries.count, "percent");
}

static void sleep_until(uint64_t when)
{
	uint64_t now = now_ns();

	if (when > now)
		usleep((when - now) / 1000);
}

int main(int argc, char **argv)
{
	struct load loads[PEERS_MOST];
	struct source source;
	unsigned int seconds;
	size_t count = argc - 5;
	uint64_t begin;

	if (argc < 6 || count > PEERS_MOST)
		errx(2, "usage: stale RIG ROUND ENTRIES SECONDS PEER...");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	entries.count = number_arg(argv[3]) / BATCH * BATCH;
	entries.capacity = entries.count;
	entries.key_size = 16;
	entries.value_size = 64;
	seconds = number_arg(argv[4]);
	entries_make();
	make_ttls(seconds);
	for (size_t i = 0; i < count; i++)
		loads[i] = load_make(argv[5 + i]);
	fill(loads, count);
	begin = now_ns();
	for (unsigned int second = 1; second <= seconds + AFTERWARDS; second++) {
		sleep_until(begin + second * NSEC);
		for (size_t i = 0; i < count; i++)
			report(&source, &loads[i], second);
	}
	return 0;
}
