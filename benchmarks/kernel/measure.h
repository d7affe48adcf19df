/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_MEASURE_H
#define _BENCH_MEASURE_H

#include "keys.h"
#include "peer.h"

/**
 * typedef bench_op - an operation on some keys, one after the other
 * @map: on which
 * @keys: one after the other
 * @n: how many
 *
 * Return: 0, or an error if any of them did not do what it should.
 */
typedef int (*bench_op)(const struct bench_map *map, const void *keys, unsigned int n);

int bench_hit(const struct bench_map *map, const void *keys, unsigned int n);
int bench_miss(const struct bench_map *map, const void *keys, unsigned int n);
int bench_hit_many(const struct bench_map *map, const void *keys, unsigned int n);
int bench_update(const struct bench_map *map, const void *keys, unsigned int n);
int bench_delete(const struct bench_map *map, const void *keys, unsigned int n);

int bench_measure(const struct bench_map *map, bench_op op, const struct bench_keys *keys,
		  const struct bench_sequence *sequence, u64 n, u64 *ns);
u64 bench_taken(u64 ns);

#endif /* _BENCH_MEASURE_H */
