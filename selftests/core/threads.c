// SPDX-License-Identifier: GPL-2.0
/*
 * Readers against writers on real threads. Keys that stay are always found, whole,
 * and their values only go forward; keys that were never there are not found; what
 * comes and goes has the value of its key. The clock runs fast, so that entries
 * expire, and the map grows and shrinks all the time.
 *
 *   threads [SECONDS]
 */
#include <pthread.h>
#include <unistd.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "../../kmod/lookup.h"
#include "../../kmod/remove.h"
#include "../../kmod/survey.h"
#include "../../kmod/tune.h"
#include "../../kmod/update.h"
#include "core.h"

#define READERS		2
#define WRITERS		2
#define WORKERS		2
#define STAY		500	/* keys that are there throughout, with new values */
#define GO		16000	/* keys that come and go */
#define ABSENT		100

enum {
	CPU_MAIN,
	CPU_READER,
	CPU_WRITER = CPU_READER + READERS,
	CPU_OTHER = CPU_WRITER + WRITERS,
	CPU_SHIM,
};

struct value {
	u64 key;
	u64 generation;
	u64 again;
};

static struct ttlmap *map;
static bool stop;
static u64 lookups, changes;
/* The generation that a key that stays has at least. */
static u64 generations[STAY];

static bool stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static u64 next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void put(u64 key, u64 generation, u64 ttl)
{
	struct value value = { .key = key, .generation = generation, .again = key };
	struct tm_update update = { .ttl_ns = ttl, .gfp = GFP_KERNEL };

	update.entry = tm_map_entry(map, sizeof(key), sizeof(value), GFP_KERNEL);
	tm_entry_set_key(update.entry, &key);
	memcpy(tm_entry_value(update.entry), &value, sizeof(value));
	tm_map_key(map, &update.key, &key, sizeof(key));
	CORE_REQUIRE(!tm_map_update(map, &update));
}

static void take(u64 data)
{
	struct tm_key key;

	tm_map_key(map, &key, &data, sizeof(data));
	tm_map_delete(map, &key, 0, NULL);
}

static void touch(u64 data)
{
	struct ttlmap_op op = { .ttl_ns = NSEC_PER_SEC };
	struct tm_key key;

	tm_map_key(map, &key, &data, sizeof(data));
	tm_map_touch(map, &key, &op);
}

/* Context: RCU read section, which keeps the value. */
static const struct value *look_up(u64 data)
{
	struct tm_entry *entry;
	const struct value *value;
	struct tm_key key;
	u64 now = 0;

	tm_map_key(map, &key, &data, sizeof(data));
	entry = tm_map_lookup(map, &key, true, &now);
	if (!entry)
		return NULL;
	value = tm_entry_value(entry);
	CORE_REQUIRE(value->key == data && value->again == data);
	return value;
}

/* No older than what had been written before the lookup began. */
static void look_up_staying(u64 key)
{
	u64 least = __atomic_load_n(&generations[key], __ATOMIC_ACQUIRE);
	const struct value *value;

	rcu_read_lock();
	value = look_up(key);
	CORE_REQUIRE(value && value->generation >= least);
	rcu_read_unlock();
}

static void look_up_other(u64 key)
{
	const struct value *value;

	rcu_read_lock();
	value = look_up(key);
	CORE_REQUIRE(!value || key < STAY + GO);
	rcu_read_unlock();
}

static void *reader(void *cpu)
{
	u64 state = (uintptr_t)cpu, n;

	shim_thread_enter((uintptr_t)cpu);
	for (n = 0; !stopped(); n += 2) {
		look_up_staying(next(&state) % STAY);
		look_up_other(STAY + next(&state) % (GO + ABSENT));
	}
	__atomic_fetch_add(&lookups, n, __ATOMIC_RELAXED);
	shim_thread_leave();
	return NULL;
}

/* Each writer has keys of its own, so that it knows what they are. */
static void change(u64 *state, unsigned int mine)
{
	u64 key = next(state) % (STAY / WRITERS) * WRITERS + mine, other;

	put(key, generations[key] + 1, 0);
	__atomic_store_n(&generations[key], generations[key] + 1, __ATOMIC_RELEASE);
	other = STAY + next(state) % GO;
	put(other, 0, 1 + next(state) % (10 * NSEC_PER_SEC));
	touch(STAY + next(state) % GO);
	take(STAY + next(state) % GO);
}

static void fill(unsigned int mine)
{
	u64 key;

	for (key = mine; key < GO && !stopped(); key += WRITERS)
		put(STAY + key, 0, TTLMAP_TTL_NEVER);
}

static void empty(unsigned int mine)
{
	u64 key;

	for (key = mine; key < GO && !stopped(); key += WRITERS)
		take(STAY + key);
}

/* The map fills up for a while, then falls empty: it splits, then merges. */
static void *writer(void *cpu)
{
	unsigned int mine = (uintptr_t)cpu - CPU_WRITER;
	u64 state = (uintptr_t)cpu, n;

	shim_thread_enter((uintptr_t)cpu);
	for (n = 0; !stopped(); n++) {
		change(&state, mine);
		if (n % 4096 == 0)
			fill(mine);
		if (n % 4096 == 2048)
			empty(mine);
	}
	__atomic_fetch_add(&changes, n, __ATOMIC_RELAXED);
	shim_thread_leave();
	return NULL;
}

/* What else may happen to a map: surveys, tuning; and the clock. */
static void *other(void *cpu)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_TTL | TTLMAP_TUNE_ENTRIES };
	struct ttlmap_stat stat;
	unsigned int n;

	shim_thread_enter((uintptr_t)cpu);
	for (n = 0; !stopped(); n++) {
		shim_clock_set(shim_clock() + 20 * NSEC_PER_MSEC);
		tune.max_entries = 100000 + n % 2;
		CORE_REQUIRE(!tm_tune(map, &tune));
		stat = (struct ttlmap_stat){};
		tm_survey_stat(map, &stat);
		CORE_REQUIRE(stat.entries >= STAY && stat.entries <= STAY + GO);
		usleep(1000);
	}
	shim_thread_leave();
	return NULL;
}

static void run_threads(unsigned int seconds)
{
	static void *(*const roles[])(void *cpu) = {
		[CPU_READER ... CPU_WRITER - 1] = reader,
		[CPU_WRITER ... CPU_OTHER - 1] = writer,
		[CPU_OTHER] = other,
	};
	pthread_t threads[CPU_SHIM];
	uintptr_t cpu;

	for (cpu = CPU_READER; cpu < CPU_SHIM; cpu++)
		CORE_REQUIRE(!pthread_create(&threads[cpu], NULL, roles[cpu], (void *)cpu));
	sleep(seconds);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (cpu = CPU_READER; cpu < CPU_SHIM; cpu++)
		pthread_join(threads[cpu], NULL);
}

static void put_staying(void)
{
	u64 key;

	for (key = 0; key < STAY; key++)
		put(key, 0, 0);
}

static void report(void)
{
	struct ttlmap_stat stat = {};

	tm_survey_stat(map, &stat);
	printf("%llu lookups, %llu changes, %llu expired, %llu splits, %llu merges, %llu resizes\n",
	       lookups, changes, stat.expired, stat.splits, stat.merges, stat.directory_resizes);
	CORE_REQUIRE(stat.splits && stat.merges && stat.directory_resizes && stat.expired);
}

int main(int argc, char **argv)
{
	const struct ttlmap_create limits = {
		.flags = TTLMAP_F_SLIDING,
		.key_max = 8,
		.value_max = sizeof(struct value),
		.max_entries = 100000,
	};

	nr_cpu_ids = CPU_SHIM + 1 + WORKERS;
	shim_thread_enter(CPU_MAIN);
	core_start();
	shim_threads_start(WORKERS, CPU_SHIM);
	map = core_map(&limits);
	put_staying();
	run_threads(argc > 1 ? atoi(argv[1]) : 10);
	report();
	core_put(map);
	core_stop();
	shim_threads_stop();
	shim_thread_leave();
	return 0;
}
