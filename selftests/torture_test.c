// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once, for a time, after the kernel's own rcutorture: each part goes
 * on by itself and checks its own invariants, and in the end the counts of the
 * maps agree with what was done, and nothing is left of them.
 *
 * TTLMAP_TORTURE_SECONDS says how long, not counting sleep; TTLMAP_SEED makes the
 * same choices again. It takes a processor off line, and puts the machine to sleep
 * if that is a virtual one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "torture/torture.h"

#define THREADS_MAX	64
#define SECONDS_USUAL	60
#define SECONDS_LONG	600
#define PROGRESS	5
#define SLACK		60

#define PART(name_, threads_, run_, ...)					\
	{ .name = name_, .threads = threads_, .run = run_, __VA_ARGS__ }

static struct part parts[] = {
	PART("keepers", 2, keep, .arg = SOLID),
	PART("keepers of a cache", 2, keep, .arg = CACHE),
	PART("keepers of short TTLs", 1, keep, .arg = BRIEF),
	PART("keepers of sliding TTLs", 1, keep, .arg = SLIDING),
	PART("keepers of a pool", 1, keep, .arg = POOL),
	PART("strangers", 2, read_as_stranger),
	PART("fill and empty", 1, fill_and_empty, .arg = SOLID),
	PART("clear", 1, clear_now_and_then, .arg = CACHE),
	PART("additions", 2, add_to_counters),
	PART("pops", 1, pop_counters),
	PART("scans", 1, scan_constants),
	PART("lookups of constants", 1, look_up_constants),
	PART("statistics", 1, watch_statistics),
	PART("debugfs", 1, read_debugfs),
	PART("sampling", 1, change_sampling),
	PART("listeners", 2, hear_of_the_herd),
	PART("tuning of a cache", 1, tune_cache, .arg = CACHE),
	PART("tuning", 1, tune_solid, .arg = SOLID),
	PART("tuning of the quota", 1, tune_quota),
	PART("frozen maps", 1, freeze_maps),
	PART("owners", 1, end_owners),
	PART("names", 2, juggle_names),
	PART("namespaces", 1, end_namespaces),
	PART("drop_caches", 1, make_caches_shrink),
	PART("the shrinker's debugfs", 1, shrink_by_debugfs, .missing = shrinker_debugfs_missing),
	PART("memory pressure", 1, take_memory),
	PART("a full memory cgroup", 1, fill_cgroup, .missing = cgroup_missing),
	PART("CPU hotplug", 1, plug_cpus, .missing = hotplug_missing),
	PART("sleep", 1, sleep_machine, .missing = sleep_missing),
	PART("unloading", 1, try_to_unload),
	{ }
};

static const struct arena arenas[ARENAS] = {
	[SOLID] = {
		.name = "solid", .cap_max = 60000,
		.create = { .flags = TTLMAP_F_NO_EVICT | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS,
			    .value_max = 2048, .max_entries = 60000 },
	},
	[CACHE] = {
		.name = "cache", .loses = true, .retimed = true, .cap_max = 6000,
		.bytes_max = 4 << 20,
		.create = { .flags = TTLMAP_F_RECLAIM, .value_max = 2048, .max_entries = 6000,
			    .max_bytes = 4 << 20 },
	},
	[BRIEF] = {
		.name = "brief", .cap_max = 5000,
		.create = { .flags = TTLMAP_F_NO_EVICT | TTLMAP_F_SIPHASH, .value_max = 512,
			    .max_entries = 5000, .default_ttl_ns = 200 * NSEC_PER_MSEC,
			    .jitter_ns = 100 * NSEC_PER_MSEC },
	},
	[SLIDING] = {
		.name = "sliding", .cap_max = 5000,
		.create = { .flags = TTLMAP_F_SLIDING | TTLMAP_F_NO_EVICT | TTLMAP_F_VERSIONS,
			    .value_max = 256, .max_entries = 5000,
			    .default_ttl_ns = 2 * NSEC_PER_SEC },
	},
	[POOL] = {
		.name = "pool", .loses = true, .cap_max = 150,
		.create = { .flags = TTLMAP_F_PREALLOC | TTLMAP_F_RECLAIM, .value_max = 1024,
			    .max_entries = 150 },
	},
};

/* ---- what the parts use */

void find(struct self *self, const char *format, ...)
{
	struct world *w = self->w;
	char text[FIND_MAX];
	int at = snprintf(text, sizeof(text), "%s: ", self->part->name);
	bool none = false;
	va_list args;

	va_start(args, format);
	vsnprintf(text + at, sizeof(text) - at, format, args);
	va_end(args);
	if (atomic_compare_exchange_strong(&w->wrong, &none, true))
		memcpy(w->finding, text, sizeof(text));
	w->stop = true;
}

/* Of CLOCK_MONOTONIC, which stops while the machine sleeps. */
u64 awake_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

bool going(const struct self *self)
{
	return !self->w->stop;
}

/* Up to so long, or until all is over. */
void nap(struct self *self, u32 ms_max)
{
	u64 until = boottime_ns() + rng_below(&self->rng, ms_max) * NSEC_PER_MSEC;

	while (going(self) && boottime_ns() < until)
		sleep_ms(until - boottime_ns() > 50 * NSEC_PER_MSEC ? 50 : 1);
}

int torture_create(const char *name, u32 flags, u32 value_max, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 8, .value_max = value_max,
					.max_entries = capacity };

	if (name) {
		create.mode = 0600;
		snprintf((char *)create.name, sizeof(create.name), "%s", name);
	}
	return map_create(&create);
}

/* ---- all of it */

FIXTURE(torture) {
	struct world w;
	struct self threads[THREADS_MAX];
	int count;
	u64 usual_ms;
};

typedef FIXTURE_DATA(torture) torture_t;

static u64 some_seed(void)
{
	u64 seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = boottime_ns();
	return seed_from_env(seed);
}

FIXTURE_SETUP(torture)
{
	struct world *w = &self->w;

	self->usual_ms = parameter_read("sample_ms");
	w->seed = some_seed();
	memcpy(w->arenas, arenas, sizeof(arenas));
	for (int i = 0; i < ARENAS; i++) {
		w->arenas[i].create.key_max = 8;
		ASSERT_FD(w->arenas[i].map, map_create(&w->arenas[i].create));
	}
	map_unlink(HERD);
	ASSERT_FD(w->counters, torture_create(NULL, TTLMAP_F_COUNTERS | TTLMAP_F_NO_EVICT, 8,
					      2 * COUNTERS));
	ASSERT_FD(w->herd, torture_create(HERD, TTLMAP_F_OWNERS | TTLMAP_F_NO_EVICT, 8, 1 << 20));
	ASSERT_RC(0, u64_fill(w->herd, 0, HERD_CONSTANT, 0));
}

FIXTURE_TEARDOWN(torture)
{
	struct world *w = &self->w;

	for (int i = 0; i < ARENAS; i++)
		close(w->arenas[i].map);
	close(w->counters);
	close(w->herd);
	map_unlink(HERD);
	EXPECT_RC(0, parameter_write("sample_ms", self->usual_ms));
	EXPECT_TRUE(eventually(live_maps() == 0));
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 && !slab_objects("ttlmap")))
		TH_LOG("%llu objects remain", slab_objects("ttlmap"));
	EXPECT_TRUE(eventually(module_idle()));
}

static void *run_part(void *arg)
{
	struct self *self = arg;

	pthread_barrier_wait(&self->w->start);
	self->part->run(self);
	return NULL;
}

static void make_thread(torture_t *all, struct part *part)
{
	struct self *self = &all->threads[all->count++];

	self->w = &all->w;
	self->part = part;
	self->number = all->count;
	self->rng = rng_make(mix64(all->w.seed + self->number));
	if (part->run == keep) {
		struct arena *arena = &all->w.arenas[part->arg];

		arena->kept[arena->keepers++] = self->number << 40;
	}
}

static bool missing(const struct part *part)
{
	return part->missing && part->missing();
}

static void start_all(torture_t *all)
{
	for (struct part *part = parts; part->name; part++) {
		if (missing(part))
			ksft_print_msg("not there on this kernel: %s\n", part->name);
		for (unsigned int i = 0; i < part->threads && !missing(part); i++)
			make_thread(all, part);
	}
	pthread_barrier_init(&all->w.start, NULL, all->count);
	for (int i = 0; i < all->count; i++)
		pthread_create(&all->threads[i].thread, NULL, run_part, &all->threads[i]);
}

static void print_progress(u64 begin)
{
	char line[1024];
	int at = 0;

	for (struct part *part = parts; part->name; part++)
		if (part->rounds)
			at += snprintf(line + at, sizeof(line) - at, "; %s %llu", part->name,
				       (u64)part->rounds);
	ksft_print_msg("%llu s%s\n", (awake_ns() - begin) / NSEC_PER_SEC, line);
}

static u64 seconds(void)
{
	const char *value = getenv("TTLMAP_TORTURE_SECONDS");

	if (value && *value)
		return strtoull(value, NULL, 10);
	return long_run() ? SECONDS_LONG : SECONDS_USUAL;
}

static bool all_have_begun(void)
{
	for (struct part *part = parts; part->name; part++)
		if (!part->rounds && !missing(part))
			return false;
	return true;
}

/* Emulated and watched by detectors a machine may be too slow for its time. */
static bool over(u64 begin)
{
	u64 passed = awake_ns() - begin, time = seconds() * NSEC_PER_SEC;

	return passed > time && (all_have_begun() || passed > 4 * time + SLACK * NSEC_PER_SEC);
}

static void run_all(torture_t *all)
{
	u64 begin = awake_ns(), next = begin + PROGRESS * NSEC_PER_SEC;

	start_all(all);
	while (!all->w.stop && !over(begin)) {
		sleep_ms(100);
		if (awake_ns() < next)
			continue;
		print_progress(begin);
		next = awake_ns() + PROGRESS * NSEC_PER_SEC;
	}
	all->w.stop = true;
	for (int i = 0; i < all->count; i++)
		pthread_join(all->threads[i].thread, NULL);
	print_progress(begin);
}

static u64 removed(const struct ttlmap_stat *stat)
{
	return stat->deletes + stat->popped + stat->cleared + stat->evicted + stat->reclaimed +
	       stat->expired + stat->owner_gone + stat->collision_evicted;
}

static u64 sum_of_counters(int map)
{
	u64 sum = 0, one;

	for (u64 key = 0; key < COUNTERS; key++)
		if (!u64_get(map, key, &one))
			sum += one;
	return sum;
}

TEST_F_TIMEOUT(torture, everything_at_once, INT_MAX)
{
	struct world *w = &self->w;
	struct ttlmap_stat stat = { };

	ksft_print_msg("seed %llu, for %llu s\n", w->seed, seconds());
	run_all(self);
	EXPECT_FALSE(w->wrong) TH_LOG("%s (seed %llu)", w->finding, w->seed);
	if (w->wrong)
		return;
	for (struct part *part = parts; part->name; part++) {
		EXPECT_TRUE(missing(part) || part->rounds) TH_LOG("%s: nothing done", part->name);
	}
	EXPECT_EQ((u64)w->added, w->popped + sum_of_counters(w->counters))
		TH_LOG("additions are lost (seed %llu)", w->seed);
	EXPECT_EQ(HERD_CONSTANT, u64_count_present(w->herd, 0, HERD_CONSTANT));
	EXPECT_TRUE(eventually(map_entries(w->herd) == HERD_CONSTANT))
		TH_LOG("%llu entries are left of owners", map_entries(w->herd) - HERD_CONSTANT);
	for (int i = 0; i < ARENAS; i++) {
		struct arena *arena = &w->arenas[i];

		EXPECT_TRUE(eventually(map_at_rest(arena->map, &stat))) TH_LOG("%s", arena->name);
		EXPECT_EQ(stat.entries, stat.inserts - removed(&stat)) TH_LOG("%s", arena->name);
		EXPECT_EQ(arena->updates, stat.inserts + stat.replaces) TH_LOG("%s", arena->name);
		EXPECT_EQ(arena->deletes, stat.deletes) TH_LOG("%s", arena->name);
		EXPECT_EQ(arena->pops, stat.popped) TH_LOG("%s", arena->name);
		EXPECT_EQ(arena->looks, stat.hits + stat.misses) TH_LOG("%s", arena->name);
		EXPECT_TRUE(stat_adds_up(&stat)) TH_LOG("%s", arena->name);
		EXPECT_EQ(0, arena->loses ? 0 : stat.evicted + stat.reclaimed)
			TH_LOG("%s", arena->name);
	}
}

/* ---- what a keeper has to notice */

static int delete_it(int map, u64 key)
{
	return u64_delete(map, key);
}

static int overwrite_it(int map, u64 key)
{
	return u64_set(map, key, key, 0, TTLMAP_TTL_KEEP);
}

static int keep_it_alive(int map, u64 key)
{
	return u64_touch(map, key, HOUR_NS, 0);
}

static int leave_it(int map, u64 key)
{
	u64 value[8];
	struct ttlmap_op op = op_lookup(&key, 8, value, sizeof(value));

	return map_op(map, &op);
}

FIXTURE(control) {
	struct world w;
};

FIXTURE_VARIANT(control) {
	int (*spoil)(int map, u64 key);
	u32 delay_ms;
	const char *finding;
};

FIXTURE_VARIANT_ADD(control, deleted) { delete_it, 0, "not found" };
FIXTURE_VARIANT_ADD(control, overwritten) { overwrite_it, 0, "another value" };
FIXTURE_VARIANT_ADD(control, retimed) { keep_it_alive, 0, "another TTL" };
FIXTURE_VARIANT_ADD(control, returned_late) { keep_it_alive, 1100, "seen again" };
FIXTURE_VARIANT_ADD(control, in_order) { leave_it, 0, "" };
FIXTURE_VARIANT_ADD(control, in_order_later) { leave_it, 1100, "" };

FIXTURE_SETUP(control)
{
	struct arena *arena = &self->w.arenas[SOLID];

	*arena = arenas[SOLID];
	arena->create.key_max = 8;
	arena->create.flags = TTLMAP_F_NO_EVICT;
	ASSERT_FD(arena->map, map_create(&arena->create));
}

FIXTURE_TEARDOWN(control)
{
	close(self->w.arenas[SOLID].map);
}

TEST_F(control, a_keeper_notices)
{
	struct part part = { .name = "control", .arg = SOLID };
	struct self one = { .w = &self->w, .part = &part, .number = 1, .rng = rng_make(1) };

	keepers_control(&one, variant->spoil, variant->delay_ms);
	EXPECT_EQ(!!*variant->finding, self->w.wrong) TH_LOG("seen: %s", self->w.finding);
	EXPECT_NE(NULL, strstr(self->w.finding, variant->finding))
		TH_LOG("expected %s, seen %s", variant->finding, self->w.finding);
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(HERD);
}

TEST_HARNESS_MAIN
