// SPDX-License-Identifier: GPL-2.0
/*
 * What is done with one peer in one round: maps are filled, looked up in, changed and
 * emptied, and each step is a sample. Small maps are several, so that there are enough
 * operations to take the mean of.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "measure.h"
#include "memory.h"
#include "report.h"
#include "round.h"

/**
 * struct state - a peer's round
 * @run: which
 * @maps: several, each of the same keys
 * @n: how many
 * @quiet_ns: what others take of @run->after_ns anyway
 */
struct state {
	const struct bench_run *run;
	struct bench_map *maps;
	unsigned int n;
	u64 quiet_ns;
};

static const struct bench_sequence in_order;
static const struct bench_sequence shuffled = { .shuffled = true };

static void report(const struct state *state, const char *name, u64 sum, u64 n,
		   const char *unit)
{
	const struct bench_shape *shape = &state->run->shape;
	char sized[64];

	snprintf(sized, sizeof(sized), "%s/%u/%u/%u", name, shape->key_len, shape->value_len,
		 shape->entries);
	bench_report(state->run, state->maps->peer, sized, sum, n, unit);
}

/* Looks at what is left to be done, at most: others may keep a processor busy for ever. */
#define AFTER_LOOKS	20

/*
 * What changes to maps left for others to do belongs to what they cost. As long as that
 * takes a tenth of the time there is more to come.
 */
static u64 after(const struct state *state, bench_op op)
{
	u64 window = state->run->after_ns, taken, sum = 0;
	unsigned int looks = 0;

	if (op != bench_update && op != bench_delete)
		return 0;
	do {
		taken = bench_taken(window);
		sum += taken > state->quiet_ns ? taken - state->quiet_ns : 0;
	} while (taken > window / 10 && ++looks < AFTER_LOOKS);
	return sum;
}

/* What allocators keep at hand after earlier rounds, some MiB, shall make no difference. */
#define BYTES_ENTRIES	10000000

static void destroy_maps(const struct state *state)
{
	unsigned int i;

	for (i = 0; i < state->n; i++)
		if (!IS_ERR_OR_NULL(state->maps[i].data))
			state->maps[i].peer->destroy(state->maps[i].data);
	kvfree(state->maps);
	bench_await_memory(state->run->after_ns);
}

static int create_maps(struct state *state, const struct bench_shape *shape,
		       const struct bench_peer *peer, unsigned int n)
{
	unsigned int i;
	int err = 0;

	state->n = n;
	state->maps = kvcalloc(n, sizeof(*state->maps), GFP_KERNEL);
	if (!state->maps)
		return -ENOMEM;
	for (i = 0; i < n && !err; i++) {
		state->maps[i] = (struct bench_map){
			.peer = peer,
			.shape = shape,
			.value = state->run->value,
			.data = peer->create(shape),
		};
		err = PTR_ERR_OR_ZERO(state->maps[i].data);
	}
	if (err)
		destroy_maps(state);
	return err;
}

/* The same operations on each of the maps. */
static int run_each(const struct state *state, bench_op op,
		    const struct bench_sequence *sequence, u64 *ns)
{
	const struct bench_keys *keys = &state->run->keys;
	unsigned int i;
	int err = 0;

	for (i = 0; i < state->n && !err; i++)
		err = bench_measure(&state->maps[i], op, keys, sequence, keys->entries, ns);
	return err;
}

static int measure_each(const struct state *state, const char *name, bench_op op,
			const struct bench_sequence *sequence)
{
	u64 ns = 0;
	int err = run_each(state, op, sequence, &ns);

	if (!err)
		report(state, name, ns + after(state, op),
		       (u64)state->n * state->run->keys.entries, "ns");
	return err;
}

/* One map only, which small ones leave in the cache. */
static int measure_first_map(const struct state *state, const char *name, bench_op op,
			     const struct bench_sequence *sequence, u64 n)
{
	u64 ns = 0;
	int err = bench_measure(state->maps, op, &state->run->keys, sequence, n, &ns);

	if (!err)
		report(state, name, ns + after(state, op), n, "ns");
	return err;
}

static int measure_first(const struct state *state, const char *name, bench_op op,
			 const struct bench_sequence *sequence)
{
	return measure_first_map(state, name, op, sequence, state->run->ops);
}

/* That an entry has been used since it was written is noted once, by BPF's LRU map as well. */
static int measure_first_uses(const struct state *state)
{
	const struct bench_run *run = state->run;

	return measure_first_map(state, "lookup_first", bench_hit, &shuffled,
				 min_t(u64, run->ops, run->shape.entries));
}

static int measure_lookups(const struct state *state)
{
	const struct bench_sequence absent = {
		.first = state->run->shape.entries,
		.shuffled = true,
	};
	int err;

	err = measure_first_uses(state);
	err = err ?: measure_first(state, "lookup_hit", bench_hit, &shuffled);
	if (!err && state->maps->peer->lookup_many)
		err = measure_first(state, "lookup_many", bench_hit_many, &shuffled);
	return err ?: measure_first(state, "lookup_miss", bench_miss, &absent);
}

static void measure_memory(const struct state *state, u64 free_before)
{
	u64 entries = (u64)state->n * state->run->shape.entries, free_now = bench_free_bytes();

	if (entries >= BYTES_ENTRIES && free_now < free_before)
		report(state, "bytes", free_before - free_now, entries, "bytes");
}

static int fill_and_use(const struct state *state, u64 free_before)
{
	int err = measure_each(state, "insert", bench_update, &in_order);

	if (err)
		return err;
	measure_memory(state, free_before);
	err = measure_lookups(state);
	if (err || !state->run->writes)
		return err;
	err = measure_first(state, "replace", bench_update, &shuffled);
	return err ?: measure_each(state, "delete", bench_delete, &shuffled);
}

static int round_of_all(struct state *state, const struct bench_peer *peer)
{
	const struct bench_run *run = state->run;
	u64 free_before = bench_free_bytes();
	int err;

	err = create_maps(state, &run->shape, peer, DIV_ROUND_UP(run->ops, run->shape.entries));
	if (err)
		return err;
	err = fill_and_use(state, free_before);
	destroy_maps(state);
	return err;
}

/* Keys that were never there, into a map that is full. */
static int round_of_evictions(struct state *state, const struct bench_peer *peer)
{
	const struct bench_sequence new = { .first = state->run->shape.entries };
	int err = create_maps(state, &state->run->shape, peer, 1);
	u64 ns = 0;

	if (err)
		return err;
	err = run_each(state, bench_update, &in_order, &ns);
	after(state, bench_update);
	if (!err)
		err = measure_first(state, "evict", bench_update, &new);
	destroy_maps(state);
	return err;
}

/* Nothing shall expire before all is there. */
static u64 ttl_of(u64 fill_ns)
{
	return fill_ns * 2 + 50 * NSEC_PER_MSEC;
}

static int expire(const struct state *state, u64 ttl_ns)
{
	const struct bench_run *run = state->run;
	u64 quiet, taken, n = (u64)state->n * run->shape.entries, window = ttl_ns * 2, ns = 0;
	int err = run_each(state, bench_update, &in_order, &ns);

	if (err)
		return err;
	taken = bench_taken(window);
	quiet = mul_u64_u64_div_u64(state->quiet_ns, window, run->after_ns);
	report(state, "expire", taken > quiet ? taken - quiet : 0, n, "ns");
	return run_each(state, bench_miss, &in_order, &ns);
}

/* How long it takes to fill maps. */
static int time_fill(struct state *state, const struct bench_shape *shape,
		     const struct bench_peer *peer, unsigned int n, u64 *ns)
{
	int err = create_maps(state, shape, peer, n);

	if (err)
		return err;
	err = run_each(state, bench_update, &in_order, ns);
	destroy_maps(state);
	return err;
}

static int round_of_expiry(struct state *state, const struct bench_peer *peer)
{
	const struct bench_run *run = state->run;
	unsigned int n = DIV_ROUND_UP(run->ops, run->shape.entries);
	struct bench_shape shape = run->shape;
	u64 fill_ns = 0;
	int err;

	err = time_fill(state, &shape, peer, n, &fill_ns);
	if (err)
		return err;
	shape.ttl_ns = ttl_of(fill_ns);
	err = create_maps(state, &shape, peer, n);
	if (err)
		return err;
	err = expire(state, shape.ttl_ns);
	destroy_maps(state);
	return err;
}

/**
 * bench_round() - measure all that a peer can do, once
 * @run: sizes and so on
 * @peer: with its maps
 *
 * Context: Kernel thread.
 * Return: 0, or the error of what failed.
 */
int bench_round(const struct bench_run *run, const struct bench_peer *peer)
{
	struct state state = { .run = run, .quiet_ns = bench_taken(run->after_ns) };
	int err = round_of_all(&state, peer);

	if (!err && run->writes && peer->evicts)
		err = round_of_evictions(&state, peer);
	if (!err && run->writes && peer->expires)
		err = round_of_expiry(&state, peer);
	return err;
}
