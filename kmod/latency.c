// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Latency
 *
 * Owns the histograms of how long lookups, updates and expiry take, and the module
 * parameter that switches them on. Off, they cost an instruction that does nothing, and
 * no memory. A map gets its histograms when they are first switched on, or when it is
 * made while they are, and keeps them.
 *
 * Locks: none. A map that is made while they are being switched on is either seen by
 * who does that, since it is registered first, or sees the switch.
 */
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>

#include "histogram.h"
#include "latency.h"
#include "lookup.h"
#include "map.h"
#include "memory.h"
#include "names.h"

DEFINE_STATIC_KEY_FALSE(tm_latency_key);

static bool wanted;

u64 tm_latency_clock(void)
{
	return local_clock() ?: 1;
}

/* Clocks of CPUs may differ by a little. */
void tm_latency_took(struct ttlmap *map, enum tm_latency which, u64 began)
{
	/* Pairs with the cmpxchg in allocate(). */
	struct tm_latencies __percpu *latencies = READ_ONCE(map->latencies);
	s64 took = local_clock() - began;

	if (latencies)
		this_cpu_inc(latencies->took[which][tm_class_of(max(took, 0LL),
								TM_LATENCY_CLASSES)]);
}

static int allocate(struct ttlmap *map)
{
	struct tm_latencies __percpu *none = NULL, *new;

	if (READ_ONCE(map->latencies))
		return 0;
	new = alloc_percpu_gfp(struct tm_latencies, TM_GFP);
	if (!new)
		return -ENOMEM;
	if (!try_cmpxchg(&map->latencies, &none, new))
		free_percpu(new);
	return 0;
}

/*
 * A map is registered. One for which there is no memory goes without, as its file in
 * debugfs says. Context: Process, may sleep.
 */
void tm_latency_prepare(struct ttlmap *map)
{
	if (READ_ONCE(wanted))
		allocate(map);
}

static int allocate_all(void)
{
	struct ttlmap *map;
	u64 cursor = 0;
	int err = 0;

	while (!err && (map = tm_names_next(&cursor))) {
		err = allocate(map);
		tm_names_put(map);
	}
	return err;
}

VISIBLE_IF_KUNIT int tm_latency_set(const char *text, const struct kernel_param *param)
{
	bool on;
	int err = kstrtobool(text, &on);

	if (err)
		return err;
	WRITE_ONCE(wanted, on);
	if (on)
		err = allocate_all();
	if (err)
		return err;
	if (on != static_key_enabled(&tm_latency_key))
		tm_lookup_watch(on);
	if (on)
		static_branch_enable(&tm_latency_key);
	else
		static_branch_disable(&tm_latency_key);
	return 0;
}

static const struct kernel_param_ops latency_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = tm_latency_set,
	.get = param_get_bool,
};

module_param_cb(latency, &latency_ops, &wanted, 0644);
__MODULE_PARM_TYPE(latency, "bool");
MODULE_PARM_DESC(latency, "count in debugfs how long lookups, updates and expiry take (default: N)");

u64 tm_latency_sum(const struct ttlmap *map, enum tm_latency which, unsigned int class)
{
	struct tm_latencies __percpu *latencies = READ_ONCE(map->latencies);
	u64 sum = 0;
	int cpu;

	if (!latencies)
		return 0;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(latencies, cpu)->took[which][class]);
	return sum;
}

/* Of the histograms, if the map has any. */
size_t tm_latency_bytes(const struct ttlmap *map)
{
	return READ_ONCE(map->latencies) ? num_possible_cpus() * sizeof(struct tm_latencies) : 0;
}
