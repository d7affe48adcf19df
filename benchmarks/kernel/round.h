/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_ROUND_H
#define _BENCH_ROUND_H

#include "keys.h"
#include "peer.h"

/**
 * struct bench_run - a round with maps of one size
 * @shape: of the maps
 * @keys: theirs
 * @value: of every entry
 * @ops: operations of which the mean is taken, at least
 * @after_ns: how long to look for what operations have left for others to do
 * @writes: what changes maps is measured as well
 * @round: its number; 0 is to warm up
 * @variant: to add to the peers' names
 */
struct bench_run {
	struct bench_shape shape;
	struct bench_keys keys;
	const void *value;
	u32 ops;
	u64 after_ns;
	bool writes;
	unsigned int round;
	const char *variant;
};

int bench_round(const struct bench_run *run, const struct bench_peer *peer);
int bench_growth(const struct bench_run *run, const struct bench_peer *peer);
int bench_scaling(const struct bench_run *run, const struct bench_peer *peer);

#endif /* _BENCH_ROUND_H */
