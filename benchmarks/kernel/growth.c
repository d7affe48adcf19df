// SPDX-License-Identifier: GPL-2.0
/*
 * How long single operations take while a map grows from empty, and shrinks to it: what
 * a table does all at once shows in the few that take longest.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/processor.h>
#include <linux/sched.h>

#include "latency.h"
#include "measure.h"
#include "memory.h"

/* About what an operation takes. */
#define WAIT_TICKS	1000
/* Of as many waits as there are entries. */
#define WAIT_SHARE	8

/* Others run in between, which on a machine with more CPUs they would beside it. */
static int time_keys(const struct bench_map *map, bench_op op, const struct bench_keys *keys,
		     unsigned int n, struct bench_latency *latency)
{
	const u8 *key = keys->block;
	u64 begin;
	int err = 0;

	for (; n && !err; n--, key += keys->len) {
		begin = bench_ticks();
		err = op(map, key, 1);
		bench_latency_add(latency, bench_ticks() - begin);
		cond_resched();
	}
	return err;
}

static int time_first(const struct bench_map *map, bench_op op, const struct bench_keys *keys,
		      unsigned int n, struct bench_latency *latency)
{
	static const struct bench_sequence in_order;
	unsigned int some, done;
	int err = 0;

	bench_latency_begin(latency);
	for (done = 0; done < n && !err; done += some) {
		some = min(n - done, keys->block_keys);
		bench_keys_write(keys, &in_order, done, some);
		err = time_keys(map, op, keys, some, latency);
	}
	return err;
}

/* No map has to do with it: what takes longer is the machine's own doing. */
static int wait(const struct bench_map *map, const void *keys, unsigned int n)
{
	u64 begin = bench_ticks();

	while (bench_ticks() - begin < WAIT_TICKS)
		cpu_relax();
	return 0;
}

static int grow_and_shrink(const struct bench_run *run, const struct bench_map *map,
			   struct bench_latency *latency)
{
	const struct {
		const char *name;
		bench_op op;
		unsigned int n;
	} steps[] = {
		{ "growth/wait_percentile", wait, run->shape.entries / WAIT_SHARE },
		{ "growth/insert_percentile", bench_update, run->shape.entries },
		{ "growth/delete_percentile", bench_delete, run->shape.entries },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(steps) && !err; i++) {
		err = time_first(map, steps[i].op, &run->keys, steps[i].n, latency);
		if (!err)
			bench_latency_report(latency, run, map->peer, steps[i].name);
	}
	return err;
}

/**
 * bench_growth() - time each operation of a map that grows and shrinks
 * @run: sizes and so on
 * @peer: whose map; only of those that are to be looked at so
 *
 * Context: Kernel thread.
 * Return: 0, or the error of what failed.
 */
int bench_growth(const struct bench_run *run, const struct bench_peer *peer)
{
	struct bench_map map = { .peer = peer, .shape = &run->shape, .value = run->value };
	struct bench_latency *latency;
	int err;

	if (!run->writes || !peer->grows)
		return 0;
	if (run->shape.entries < WAIT_SHARE)
		return -EINVAL;
	latency = kvmalloc(sizeof(*latency), GFP_KERNEL);
	if (!latency)
		return -ENOMEM;
	map.data = peer->create(&run->shape);
	err = PTR_ERR_OR_ZERO(map.data);
	if (!err) {
		err = grow_and_shrink(run, &map, latency);
		peer->destroy(map.data);
		bench_await_memory(run->after_ns);
	}
	kvfree(latency);
	return err;
}
