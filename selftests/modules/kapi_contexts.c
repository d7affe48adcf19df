// SPDX-License-Identifier: GPL-2.0
/*
 * All contexts at once: on each processor a thread that writes, a tasklet that
 * writes in the middle of what the thread does, and a hard interrupt that looks
 * up and sets the tasklet off.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include "kapi.h"

#define ROUNDS	10000	/* of a thread */
#define KICKS	8	/* a round in so many interrupts the other processor */
#define KEYS	600
#define ROOM	500	/* below KEYS, so that there is eviction */
#define SERIALS	(NR_STORMS * ROUNDS * 4)
#define NR_STORMS	2

struct storm;

/**
 * struct storm_cpu - what one processor does
 * @storm: that it is part of
 * @tasklet: writes in softirq context
 * @task: writes in process context
 * @done: when its rounds are over
 * @soft: writes of the tasklet
 * @hard: lookups in hard interrupts
 * @cpu: its number
 */
struct storm_cpu {
	struct storm *storm;
	struct tasklet_struct tasklet;
	struct task_struct *task;
	struct completion done;
	u64 soft;
	u64 hard;
	unsigned int cpu;
};

/**
 * struct storm - one test
 * @map: that all work on
 * @write: one step of the work
 * @cpus: the processors
 * @nr_cpus: how many they are
 * @wrong: results that may not be, wrong values, wrong contexts
 * @no_memory: updates refused for want of memory
 * @serial: last number given to an entry, or the sum of additions
 * @written: by serial: it got into the map
 * @removed: by serial: how often the callback was told
 */
struct storm {
	struct ttlmap *map;
	void (*write)(struct storm *storm, gfp_t gfp);
	struct storm_cpu cpus[NR_STORMS];
	unsigned int nr_cpus;
	atomic_t wrong;
	atomic_t no_memory;
	atomic_t serial;
	u8 written[SERIALS];
	u8 removed[SERIALS];
};

struct storm_value {
	u64 key;
	u64 serial;
};

static void expect(struct storm *storm, bool condition)
{
	if (!condition)
		atomic_inc(&storm->wrong);
}

/* ---- the machinery */

static void storm_soft(struct tasklet_struct *tasklet)
{
	struct storm_cpu *this = container_of(tasklet, struct storm_cpu, tasklet);

	expect(this->storm, in_serving_softirq());
	this->storm->write(this->storm, GFP_ATOMIC);
	this->soft++;
}

static void storm_hard(void *arg)
{
	struct storm_cpu *this = arg;
	struct tm_entry *entry;
	u64 key = this->hard++ % KEYS;

	rcu_read_lock();
	entry = ttlmap_lookup(this->storm->map, &key, sizeof(key));
	if (entry)
		expect(this->storm, *(const u64 *)ttlmap_entry_key(entry).data == key);
	rcu_read_unlock();
	tasklet_schedule(&this->tasklet);
}

static int storm_thread(void *arg)
{
	struct storm_cpu *this = arg;
	struct storm *storm = this->storm;
	struct storm_cpu *other = &storm->cpus[(this - storm->cpus + 1) % storm->nr_cpus];
	unsigned int round;

	expect(storm, in_task() && !in_softirq());
	for (round = 0; round < ROUNDS; round++) {
		if (round % KICKS == 0)
			smp_call_function_single(other->cpu, storm_hard, other, 0);
		storm->write(storm, GFP_KERNEL);
		cond_resched();
	}
	complete(&this->done);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void storm_prepare(struct storm *storm)
{
	struct storm_cpu *this = storm->cpus;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		this->storm = storm;
		this->cpu = cpu;
		init_completion(&this->done);
		tasklet_setup(&this->tasklet, storm_soft);
		if (++storm->nr_cpus == NR_STORMS)
			break;
		this++;
	}
}

static void storm_start(struct seq_file *report, struct storm_cpu *this)
{
	this->task = kthread_run_on_cpu(storm_thread, this, this->cpu, "kapi-storm/%u");
	EXPECT(report, !IS_ERR(this->task));
}

static void storm_stop(struct storm_cpu *this)
{
	if (IS_ERR(this->task))
		return;
	wait_for_completion(&this->done);
	kthread_stop(this->task);
}

static void storm_settle(struct seq_file *report, struct storm_cpu *this)
{
	/* Whatever interrupt is still on its way comes before this one. */
	smp_call_function_single(this->cpu, storm_hard, this, 1);
	tasklet_kill(&this->tasklet);
	EXPECT(report, this->soft > 1);
	EXPECT(report, this->hard > 1);
}

static void storm_run(struct seq_file *report, struct storm *storm)
{
	unsigned int i;

	storm_prepare(storm);
	for (i = 0; i < storm->nr_cpus; i++)
		storm_start(report, &storm->cpus[i]);
	for (i = 0; i < storm->nr_cpus; i++)
		storm_stop(&storm->cpus[i]);
	for (i = 0; i < storm->nr_cpus; i++)
		storm_settle(report, &storm->cpus[i]);
	EXPECT_EQ(report, 0, atomic_read(&storm->wrong));
}

/* ---- updates, deletes and lookups */

static void update(struct storm *storm, u64 key, gfp_t gfp)
{
	int serial = atomic_inc_return(&storm->serial), err;
	struct storm_value value = { .key = key, .serial = serial };

	if (serial >= SERIALS)
		return;
	err = ttlmap_update(storm->map, kapi_buf(&key, sizeof(key)),
			    kapi_buf(&value, sizeof(value)), 0, 0, gfp);
	if (!err)
		storm->written[serial] = 1;
	else if (err == -ENOMEM)
		atomic_inc(&storm->no_memory);
	else
		expect(storm, false);
}

static void check_value(struct storm *storm, u64 key)
{
	const struct storm_value *value;
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(storm->map, &key, sizeof(key));
	if (entry) {
		value = ttlmap_entry_value(entry).data;
		expect(storm, value->key == key);
		expect(storm, value->serial && value->serial < SERIALS);
	}
	rcu_read_unlock();
}

static void write_any(struct storm *storm, gfp_t gfp)
{
	u32 random = get_random_u32();
	u64 key = random % KEYS;
	int err;

	switch (random >> 30) {
	case 0:
		check_value(storm, key);
		break;
	case 1:
		err = ttlmap_delete(storm->map, &key, sizeof(key));
		expect(storm, !err || err == -ENOENT);
		break;
	default:
		update(storm, key, gfp);
	}
}

static void note_removed(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	const struct storm_value *value = ttlmap_entry_value(entry).data;
	struct storm *storm = arg;

	expect(storm, preemptible() && in_task() && !rcu_preempt_depth());
	expect(storm, reason == TTLMAP_DELETED || reason == TTLMAP_REPLACED ||
	       reason == TTLMAP_EVICTED || reason == TTLMAP_MAP_GONE);
	if (value->serial < SERIALS)
		storm->removed[value->serial]++;
	else
		expect(storm, false);
}

static int count_entry(void *count, struct tm_entry *entry)
{
	++*(unsigned int *)count;
	return 0;
}

/* What got into the map came out of it, once. */
static void check_serials(struct seq_file *report, const struct storm *storm)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < SERIALS; i++)
		wrong += storm->written[i] != storm->removed[i];
	EXPECT_EQ(report, 0, wrong);
	EXPECT(report, atomic_read(&storm->serial) > ROUNDS / 2);
	/* It can happen, but not as a rule. */
	EXPECT(report, atomic_read(&storm->no_memory) < atomic_read(&storm->serial) / 100);
}

static void check_updates(struct seq_file *report, u32 flags)
{
	struct storm *storm = vzalloc(sizeof(*storm));
	const struct ttlmap_params params = {
		.limits = { .flags = flags, .key_max = 8, .value_max = sizeof(struct storm_value),
			    .max_entries = ROOM },
		.removed = note_removed,
		.arg = storm,
	};
	unsigned int entries = 0;

	if (!EXPECT(report, storm))
		return;
	storm->write = write_any;
	storm->map = kapi_map(report, &params);
	if (storm->map) {
		storm_run(report, storm);
		EXPECT_EQ(report, 0, ttlmap_for_each(storm->map, count_entry, &entries));
		EXPECT(report, entries <= ROOM);
		ttlmap_put(storm->map);
		check_serials(report, storm);
		EXPECT_EQ(report, 0, atomic_read(&storm->wrong));
	}
	vfree(storm);
}

static void updates_in_all_contexts(struct seq_file *report)
{
	check_updates(report, 0);
}

static void updates_in_all_contexts_tails(struct seq_file *report)
{
	check_updates(report, TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
}

/* ---- counters */

#define COUNTERS	7

static void write_counter(struct storm *storm, gfp_t gfp)
{
	u64 key = get_random_u32() % COUNTERS;
	s64 value = 3;
	int err;

	err = ttlmap_add(storm->map, kapi_buf(&key, sizeof(key)), &value, 0, gfp);
	expect(storm, !err && value >= 3);
	if (!err)
		atomic_add(3, &storm->serial);
}

static void adds_in_all_contexts(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_COUNTERS, .key_max = 8, .value_max = 8,
			    .max_entries = COUNTERS },
	};
	struct storm *storm = vzalloc(sizeof(*storm));
	u64 key, value, sum = 0;

	if (!EXPECT(report, storm))
		return;
	storm->write = write_counter;
	storm->map = kapi_map(report, &params);
	if (storm->map) {
		storm_run(report, storm);
		for (key = 0; key < COUNTERS; key++)
			if (EXPECT(report, kapi_get(storm->map, key, &value)))
				sum += value;
		EXPECT_EQ(report, atomic_read(&storm->serial), sum);
		EXPECT(report, sum >= 3 * ROUNDS);
		ttlmap_put(storm->map);
	}
	vfree(storm);
}

/* ---- where nothing may sleep */

#define GROWTH	20000

/* The kernel says so if anything does. Returns how many keys it set. */
static u64 set_atomically(struct ttlmap *map, u64 from, u64 to)
{
	u64 key;
	int err = 0;

	local_bh_disable();
	for (key = from; key < to && !err; key++)
		err = ttlmap_update(map, kapi_buf(&key, sizeof(key)),
				    kapi_buf(&key, sizeof(key)), 0, 0, GFP_ATOMIC);
	local_bh_enable();
	return key - from - !!err;
}

/* From empty to full in atomic context, with what the worker does in between. */
static void growth_in_atomic_context(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, GROWTH);
	unsigned int tries = 0, missing = 0;
	u64 key = 0;

	if (!map)
		return;
	for (; key < GROWTH && tries < 10 * GROWTH; tries++) {
		key += set_atomically(map, key, min_t(u64, key + 64, GROWTH));
		if (tries % 64 == 0)
			msleep(20);
		cond_resched();
	}
	EXPECT_EQ(report, GROWTH, key);
	while (key--)
		missing += !kapi_has(map, key);
	EXPECT_EQ(report, 0, missing);
	ttlmap_put(map);
}

const struct kapi_case kapi_contexts[] = {
	KAPI_CASE(updates_in_all_contexts),
	KAPI_CASE(updates_in_all_contexts_tails),
	KAPI_CASE(adds_in_all_contexts),
	KAPI_CASE(growth_in_atomic_context),
	{ }
};
