// SPDX-License-Identifier: GPL-2.0
/*
 * The module's own code over liburcu, see selftests/core/: through the interface that
 * other modules use.
 */
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/ttlmap.h>

#include "core.h"
#include "../peer.h"

#define TTL	(3600 * NSEC_PER_SEC)
/*
 * A tick of a kernel, and less than one: what is retired is freed two grace periods later,
 * and must not come to so much by then that those who write have to wait.
 */
#define GRACE_US	4000
#define WORK_US		1000

/* Numbers of processors, as the shim wants them. */
enum { CPU_MAIN, CPU_THREADS };

static struct ttlmap *maps[THREADS_MOST];
static __thread struct ttlmap *mine;

static struct ttlmap *map_new(size_t entries)
{
	struct ttlmap_params params = {
		.limits = {
			.key_max = sizeof(struct key),
			.value_max = sizeof(u64),
			.max_entries = entries,
			.default_ttl_ns = TTL,
		},
	};
	struct ttlmap *map = ttlmap_create(&params);

	CORE_REQUIRE(!IS_ERR(map));
	return map;
}

/* As much else may run at once as there are threads. */
static void start(unsigned int threads)
{
	unsigned int first_other = CPU_THREADS + threads;

	nr_cpu_ids = first_other + 1 + threads;
	shim_clock_real = true;
	shim_grace_us = GRACE_US;
	shim_work_us = WORK_US;
	shim_thread_enter(CPU_MAIN);
	core_start();
	shim_threads_start(threads, first_other);
}

static void open_shared(size_t entries, unsigned int threads)
{
	unsigned int i;

	start(threads);
	maps[0] = map_new(entries);
	for (i = 1; i < threads; i++)
		maps[i] = maps[0];
}

static void open_apart(size_t entries, unsigned int threads)
{
	unsigned int i;

	start(threads);
	for (i = 0; i < threads; i++)
		maps[i] = map_new(entries);
}

static void enter(unsigned int thread)
{
	shim_thread_enter(CPU_THREADS + thread);
	mine = maps[thread];
}

static bool get(const struct key *key, uint64_t *value)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(mine, key, sizeof(*key));
	if (entry)
		memcpy(value, ttlmap_entry_value(entry).data, sizeof(*value));
	rcu_read_unlock();
	return entry;
}

static void put(const struct key *key)
{
	struct ttlmap_buf key_buf = { .data = key, .len = sizeof(*key) };
	struct ttlmap_buf value = { .data = key->words, .len = sizeof(key->words[0]) };

	CORE_REQUIRE(!ttlmap_update(mine, key_buf, value, 0, 0, GFP_KERNEL));
}

const struct peer peer_ttlmap = {
	.name = "ttlmap",
	.open = open_shared,
	.enter = enter,
	.leave = shim_thread_leave,
	.get = get,
	.put = put,
};

/* Nothing is shared: what the machine itself lets threads have. */
const struct peer peer_ttlmap_apart = {
	.name = "ttlmap_apart",
	.apart = true,
	.open = open_apart,
	.enter = enter,
	.leave = shim_thread_leave,
	.get = get,
	.put = put,
};
