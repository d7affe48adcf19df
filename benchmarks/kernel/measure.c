// SPDX-License-Identifier: GPL-2.0
/*
 * The loops that are timed, the same for all peers.
 */
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "measure.h"

/* Between two looks at the clock somebody else had the CPU. */
#define GAP_NS	1000

int bench_hit(const struct bench_map *map, const void *keys, unsigned int n)
{
	const u8 *value;
	int err = 0;

	rcu_read_lock();
	for (; n; n--, keys += map->shape->key_len) {
		value = map->peer->lookup(map, keys);
		if (value)
			READ_ONCE(*value);
		else
			err = -ENOENT;
	}
	rcu_read_unlock();
	return err;
}

int bench_miss(const struct bench_map *map, const void *keys, unsigned int n)
{
	int err = 0;

	rcu_read_lock();
	for (; n; n--, keys += map->shape->key_len)
		if (map->peer->lookup(map, keys))
			err = -EEXIST;
	rcu_read_unlock();
	return err;
}

int bench_hit_many(const struct bench_map *map, const void *keys, unsigned int n)
{
	unsigned int found;

	rcu_read_lock();
	found = map->peer->lookup_many(map, keys, n);
	rcu_read_unlock();
	return found == n ? 0 : -ENOENT;
}

int bench_update(const struct bench_map *map, const void *keys, unsigned int n)
{
	int err = 0;

	for (; n && !err; n--, keys += map->shape->key_len)
		err = map->peer->update(map, keys);
	return err;
}

int bench_delete(const struct bench_map *map, const void *keys, unsigned int n)
{
	int err = 0;

	for (; n && !err; n--, keys += map->shape->key_len)
		err = map->peer->delete(map, keys);
	return err;
}

/**
 * bench_measure() - time some operations
 * @map: on which
 * @op: which
 * @keys: their keys
 * @sequence: in which order
 * @n: how many
 * @ns: what they took is added to it
 *
 * The keys are written out while the clock stands still. That others get the CPU
 * belongs to the time, since what they do with it is the operations' doing.
 *
 * Context: Process.
 * Return: 0 or the operation's error.
 */
int bench_measure(const struct bench_map *map, bench_op op, const struct bench_keys *keys,
		  const struct bench_sequence *sequence, u64 n, u64 *ns)
{
	unsigned int some;
	u64 done, begin;
	int err = 0;

	for (done = 0; done < n && !err; done += some) {
		some = min_t(u64, n - done, keys->block_keys);
		bench_keys_write(keys, sequence, done, some);
		begin = ktime_get_ns();
		err = op(map, keys->block, some);
		cond_resched();
		*ns += ktime_get_ns() - begin;
	}
	return err;
}

/**
 * bench_taken() - what others take of this CPU
 * @ns: how long to look
 *
 * Context: Process.
 * Return: the part of @ns that they had.
 */
u64 bench_taken(u64 ns)
{
	u64 begin = ktime_get_ns(), last = begin, now = begin, taken = 0;

	while (now - begin < ns) {
		cond_resched();
		now = ktime_get_ns();
		if (now - last > GAP_NS)
			taken += now - last;
		last = now;
	}
	return taken;
}
