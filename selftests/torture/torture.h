/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of torture_test share. A part is something that goes on all the
 * time, in one thread or several, and that checks its own invariants: what it
 * finds wrong ends everything, and the first such finding is the result.
 */
#ifndef TTLMAP_TORTURE_H
#define TTLMAP_TORTURE_H

#include <pthread.h>
#include <stdatomic.h>

#include <kselftest.h>

#include "../common.h"

#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
#define HERD		"torture.herd"
#define HERD_CONSTANT	500ULL		/* keys from 0, each its own value, there for good */
#define COUNTERS	300ULL
#define FIND_MAX	300
#define KEEPERS_MAX	2
#define KEPT_KEYS	192
#define VALUE_MAX	2048

/*
 * A map that keepers use, and what they need to know of it. The sums are of what
 * succeeded; what the map counts must agree with them in the end.
 */
struct arena {
	const char *name;
	struct ttlmap_create create;
	bool loses;		/* entries may go though nobody asked for it */
	bool retimed;		/* somebody changes the limits of TTLs */
	u64 cap_max;		/* the highest that max_entries ever is */
	u64 bytes_max;		/* and max_bytes, or 0 */
	u64 kept[KEEPERS_MAX];	/* the first key of each keeper */
	int keepers;
	int map;
	atomic_ullong updates, deletes, pops, looks;
};

enum {
	SOLID,			/* does not evict */
	CACHE,			/* evicts, is reclaimed, tuned and cleared */
	BRIEF,			/* short TTLs with jitter; does not evict */
	SLIDING,
	POOL,			/* allocated beforehand */
	ARENAS
};

struct world {
	u64 seed;
	pthread_barrier_t start;
	atomic_bool stop;
	struct arena arenas[ARENAS];
	int counters, herd;
	atomic_ullong added, popped;
	atomic_bool wrong;
	char finding[FIND_MAX];
};

struct self;

/**
 * struct part - something that goes on
 * @name: for people
 * @threads: how many do it at once
 * @run: until w->stop is set
 * @missing: whether this machine lacks what it needs; says so, if it does
 * @arg: for @run to tell its uses apart
 * @rounds: how often it was done, for which 0 is a failure
 */
struct part {
	const char *name;
	unsigned int threads;
	void (*run)(struct self *self);
	bool (*missing)(void);
	int arg;
	atomic_ullong rounds;
};

/* A thread of a part. */
struct self {
	struct world *w;
	struct part *part;
	u64 number;		/* among all threads, from 1 */
	struct rng rng;
	pthread_t thread;
};

__attribute__((format(printf, 2, 3)))
void find(struct self *self, const char *format, ...);
u64 awake_ns(void);
bool going(const struct self *self);
void nap(struct self *self, u32 ms_max);

#define FIND_IF(self, condition, ...) do {				\
	if (condition)							\
		find(self, __VA_ARGS__);				\
} while (0)

/* Ready for use: a map of @flags with 8-byte keys, under a name or not. */
int torture_create(const char *name, u32 flags, u32 value_max, u64 capacity);

/* values.c */
void fill_value(u64 *value, u64 key, u64 seq, u32 len);
bool value_whole(const u64 *value, u64 key, u64 seq, u32 len);

/* Which of a keeper's keys: a few of them much more often than the others. */
static inline u64 kept_key(struct rng *rng)
{
	return rng_below(rng, rng_below(rng, 2) ? KEPT_KEYS : 24);
}

/* keeper.c, strangers.c, neighbours.c, scanners.c, watchers.c, listeners.c */
void keep(struct self *self);
void keepers_control(struct self *self, int (*spoil)(int map, u64 key), u32 delay_ms);
void read_as_stranger(struct self *self);
void fill_and_empty(struct self *self);
void clear_now_and_then(struct self *self);
void scan_constants(struct self *self);
void look_up_constants(struct self *self);
void watch_statistics(struct self *self);
void read_debugfs(struct self *self);
void change_sampling(struct self *self);
void hear_of_the_herd(struct self *self);

/* tuner.c, freezer.c, counters.c, owners.c, names.c */
void tune_cache(struct self *self);
void tune_solid(struct self *self);
void tune_quota(struct self *self);
void freeze_maps(struct self *self);
void add_to_counters(struct self *self);
void pop_counters(struct self *self);
void end_owners(struct self *self);
void juggle_names(struct self *self);
void end_namespaces(struct self *self);

/* pressure.c, machine.c */
void make_caches_shrink(struct self *self);
void shrink_by_debugfs(struct self *self);
bool shrinker_debugfs_missing(void);
void take_memory(struct self *self);
void fill_cgroup(struct self *self);
bool cgroup_missing(void);
void plug_cpus(struct self *self);
bool hotplug_missing(void);
void sleep_machine(struct self *self);
bool sleep_missing(void);
void try_to_unload(struct self *self);

#endif
