// SPDX-License-Identifier: GPL-2.0
/*
 * growth RIG ROUND ENTRIES MAP: what a map takes, in time and in memory, while it is
 * filled, emptied and filled again.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <ttlmap.h>
#include <unistd.h>

#include "free.h"
#include "latency.h"
#include "map.h"

#define STEPS	4

/**
 * struct run - of one map
 * @source: for the samples
 * @map: whose
 * @fd: its descriptor
 * @entries: how many it is filled with
 * @step: how often its memory was looked at
 * @before: bytes free before it was made
 */
struct run {
	const struct source *source;
	const struct map *map;
	int fd;
	uint64_t entries;
	unsigned int step;
	uint64_t before;
};

static void write_key(uint64_t *key, uint64_t number)
{
	key[0] = mix64(number + 1);
	key[1] = number;
}

static void report_memory(struct run *run)
{
	char name[64];

	snprintf(name, sizeof(name), "growth/memory/%u", run->step++);
	sample(run->source, name, run->map->name, (double)run->before - free_bytes(), "bytes");
}

/* Only ours can say what of its memory is the table. */
static void report_table(const struct run *run, const char *way)
{
	struct ttlmap_stat stat;
	char name[64];

	if (run->map != &map_ttlmap)
		return;
	if (ttlmap_map_stat(run->fd, &stat))
		err(1, "stat");
	snprintf(name, sizeof(name), "growth/table_%s/%llu", way, (unsigned long long)stat.entries);
	sample(run->source, name, run->map->name, stat.table_bytes, "bytes");
}

static void report_resident(const struct run *run, const char *when)
{
	struct ttlmap_stat stat;
	char name[64];

	if (run->map != &map_ttlmap)
		return;
	if (ttlmap_map_stat(run->fd, &stat))
		err(1, "stat");
	snprintf(name, sizeof(name), "growth/resident_%s", when);
	sample(run->source, name, run->map->name, stat.resident_bytes, "bytes");
}

static void work(const struct run *run, void (*operation)(int map, const void *key),
		 uint64_t from, uint64_t to, struct latency *latency)
{
	uint64_t key[KEY_SIZE / sizeof(uint64_t)], begin;

	for (uint64_t i = from; i < to; i++) {
		write_key(key, i);
		begin = now_ns();
		operation(run->fd, key);
		latency_add(latency, now_ns() - begin);
	}
}

static void go_through(struct run *run, void (*operation)(int map, const void *key),
		       const char *way, struct latency *latency)
{
	memset(latency, 0, sizeof(*latency));
	for (unsigned int i = 0; i < STEPS; i++) {
		work(run, operation, run->entries * i / STEPS, run->entries * (i + 1) / STEPS,
		     latency);
		report_table(run, way);
		report_memory(run);
	}
}

static void measure(const struct source *source, const struct map *map, uint64_t entries)
{
	static struct latency latency;
	struct run run = {
		.source = source, .map = map, .entries = entries, .before = free_bytes(),
	};

	run.fd = map->open(entries);
	report_resident(&run, "new");
	report_memory(&run);
	go_through(&run, map->insert, "growing", &latency);
	latency_report(&latency, source, "growth/insert_percentile", map->name);
	go_through(&run, map->delete, "shrinking", &latency);
	latency_report(&latency, source, "growth/delete_percentile", map->name);
	sleep(1);
	report_resident(&run, "after");
	report_memory(&run);
	go_through(&run, map->insert, "growing_again", &latency);
	close(run.fd);
}

static const struct map *find(const char *name)
{
	static const struct map * const maps[] = { &map_ttlmap, &map_bpf_hash, &map_bpf_rhash };

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		if (!strcmp(maps[i]->name, name))
			return maps[i];
	errx(2, "%s: no such map", name);
}

int main(int argc, char **argv)
{
	struct source source;

	if (argc != 5)
		errx(2, "usage: growth RIG ROUND ENTRIES MAP");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	measure(&source, find(argv[4]), number_arg(argv[3]));
	return 0;
}
