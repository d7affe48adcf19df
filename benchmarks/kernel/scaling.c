// SPDX-License-Identifier: GPL-2.0
/*
 * Throughput of one map on one CPU, on two, and so on up to all.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "measure.h"
#include "memory.h"
#include "report.h"

#define THREADS_MOST	8

/**
 * struct load - what threads do, over and over
 * @name: in the results
 * @gets: lookups in a row
 * @puts: updates that follow
 * @evicts: the updates insert what was never there
 */
struct load {
	const char *name;
	unsigned int gets;
	unsigned int puts;
	bool evicts;
};

/* What evicts comes last, as lookups would not find what was there. */
static const struct load loads[] = {
	{ .name = "read", .gets = 32 },
	{ .name = "95_5", .gets = 19, .puts = 1 },
	{ .name = "50_50", .gets = 1, .puts = 1 },
	{ .name = "evict", .puts = 32, .evicts = true },
};

struct state;

/**
 * struct worker - a thread
 * @state: what it works on
 * @keys: with a block of its own
 * @number: its own, from 0 on; and of its CPU among those that are online
 * @inserted: how many keys that were never there before
 * @done: operations
 * @missed: lookups in a row of which one at least did not find its key
 * @ns: how long they took
 * @err: what went wrong
 * @over: when it has ended
 */
struct worker {
	struct state *state;
	struct bench_keys keys;
	unsigned int number;
	u64 inserted;
	u64 done;
	u64 missed;
	u64 ns;
	int err;
	struct completion over;
};

/**
 * struct state - threads at work on one map
 * @run: sizes and so on
 * @map: the map
 * @load: what the threads do
 * @threads: how many there are
 * @waited: how many have come to the start
 * @stop: the first of them has done all that it was to do
 * @workers: the threads
 */
struct state {
	const struct bench_run *run;
	struct bench_map map;
	const struct load *load;
	unsigned int threads;
	atomic_t waited;
	bool stop;
	struct worker workers[THREADS_MOST];
};

/*
 * BPF's LRU map may evict before it is full, where a CPU keeps free entries that another
 * has a need for, and for an update of what is there, too.
 */
static int hit(struct worker *worker, const u8 *key, unsigned int n)
{
	int err = bench_hit(&worker->state->map, key, n);

	if (err != -ENOENT)
		return err;
	worker->missed++;
	return 0;
}

static int use_block(struct worker *worker, unsigned int n)
{
	const struct load *load = worker->state->load;
	const struct bench_map *map = &worker->state->map;
	unsigned int key_len = worker->keys.len, some;
	const u8 *key = worker->keys.block, *end = key + n * key_len;
	int err = 0;

	while (key < end && !err) {
		some = min_t(unsigned int, load->gets, (end - key) / key_len);
		err = hit(worker, key, some);
		key += some * key_len;
		some = min_t(unsigned int, load->puts, (end - key) / key_len);
		err = err ?: bench_update(map, key, some);
		key += some * key_len;
	}
	return err;
}

/* Everybody has keys to insert that nobody else has, and a place of its own to begin at. */
static void write_block(struct worker *worker, unsigned int n)
{
	const struct bench_sequence new = { .first = (worker->number + 1ULL) << 40 };
	static const struct bench_sequence there = { .shuffled = true };
	u64 begin = (u64)worker->keys.entries * worker->number / THREADS_MOST;

	if (worker->state->load->evicts) {
		bench_keys_write(&worker->keys, &new, worker->inserted, n);
		worker->inserted += n;
	} else {
		bench_keys_write(&worker->keys, &there, begin + worker->done, n);
	}
}

static void await_others(struct state *state)
{
	atomic_inc(&state->waited);
	while (atomic_read(&state->waited) < state->threads)
		cond_resched();
}

/* Keys are written within the time that is taken: two CPUs do that as fast as one each. */
static int work(struct worker *worker)
{
	struct state *state = worker->state;
	unsigned int n = worker->keys.block_keys;
	int err = 0;

	while (!READ_ONCE(state->stop) && !err) {
		write_block(worker, n);
		err = use_block(worker, n);
		worker->done += n;
		if (err || worker->done >= state->run->ops)
			WRITE_ONCE(state->stop, true);
		cond_resched();
	}
	return err;
}

static int worker_thread(void *arg)
{
	struct worker *worker = arg;
	u64 begin;

	await_others(worker->state);
	begin = ktime_get_ns();
	worker->err = work(worker);
	worker->ns = ktime_get_ns() - begin;
	kthread_complete_and_exit(&worker->over, 0);
}

static int start(struct worker *worker)
{
	struct task_struct *task;

	worker->done = 0;
	worker->missed = 0;
	init_completion(&worker->over);
	task = kthread_create(worker_thread, worker, "bench/%u", worker->number);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, cpumask_nth(worker->number, cpu_online_mask));
	wake_up_process(task);
	return 0;
}

/* Those that have started wait for those that have not, unless there are none to come. */
static int start_all(struct state *state, unsigned int n)
{
	unsigned int i;
	int err = 0;

	state->threads = n;
	state->stop = false;
	atomic_set(&state->waited, 0);
	for (i = 0; i < n && !err; i++)
		err = start(&state->workers[i]);
	if (!err)
		return 0;
	atomic_add(n, &state->waited);
	WRITE_ONCE(state->stop, true);
	state->threads = i - 1;
	return err;
}

static int run_load(struct state *state, unsigned int n)
{
	u64 rate = 0, missed = 0;
	char name[32];
	int err = start_all(state, n);
	unsigned int i;

	for (i = 0; i < state->threads; i++) {
		struct worker *worker = &state->workers[i];

		wait_for_completion(&worker->over);
		err = err ?: worker->err;
		rate += mul_u64_u64_div_u64(worker->done, NSEC_PER_SEC, worker->ns ?: 1);
		missed += worker->missed;
	}
	if (err)
		return err;
	snprintf(name, sizeof(name), "scale/%s/%u", state->load->name, n);
	bench_report(state->run, state->map.peer, name, rate, 1, "a second");
	snprintf(name, sizeof(name), "scale/%s/%u/missed", state->load->name, n);
	bench_report(state->run, state->map.peer, name, missed, 1, "rows of lookups");
	return 0;
}

static int run_loads(struct state *state, unsigned int most)
{
	static const struct bench_sequence in_order;
	const struct bench_keys *keys = &state->run->keys;
	unsigned int i, n;
	u64 ns = 0;
	int err = bench_measure(&state->map, bench_update, keys, &in_order, keys->entries, &ns);

	for (i = 0; i < ARRAY_SIZE(loads); i++) {
		state->load = &loads[i];
		for (n = 1; n <= most && !err; n++)
			err = run_load(state, n);
	}
	return err;
}

static void free_workers(struct state *state)
{
	unsigned int i;

	for (i = 0; i < THREADS_MOST; i++)
		kfree(state->workers[i].keys.block);
	kvfree(state);
}

static struct state *make_workers(const struct bench_run *run)
{
	struct state *state = kvzalloc(sizeof(*state), GFP_KERNEL);
	unsigned int i;

	if (!state)
		return NULL;
	for (i = 0; i < THREADS_MOST; i++) {
		struct worker *worker = &state->workers[i];

		worker->state = state;
		worker->number = i;
		worker->keys = run->keys;
		worker->keys.block = kmalloc(run->keys.block_keys * run->keys.len, GFP_KERNEL);
		if (!worker->keys.block) {
			free_workers(state);
			return NULL;
		}
	}
	return state;
}

/**
 * bench_scaling() - measure a map's throughput on one CPU, on two, and so on
 * @run: sizes and so on
 * @peer: whose map; only of those who evict
 *
 * Context: Kernel thread.
 * Return: 0, -ENODEV where there is one CPU only, or the error of what failed.
 */
int bench_scaling(const struct bench_run *run, const struct bench_peer *peer)
{
	unsigned int cpus = min_t(unsigned int, num_online_cpus(), THREADS_MOST);
	struct state *state;
	int err;

	if (cpus < 2)
		return -ENODEV;
	if (!peer->evicts)
		return 0;
	state = make_workers(run);
	if (!state)
		return -ENOMEM;
	state->run = run;
	state->map = (struct bench_map){
		.peer = peer, .shape = &run->shape, .value = run->value,
		.data = peer->create(&run->shape),
	};
	err = PTR_ERR_OR_ZERO(state->map.data);
	if (!err) {
		err = run_loads(state, cpus);
		peer->destroy(state->map.data);
		bench_await_memory(run->after_ns);
	}
	free_workers(state);
	return err;
}
