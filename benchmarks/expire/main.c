// SPDX-License-Identifier: GPL-2.0
/*
 * expire RIG ROUND ENTRIES SECONDS: how long after its deadline an entry is removed.  There
 * are two maps: one with TTLs uniform in 1 to SECONDS, one with exponential ones.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <ttlmap.h>
#include <unistd.h>

#include "latency.h"

#define BATCH	64
#define NSEC	1000000000ULL
#define POLL_US	2000

/**
 * struct load - a map and what it was given
 * @name: of the distribution
 * @map: its descriptor
 * @deadlines: of its entries, in their order
 * @count: how many
 * @gone: how many were seen to be gone
 * @lags: how long the others were late
 */
struct load {
	const char *name;
	int map;
	uint64_t *deadlines;
	size_t count;
	size_t gone;
	struct latency lags;
};

/* In (0, 1). */
static double uniform(uint64_t number)
{
	return ldexp((mix64(number + 1) >> 12) + 0.5, -52);
}

static uint64_t uniform_ttl(uint64_t number, double seconds)
{
	return (1 + uniform(number) * (seconds - 1)) * NSEC;
}

/* A third of SECONDS on the average, and no more than that. */
static uint64_t exponential_ttl(uint64_t number, double seconds)
{
	return fmin(1 - log(uniform(number)) * seconds / 3, seconds) * NSEC;
}

static void load_open(struct load *load, const char *name, size_t count)
{
	struct ttlmap_create create = {
		.key_max = sizeof(uint64_t),
		.value_max = sizeof(uint64_t),
		.max_entries = count,
	};

	load->name = name;
	load->count = count;
	load->map = ttlmap_map_create(&create);
	if (load->map < 0)
		err(1, "ttlmap");
	load->deadlines = calloc(count, sizeof(*load->deadlines));
	if (!load->deadlines)
		err(1, "deadlines");
}

/* Counts from before the call: an entry is rather taken to be late than to be early. */
static void fill_batch(struct load *load, size_t first, size_t count,
		       uint64_t (*ttl)(uint64_t number, double seconds), double seconds)
{
	struct ttlmap_op ops[BATCH] = { };
	uint64_t keys[BATCH], now = now_ns();
	uint32_t done;

	for (size_t i = 0; i < count; i++) {
		keys[i] = first + i;
		ops[i].op = TTLMAP_OP_UPDATE;
		ops[i].key = (uintptr_t)&keys[i];
		ops[i].key_len = sizeof(keys[i]);
		ops[i].value = ops[i].key;
		ops[i].value_len = ops[i].key_len;
		ops[i].ttl_ns = ttl(keys[i], seconds);
		load->deadlines[keys[i]] = now + ops[i].ttl_ns;
	}
	if (ttlmap_map_batch(load->map, ops, count, &done))
		err(1, "batch");
	for (size_t i = 0; i < count; i++)
		if (i >= done || ops[i].result)
			errx(1, "batch: error %d", ops[i].result);
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void fill(struct load *load, uint64_t (*ttl)(uint64_t number, double seconds),
		 double seconds)
{
	for (size_t first = 0; first < load->count; first += BATCH) {
		size_t left = load->count - first;

		fill_batch(load, first, left < BATCH ? left : BATCH, ttl, seconds);
	}
	qsort(load->deadlines, load->count, sizeof(*load->deadlines), by_time);
}

static void get_stat(const struct load *load, struct ttlmap_stat *stat)
{
	if (ttlmap_map_stat(load->map, stat))
		err(1, "stat");
}

/*
 * Those that have gone since the last look were the first of those that were left; when, is
 * known as well as we look often.  What went before we began to look is not counted.
 */
static void look(struct load *load, uint64_t began)
{
	struct ttlmap_stat stat;
	uint64_t now;

	get_stat(load, &stat);
	now = now_ns();
	for (; load->gone < stat.expired; load->gone++)
		if (load->deadlines[load->gone] > began)
			latency_add(&load->lags, now > load->deadlines[load->gone] ?
				    now - load->deadlines[load->gone] : 0);
}

/* Until all are gone, or would have to be since long. */
static void watch(struct load *loads, size_t count)
{
	uint64_t began = now_ns(), end = began;

	for (size_t i = 0; i < count; i++)
		if (loads[i].deadlines[loads[i].count - 1] > end)
			end = loads[i].deadlines[loads[i].count - 1];
	while (now_ns() < end + 2 * NSEC) {
		for (size_t i = 0; i < count; i++)
			look(&loads[i], began);
		usleep(POLL_US);
	}
}

static void report(const struct source *source, const struct load *load)
{
	struct ttlmap_stat stat;
	char name[64];

	if (load->gone < load->count)
		errx(1, "%s: %zu of %zu entries did not go", load->name, load->count - load->gone,
		     load->count);
	get_stat(load, &stat);
	snprintf(name, sizeof(name), "expire/%s/lag_percentile", load->name);
	latency_report(&load->lags, source, name, "ttlmap");
	snprintf(name, sizeof(name), "expire/%s/lag_max", load->name);
	sample(source, name, "ttlmap", stat.expire_lag_max_ns / 1e6, "ms");
}

int main(int argc, char **argv)
{
	static struct load loads[2];
	struct source source;
	double seconds;

	if (argc != 5)
		errx(2, "usage: expire RIG ROUND ENTRIES SECONDS");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	seconds = number_arg(argv[4]);
	load_open(&loads[0], "uniform", number_arg(argv[3]));
	load_open(&loads[1], "exponential", number_arg(argv[3]));
	fill(&loads[0], uniform_ttl, seconds);
	fill(&loads[1], exponential_ttl, seconds);
	watch(loads, 2);
	report(&source, &loads[0]);
	report(&source, &loads[1]);
	return 0;
}
