// SPDX-License-Identifier: GPL-2.0
/*
 * missratio RIG ROUND REQUESTS TRACE: the share of a trace's requests that miss in maps for
 * 0.1, 1 and 10 % of its keys, every miss being followed by an insert.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"
#include "cache.h"
#include "lru.h"
#include "trace.h"

#define LEAST_CAPACITY	20

struct size {
	const char *percent;
	double share;
};

static const struct size sizes[] = { { "0.1", 0.001 }, { "1", 0.01 }, { "10", 0.1 } };

static size_t capacity_of(const struct size *size, const struct trace *trace)
{
	size_t capacity = trace->unique * size->share;

	return capacity < LEAST_CAPACITY ? LEAST_CAPACITY : capacity;
}

static size_t cache_misses(const struct cache *cache, const struct trace *trace, size_t capacity)
{
	int map = cache->open(capacity);
	size_t misses = 0;

	for (size_t i = 0; i < trace->count; i++) {
		if (cache->lookup(map, trace->keys[i]))
			continue;
		cache->insert(map, trace->keys[i]);
		misses++;
	}
	close(map);
	return misses;
}

static void compare(const struct source *source, const struct trace *trace,
		    const struct size *size)
{
	static const struct cache * const caches[] = { &cache_ttlmap, &cache_bpf };
	size_t capacity = capacity_of(size, trace);
	double count = trace->count;
	char name[128];

	snprintf(name, sizeof(name), "missratio/%s/%s", trace->name, size->percent);
	/* Always the same: once is enough. */
	if (source->round == 1)
		sample(source, name, "exact_lru", lru_misses(trace, capacity) / count, "ratio");
	for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++)
		sample(source, name, caches[i]->name,
		       cache_misses(caches[i], trace, capacity) / count, "ratio");
}

int main(int argc, char **argv)
{
	struct source source;
	struct trace trace;

	if (argc != 5)
		errx(2, "usage: missratio RIG ROUND REQUESTS TRACE");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	trace = trace_make(argv[4], number_arg(argv[3]));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		compare(&source, &trace, &sizes[i]);
	return 0;
}
