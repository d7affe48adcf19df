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
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "../../kmod/lookup.h"
#include "../../kmod/remove.h"
#include "../../kmod/update.h"
#include "core.h"
#include "strand.h"

#define READER	0
#define WRITER	1
#define OTHER	2
#define ALL	(~0ULL)

#define CHAIN	24	/* entries that fill four buckets */
#define AWAY	64	/* keys from here on are in another segment */
#define KEYS	128
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
 * @flags: of the map
 * @max_entries: of the map
 * @setup: before
 * @writer: meanwhile
 * @other: a second writer, or NULL
 * @presence: whether a key is there meanwhile
 * @interleave: which of the interleavings are tried
 */
struct scenario {
	const char *name;
	u32 flags;
	u64 max_entries;
	void (*setup)(void);
	void (*writer)(void);
	void (*other)(void);
	enum presence (*presence)(unsigned int n);
	void (*interleave)(void);
};

static const struct scenario *scenario;
static struct ttlmap *map;
static unsigned int wanted;	/* number of the reader's key */
static u64 runs;
static int failed;

static void beside_reader(void);
static void two_writers(void);
static void in_turns(void);
static void at_random(void);

/*
 * Keys are their own hashes: those of a segment have one home and one tag, and differ
 * in the bits by which segments split, and in between.
 */
static u64 key_of(unsigned int n)
{
	return (u64)(n / AWAY) << 62 | (u64)(n % 4) << 58 | (u64)(n / 4) << 44 | 0x77ULL << 32 | 1;
}

static u64 hash_is_key(const void *key, size_t len, u64 seed)
{
	u64 hash;

	memcpy(&hash, key, sizeof(hash));
	return hash;
}

static void put_until(unsigned int n, u64 generation, u64 ttl)
{
	u64 key = key_of(n);
	struct value value = { .key = key, .generation = generation, .again = key };
	struct tm_update update = { .ttl_ns = ttl, .gfp = GFP_KERNEL };

	update.entry = tm_map_entry(map, sizeof(key), sizeof(value), GFP_KERNEL);
	tm_entry_set_key(update.entry, &key);
	memcpy(tm_entry_value(update.entry), &value, sizeof(value));
	tm_map_key(map, &update.key, &key, sizeof(key));
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
		put_until(n, 1, n % 2 ? 0 : NSEC_PER_SEC);
	shim_work_run_all();
}

static void expire(void)
{
	shim_clock_set(shim_clock() + 2 * NSEC_PER_SEC);
	shim_work_run_all();
}

static enum presence odd_stay(unsigned int n)
{
	return n >= CHAIN ? NEVER : n % 2 ? ALWAYS : SOMETIMES;
}

static void all_expire(void)
{
	unsigned int n;

	for (n = 0; n < CHAIN; n++)
		put_until(n, 1, NSEC_PER_SEC);
	shim_clock_set(shim_clock() + NSEC_PER_SEC / 2);
}

/* Once it shall stay a use must not make it expire. */
static void touch_to_stay(void)
{
	struct ttlmap_op op = { .ttl_ns = TTLMAP_TTL_NEVER };
	u64 data = key_of(wanted);
	struct tm_key key;

	tm_map_key(map, &key, &data, sizeof(data));
	tm_map_touch(map, &key, &op);
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

static void growth_and_chain_away(void)
{
	put_range(AWAY, AWAY + CHAIN);
	shim_work_run_all();
	put_range(0, CHAIN + 2);
}

static void split_away(void)
{
	put(AWAY + CHAIN);
}

static enum presence all_stay(unsigned int n)
{
	return n == AWAY + CHAIN ? SOMETIMES :
	       n < CHAIN + 2 || (n >= AWAY && n < AWAY + CHAIN) ? ALWAYS : NEVER;
}

/* One entry's grace period is over, and a worker about to free it. */
static void retire_one(void)
{
	chain();
	shim_cpu = WRITER;
	put_until(0, 2, 0);
	shim_grace_end();
	shim_work_run(0);
	shim_grace_end();
	shim_cpu = READER;
}

static void retire_two(void)
{
	put_until(0, 3, 0);
	put_until(3, 2, 0);
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
	{ "insert", 0, 1000, short_chain, insert, NULL, short_stay, beside_reader },
	{ "remove", 0, 1000, chain, remove_and_insert, NULL, third_goes, beside_reader },
	{ "replace", 0, 1000, chain, replace, NULL, first_stay, beside_reader },
	{ "split", 0, 1000, chain, split, NULL, first_stay, beside_reader },
	{ "split-grow", 0, 1000, chain, split_and_grow, NULL, first_stay, beside_reader },
	{ "grow", 0, 1000, pending_growth, work, NULL, first_stay, beside_reader },
	{ "merge-shrink", 0, 1000, split_chain, merge_and_shrink, NULL, half_stay, beside_reader },
	{ "expire", 0, 1000, some_expire, expire, NULL, odd_stay, beside_reader },
	{ "slide", TTLMAP_F_SLIDING, 1000, all_expire, touch_to_stay, NULL, first_stay,
	  beside_reader },
	{ "resize", 0, 1000, growth_and_chain_away, work, split_away, all_stay, two_writers },
	{ "retire", 0, 1000, retire_one, retire_two, work, first_stay, in_turns },
	{ "evict", 0, CHAIN, chain, evict, work_often, any_may_go, at_random },
	{ "clear", 0, 1000, chain, clear, work_often, all_go, at_random },
	{ "writers", 0, 1000, chain, split_and_merge, others_come_and_go, others_meanwhile,
	  at_random },
	{ "resize-writers", 0, 1000, pending_growth, work, split_and_merge, half_stay_more_come,
	  at_random },
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
		.flags = scenario->flags,
		.key_max = 8,
		.value_max = sizeof(struct value),
		.max_entries = scenario->max_entries,
	};

	runs++;
	shim_clock_set(NSEC_PER_SEC);
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
		for (i = 0; i < n; i++) {
			strand_run(i, ALL);
			more |= !strand_over(i);
		}
	}
	shim_work_run_all();
	core_check(map);
	shim_clock_set(shim_clock() + 3600 * NSEC_PER_SEC);
	reader();
	core_put(map);
	shim_work_run_all();
}

/*
 * The first takes @a steps, then the second @b, then the first ends. Returns whether
 * it took so many: else more are the same again. So for @more_b and the second.
 */
static bool preempt(unsigned int first, unsigned int second, u64 a, u64 b, bool *more_b)
{
	bool more_a;

	begin();
	more_a = strand_run(first, a);
	*more_b = more_a && strand_run(second, b);
	if (more_a)
		strand_run(first, ALL);
	finish();
	return more_a;
}

static void all_preemptions(unsigned int first, unsigned int second)
{
	bool more_a = true, more_b;
	u64 a, b;

	for (a = 0; more_a; a++) {
		more_b = true;
		for (b = 0; more_b; b++)
			more_a = preempt(first, second, a, b, &more_b);
	}
}

static void beside_reader(void)
{
	static const unsigned int keys[] = { 3, CHAIN - 1, CHAIN, CHAIN + 8 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		wanted = keys[i];
		all_preemptions(READER, WRITER);
		all_preemptions(WRITER, READER);
	}
}

static void two_writers(void)
{
	wanted = AWAY + 1;
	all_preemptions(WRITER, OTHER);
	all_preemptions(OTHER, WRITER);
}

/* A worker, a writer and a reader begin, in that order; then each goes on. */
static void in_turns(void)
{
	bool more_a = true, more_b, more_c;
	u64 a, b, c;

	wanted = 3;
	for (a = 0; more_a; a++) {
		more_b = true;
		for (b = 0; more_b; b++) {
			more_c = true;
			for (c = 0; more_c; c++) {
				begin();
				more_a = strand_run(OTHER, a);
				more_b = strand_run(WRITER, b);
				more_c = strand_run(READER, c);
				strand_run(WRITER, ALL);
				strand_run(OTHER, ALL);
				finish();
			}
		}
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

static void at_random(void)
{
	unsigned int i;

	for (i = 0; i < RANDOM_RUNS; i++)
		random_switches(i);
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
	scenario->interleave();
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
