// SPDX-License-Identifier: GPL-2.0
/*
 * The promise to readers, under every interleaving: a lookup against a writer that
 * inserts, removes, replaces, splits, merges, grows and shrinks the directory, with
 * up to two switches between them, at every access. What is there throughout must be
 * found, what is not there never, and values must be whole. Memory is given back, and
 * overwritten, at the first moment at which RCU allows it.
 *
 * Then two writers and a reader, with switches at random.
 *
 *   interleave [SCENARIO]
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "../../kmod/remove.h"
#include "../../kmod/update.h"
#include "core.h"
#include "strand.h"

#define READER	0
#define WRITER	1
#define OTHER	2
#define ALL	(~0ULL)

#define CHAIN	24	/* entries that fill four buckets */
#define KEYS	64
#define RANDOM_RUNS	20000

/* A value says whose it is, twice, and which of the key's values. */
struct value {
	u64 key;
	u64 generation;
	u64 again;
};

enum presence { NEVER, SOMETIMES, ALWAYS };

/**
 * struct scenario - what goes on beside a reader
 * @name: of it
 * @max_entries: of the map
 * @setup: before
 * @writer: meanwhile
 * @other: a second writer, or NULL
 * @presence: whether a key is there meanwhile
 */
struct scenario {
	const char *name;
	u64 max_entries;
	void (*setup)(void);
	void (*writer)(void);
	void (*other)(void);
	enum presence (*presence)(unsigned int n);
};

static const struct scenario *scenario;
static struct ttlmap *map;
static unsigned int wanted;	/* number of the reader's key */
static u64 runs;
static int failed;

/* Keys are their own hashes: all have one home and one tag, and differ in between. */
static u64 key_of(unsigned int n)
{
	return (u64)(n % 4) << 60 | (u64)(n / 4) << 44 | 0x77ULL << 32 | 1;
}

static u64 hash_is_key(const void *key, size_t len, u64 seed)
{
	u64 hash;

	memcpy(&hash, key, sizeof(hash));
	return hash >> 2;
}

static void put_until(unsigned int n, u64 generation, u64 ttl)
{
	u64 key = key_of(n);
	struct value value = { .key = key, .generation = generation, .again = key };
	struct tm_update update = { .ttl_ns = ttl, .gfp = GFP_KERNEL };

	update.entry = tm_map_entry(map, sizeof(key), sizeof(value), GFP_KERNEL);
	tm_entry_set_key(update.entry, &key);
	memcpy(tm_entry_value(update.entry), &value, sizeof(value));
	CORE_REQUIRE(!tm_map_update(map, &update));
}

static void put(unsigned int n)
{
	put_until(n, 1, 0);
}

static void take(unsigned int n)
{
	struct tm_key key;
	u64 data = key_of(n);

	tm_map_key(map, &key, &data, sizeof(data));
	tm_map_delete(map, &key, 0, NULL);
}

static void put_range(unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		put(from);
}

static void take_range(unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		take(from);
}

/* Four full buckets; what comes next splits. */
static void chain(void)
{
	put_range(0, CHAIN);
	shim_work_run_all();
}

/* The same after a split, with the directory as large as it gets. */
static void split_chain(void)
{
	put_range(0, CHAIN + 2);
	shim_work_run_all();
}

static enum presence first_stay(unsigned int n)
{
	return n < CHAIN ? ALWAYS : n < CHAIN + 4 ? SOMETIMES : NEVER;
}

static void insert(void)
{
	put(CHAIN - 1);
}

static void short_chain(void)
{
	put_range(0, CHAIN - 1);
	shim_work_run_all();
}

static enum presence short_stay(unsigned int n)
{
	return n < CHAIN - 1 ? ALWAYS : n < CHAIN ? SOMETIMES : NEVER;
}

static void remove_and_insert(void)
{
	take(3);
	put(CHAIN);
	take(CHAIN);
	put(3);
	shim_work_run_all();
}

static enum presence third_goes(unsigned int n)
{
	return n == 3 || n == CHAIN ? SOMETIMES : n < CHAIN ? ALWAYS : NEVER;
}

static void replace(void)
{
	put_until(0, 2, 0);
	put_until(CHAIN - 1, 2, 0);
	shim_work_run_all();
}

static void split(void)
{
	put_range(CHAIN, CHAIN + 2);
}

static void split_and_grow(void)
{
	put_range(CHAIN, CHAIN + 4);
	shim_work_run_all();
}

static void pending_growth(void)
{
	put_range(0, CHAIN + 2);
}

static void work(void)
{
	shim_work_run_all();
}

/* Buddies become one, and the directory is halved. */
static void merge_and_shrink(void)
{
	take_range(CHAIN / 2, CHAIN + 2);
	shim_work_run_all();
}

static enum presence half_stay(unsigned int n)
{
	return n < CHAIN / 2 ? ALWAYS : n < CHAIN + 2 ? SOMETIMES : NEVER;
}

static void split_and_merge(void)
{
	put_range(CHAIN, CHAIN + 4);
	shim_work_run_all();
	take_range(CHAIN / 2, CHAIN + 4);
	shim_work_run_all();
}

static enum presence half_stay_more_come(unsigned int n)
{
	return n < CHAIN / 2 ? ALWAYS : n < CHAIN + 4 ? SOMETIMES : NEVER;
}

static void evict(void)
{
	put_range(CHAIN, CHAIN + 2);
	shim_work_run_all();
}

static enum presence any_may_go(unsigned int n)
{
	return n < CHAIN + 2 ? SOMETIMES : NEVER;
}

static void some_expire(void)
{
	unsigned int n;

	for (n = 0; n < CHAIN; n++)
		put_until(n, 1, n % 2 ? 0 : 1000000000);
	shim_work_run_all();
}

static void expire(void)
{
	shim_clock_set(shim_clock() + 2000000000);
	shim_work_run_all();
}

static enum presence odd_stay(unsigned int n)
{
	return n >= CHAIN ? NEVER : n % 2 ? ALWAYS : SOMETIMES;
}

static void clear(void)
{
	tm_map_clear(map);
	shim_work_run_all();
}

static enum presence all_go(unsigned int n)
{
	return n < CHAIN ? SOMETIMES : NEVER;
}

/* With a second writer. */
static void others_come_and_go(void)
{
	put_range(40, 44);
	take_range(40, 44);
}

static enum presence others_meanwhile(unsigned int n)
{
	return n >= 40 && n < 44 ? SOMETIMES : half_stay_more_come(n);
}

static void replace_and_free(void)
{
	put_until(0, 2, 0);
	put_until(1, 2, 0);
	put_until(0, 3, 0);
	put_until(1, 3, 0);
}

static void work_often(void)
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		shim_work_run_all();
		shim_step();
	}
}

static const struct scenario scenarios[] = {
	{ "insert", 1000, short_chain, insert, NULL, short_stay },
	{ "remove", 1000, chain, remove_and_insert, NULL, third_goes },
	{ "replace", 1000, chain, replace, NULL, first_stay },
	{ "split", 1000, chain, split, NULL, first_stay },
	{ "split-grow", 1000, chain, split_and_grow, NULL, first_stay },
	{ "grow", 1000, pending_growth, work, NULL, first_stay },
	{ "merge-shrink", 1000, split_chain, merge_and_shrink, NULL, half_stay },
	{ "evict", CHAIN, chain, evict, work_often, any_may_go },
	{ "expire", 1000, some_expire, expire, NULL, odd_stay },
	{ "clear", 1000, chain, clear, work_often, all_go },
	{ "writers", 1000, chain, split_and_merge, others_come_and_go, others_meanwhile },
	{ "resize", 1000, pending_growth, work, split_and_merge, half_stay_more_come },
	{ "retire", 1000, chain, replace_and_free, work_often, first_stay },
};

static void found(struct tm_entry *entry)
{
	const struct value *value = tm_entry_value(entry);
	u64 key = key_of(wanted);

	CORE_REQUIRE(scenario->presence(wanted) != NEVER);
	CORE_REQUIRE(value->key == key);
	shim_step();
	CORE_REQUIRE(value->generation >= 1 && value->generation <= 3);
	shim_step();
	CORE_REQUIRE(value->again == key);
}

static void reader(void)
{
	u64 data = key_of(wanted), now = 0;
	struct tm_entry *entry;
	struct tm_key key;

	tm_map_key(map, &key, &data, sizeof(data));
	rcu_read_lock();
	entry = tm_map_lookup(map, &key, true, &now);
	if (entry)
		found(entry);
	else
		CORE_REQUIRE(scenario->presence(wanted) != ALWAYS);
	rcu_read_unlock();
}

static void begin(void)
{
	const struct ttlmap_create limits = {
		.key_max = 8,
		.value_max = sizeof(struct value),
		.max_entries = scenario->max_entries,
	};

	runs++;
	shim_clock_set(1000000000);
	map = core_map(&limits);
	scenario->setup();
	strand_start(READER, reader);
	strand_start(WRITER, scenario->writer);
	if (scenario->other)
		strand_start(OTHER, scenario->other);
}

/* Whoever is left ends, in turns where one waits for another. */
static void finish(void)
{
	unsigned int i, n = scenario->other ? STRANDS : STRANDS - 1;
	bool more = true;

	while (more) {
		more = false;
		for (i = 0; i < n; i++)
			more |= strand_run(i, ALL);
	}
	shim_work_run_all();
	core_check(map);
	core_put(map);
	shim_work_run_all();
}

/*
 * The first takes @a steps, then the second @b, then the first ends. Returns whether
 * these were as many as they should: else longer ones are the same again.
 */
static bool preempt(unsigned int first, u64 a, u64 b, bool *more_b)
{
	bool more_a;

	begin();
	more_a = strand_run(first, a);
	*more_b = more_a && strand_run(WRITER - first, b);
	if (more_a)
		strand_run(first, ALL);
	finish();
	return more_a;
}

static void all_preemptions(unsigned int first)
{
	bool more_a = true, more_b;
	u64 a, b;

	for (a = 0; more_a; a++) {
		more_b = true;
		for (b = 0; more_b; b++)
			more_a = preempt(first, a, b, &more_b);
	}
}

static u64 below(u64 *state, u64 n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state % n;
}

/* A few switches at moments drawn evenly from those there are, to anybody. */
static void random_switches(u64 seed)
{
	u64 state = seed * 0x9e3779b97f4a7c15ULL + 1, i;

	begin();
	wanted = below(&state, KEYS);
	for (i = 2 + below(&state, 6); i; i--)
		strand_run(below(&state, STRANDS), below(&state, below(&state, 2) ? 40 : 1200));
	finish();
}

static void run_scenario(void)
{
	static const unsigned int keys[] = { 3, CHAIN - 1, CHAIN, CHAIN + 8 };
	unsigned int i;

	if (scenario->other) {
		for (i = 0; i < RANDOM_RUNS; i++)
			random_switches(i);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		wanted = keys[i];
		all_preemptions(READER);
		all_preemptions(WRITER);
	}
}

static void tell_failure(int unused)
{
	fprintf(stderr, "%s: key %u, interleaving %llu\n", scenario->name, wanted, runs);
	_exit(1);
}

/* In a process of its own, so that two run at once and the others go on. */
static void fork_scenario(unsigned int which)
{
	if (fork())
		return;
	signal(SIGABRT, tell_failure);
	scenario = &scenarios[which];
	shim_memory.poison = true;
	shim_hash = hash_is_key;
	nr_cpu_ids = STRANDS;
	core_start();
	run_scenario();
	core_stop();
	printf("%s: %llu interleavings\n", scenario->name, runs);
	fflush(stdout);
	_exit(0);
}

static bool reap(void)
{
	int status;

	if (wait(&status) < 0)
		return false;
	failed |= status;
	return true;
}

int main(int argc, char **argv)
{
	unsigned int i, running = 0;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (argc > 1 && strcmp(argv[1], scenarios[i].name))
			continue;
		if (running++ >= sysconf(_SC_NPROCESSORS_ONLN))
			reap();
		fork_scenario(i);
	}
	while (reap())
		;
	return !!failed;
}
