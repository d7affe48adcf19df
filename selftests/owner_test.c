// SPDX-License-Identifier: GPL-2.0
/*
 * Entries that are bound to a descriptor go when its last duplicate is closed,
 * however that happens, and no others go.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"owner.test"
#define MINE		1000ULL		/* first of the owner's keys */
#define OTHERS		5000000ULL	/* first of the keys that nobody owns */
#define SOME		100
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

FIXTURE(owner) {
	int map, owner;
	struct ttlmap_stat stat;
};

FIXTURE_VARIANT(owner) {
	u32 flags;
};

FIXTURE_VARIANT_ADD(owner, plain) { .flags = 0 };
FIXTURE_VARIANT_ADD(owner, counters) { .flags = TTLMAP_F_COUNTERS };
FIXTURE_VARIANT_ADD(owner, sliding_versions) {
	.flags = TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS,
};

FIXTURE_VARIANT_ADD(owner, preallocated) { .flags = TTLMAP_F_PREALLOC };

static int make(u32 flags, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags | TTLMAP_F_OWNERS, .key_max = 8,
		.value_max = flags & TTLMAP_F_COUNTERS ? 8 : 64, .max_entries = capacity,
		.mode = 0600, .name = NAME };

	return map_create(&create);
}

FIXTURE_SETUP(owner)
{
	map_unlink(NAME);
	ASSERT_FD(self->map, make(variant->flags, 20000));
	ASSERT_FD(self->owner, map_open(NAME, BOTH));
	ASSERT_RC(0, u64_fill(self->map, OTHERS, SOME, 0));
}

FIXTURE_TEARDOWN(owner)
{
	close(self->owner);
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* Bind keys in a row to a descriptor, in batches. */
static int own(int map, u64 first, u64 count)
{
	static __thread struct ttlmap_op ops[1024];
	static __thread u64 keys[1024];
	u32 done = 0;
	int rc;

	for (u64 at = 0; at < count; at += done) {
		u32 some = count - at < 1024 ? count - at : 1024;

		for (u32 i = 0; i < some; i++) {
			keys[i] = first + at + i;
			ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, TTLMAP_OWNED);
		}
		rc = map_batch(map, ops, some, &done);
		if (rc)
			return rc;
		for (u32 i = 0; i < done; i++)
			if (ops[i].result)
				return ops[i].result;
	}
	return 0;
}

static u64 owned_entries(int map)
{
	struct ttlmap_stat stat;

	return map_stat(map, &stat) ? ~0ULL : stat.owned_entries;
}

static u64 my_entries(int map)
{
	struct ttlmap_stat stat;

	return map_stat(map, &stat) ? ~0ULL : stat.my_entries;
}

/*
 * What another owner leaves behind is removed by the same worker: when that is
 * done, so is what was asked of it before.
 */
static int let_the_worker_come(int map)
{
	int other = map_open(NAME, BOTH);
	u64 before = owned_entries(map);
	int rc = other < 0 ? other : own(other, OTHERS / 2, 1);

	close(other);
	return rc ?: eventually(owned_entries(map) == before) ? 0 : -ETIME;
}

#define EXPECT_OWNED_GONE(count) do {					\
	EXPECT_TRUE(eventually(map_entries(self->map) == SOME))		\
		TH_LOG("expected %d entries, seen %llu", SOME,		\
		       map_entries(self->map));				\
	ASSERT_RC(0, map_stat(self->map, &self->stat));			\
	EXPECT_EQ(0, self->stat.owned_entries);				\
	EXPECT_EQ(count, self->stat.owner_gone);			\
	EXPECT_EQ(SOME, u64_count_present(self->map, OTHERS, SOME));	\
	EXPECT_TRUE(stat_adds_up(&self->stat));				\
} while (0)

/* ---- all the ways in which a descriptor ends */

TEST_F(owner, closed)
{
	ASSERT_RC(0, own(self->owner, MINE, 3000));
	EXPECT_EQ(3000, owned_entries(self->map));
	close(self->owner);
	EXPECT_OWNED_GONE(3000);
}

static pid_t spawn(int (*work)(void), int ready)
{
	pid_t child = fork();

	if (!child)
		_exit(-(work() ?: write(ready, "", 1) == 1 ? pause() : EIO));
	return child;
}

static int own_in_process(void)
{
	int map = map_open(NAME, BOTH);

	return map < 0 ? map : own(map, MINE, 3000);
}

static int own_and_exit(void)
{
	_exit(-own_in_process());
}

static int own_and_exec(void)
{
	int rc = own_in_process();

	if (rc)
		return rc;
	execl("/proc/self/exe", "owner_test", "-h", NULL);
	return -errno;
}

TEST_F(owner, exited)
{
	pid_t child = spawn(own_and_exit, -1);
	int status;

	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_OWNED_GONE(3000);
}

/* A new program inherits no descriptors of maps. */
TEST_F(owner, executed)
{
	pid_t child = spawn(own_and_exec, -1);
	int status;

	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_OWNED_GONE(3000);
}

TEST_F(owner, killed)
{
	int ready[2], status;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	child = spawn(own_in_process, ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(3000, owned_entries(self->map));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_OWNED_GONE(3000);
}

/* ---- in the middle of batches */

#define BUSY	3

static void own_for_ever(u64 number)
{
	int map = map_open(NAME, BOTH);

	for (u64 at = 0;; at = (at + 700) % 4000)
		if (own(map, MINE + number * 10000 + at, 700))
			_exit(1);
}

TEST_F(owner, killed_in_the_middle_of_batches)
{
	for (int round = 0; round < (long_run() ? 50 : 4); round++) {
		struct ttlmap_stat stat;
		pid_t children[BUSY];
		int status;

		for (int i = 0; i < BUSY; i++) {
			children[i] = fork();
			if (!children[i])
				own_for_ever(i);
		}
		ASSERT_TRUE(eventually(owned_entries(self->map) > 1000));
		for (int i = 0; i < BUSY; i++) {
			kill(children[i], SIGKILL);
			ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
			EXPECT_TRUE(WIFSIGNALED(status)) TH_LOG("a writer gave up");
		}
		ASSERT_TRUE(eventually(!map_stat(self->map, &stat) && stat.entries == SOME));
		EXPECT_EQ(0, stat.owned_entries);
		EXPECT_EQ(stat.inserts, stat.entries + stat.owner_gone);
	}
	EXPECT_EQ(SOME, u64_count_present(self->map, OTHERS, SOME));
}

/* The batch goes on, and its descriptor ends with it. */
static void *close_it(void *arg)
{
	u64 *before = arg;

	while (owned_entries(before[0]) < 500)
		;
	close(before[1]);
	return NULL;
}

TEST_F(owner, closed_by_another_thread_in_the_middle_of_a_batch)
{
	static struct ttlmap_op ops[16000];
	static u64 keys[16000];
	u64 fds[2] = { self->map, self->owner };
	pthread_t thread;
	u32 done;

	for (int i = 0; i < 16000; i++) {
		keys[i] = MINE + i;
		ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, TTLMAP_OWNED);
	}
	pthread_create(&thread, NULL, close_it, fds);
	ASSERT_RC(0, map_batch(self->owner, ops, 16000, &done));
	EXPECT_EQ(16000, done);
	pthread_join(thread, NULL);
	EXPECT_OWNED_GONE(16000);
}

/* ---- duplicates keep what is bound */

TEST_F(owner, a_duplicate_keeps_them)
{
	int twin = dup(self->owner);

	ASSERT_RC(0, own(self->owner, MINE, SOME));
	close(self->owner);
	ASSERT_RC(0, let_the_worker_come(self->map));
	EXPECT_EQ(SOME, my_entries(twin));
	EXPECT_EQ(SOME, u64_count_present(self->map, MINE, SOME));
	close(twin);
	EXPECT_OWNED_GONE(SOME + 1);
}

TEST_F(owner, a_child_keeps_them)
{
	int leave[2], status;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(leave));
	ASSERT_RC(0, own(self->owner, MINE, SOME));
	child = fork();
	if (!child) {
		close(leave[1]);
		_exit(read(leave[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(self->owner);
	ASSERT_RC(0, let_the_worker_come(self->map));
	EXPECT_EQ(SOME, u64_count_present(self->map, MINE, SOME));
	EXPECT_EQ(SOME, owned_entries(self->map));
	close(leave[1]);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_OWNED_GONE(SOME + 1);
}

/* ---- whose an entry is */

static int swap(int map, u64 key, u64 expected, u64 value, u32 flags)
{
	struct ttlmap_op op = op_update(&key, 8, &value, 8, 0, flags | TTLMAP_IF_VALUE);

	op.arg = (uintptr_t)&expected;
	op.arg_len = 8;
	return map_op(map, &op);
}

TEST_F(owner, what_others_replace_is_not_owned_any_more)
{
	ASSERT_RC(0, own(self->owner, MINE, 3));
	EXPECT_RC(0, u64_set(self->map, MINE, 1, 0, 0));
	EXPECT_EQ(2, my_entries(self->owner));
	if (variant->flags & TTLMAP_F_COUNTERS)
		EXPECT_RC(0, u64_set(self->map, MINE + 1, 1, 0, 0));
	else
		EXPECT_RC(0, swap(self->map, MINE + 1, MINE + 1, 1, 0));
	EXPECT_EQ(1, my_entries(self->owner));
	EXPECT_RC(0, u64_set(self->owner, MINE + 2, 1, 0, TTLMAP_TTL_KEEP));
	EXPECT_EQ(0, my_entries(self->owner));
	EXPECT_EQ(0, owned_entries(self->map));
	close(self->owner);
	ASSERT_RC(0, let_the_worker_come(self->map));
	for (u64 key = MINE; key < MINE + 3; key++)
		EXPECT_TRUE(u64_has(self->map, key));
}

TEST_F(owner, what_is_taken_over)
{
	ASSERT_RC(0, u64_set(self->map, MINE, 1, 0, 0));
	ASSERT_RC(0, u64_set(self->map, MINE + 1, 1, 0, TTLMAP_OWNED));
	EXPECT_EQ(1, my_entries(self->map));
	EXPECT_RC(0, u64_set(self->owner, MINE, 2, 0, TTLMAP_OWNED));
	if (variant->flags & TTLMAP_F_COUNTERS)
		EXPECT_RC(0, u64_set(self->owner, MINE + 1, 2, 0, TTLMAP_OWNED));
	else
		EXPECT_RC(0, swap(self->owner, MINE + 1, 1, 2, TTLMAP_OWNED));
	EXPECT_EQ(0, my_entries(self->map));
	EXPECT_EQ(2, my_entries(self->owner));
	close(self->owner);
	EXPECT_OWNED_GONE(2);
}

/* A counter that is compared and swapped stays the one that it is. */
TEST(counters_that_are_swapped_keep_their_owner)
{
	int map, owner;

	ASSERT_FD(map, make(TTLMAP_F_COUNTERS, 100));
	ASSERT_FD(owner, map_open(NAME, BOTH));
	ASSERT_RC(0, own(owner, MINE, 1));
	EXPECT_RC(-EINVAL, swap(map, MINE, MINE, 5, TTLMAP_OWNED));
	EXPECT_RC(0, swap(map, MINE, MINE, 5, 0));
	EXPECT_EQ(1, my_entries(owner));
	EXPECT_EQ(0, my_entries(map));
	close(owner);
	EXPECT_TRUE(eventually(!map_entries(map)));
	close(map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

TEST_F(owner, use_changes_no_owner)
{
	u64 value;

	ASSERT_RC(0, own(self->owner, MINE, 1));
	EXPECT_RC(0, u64_touch(self->map, MINE, HOUR_NS, 0));
	EXPECT_RC(0, u64_get(self->map, MINE, &value));
	if (variant->flags & TTLMAP_F_COUNTERS)
		EXPECT_RC(0, u64_add(self->map, MINE, 1, &value));
	EXPECT_EQ(1, my_entries(self->owner));
	EXPECT_EQ(0, my_entries(self->map));
	close(self->owner);
	EXPECT_OWNED_GONE(1);
}

TEST_F(owner, counters_start_owned)
{
	u64 key = MINE;
	struct ttlmap_op op = op_add(&key, 8, 1, 0, TTLMAP_OWNED);

	if (!(variant->flags & TTLMAP_F_COUNTERS)) {
		EXPECT_RC(-EINVAL, map_op(self->owner, &op));
		return;
	}
	EXPECT_RC(0, map_op(self->owner, &op));
	EXPECT_EQ(1, my_entries(self->owner));
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_EQ(1, my_entries(self->owner)) TH_LOG("who adds to a counter does not own it");
	close(self->owner);
	EXPECT_OWNED_GONE(1);
}

/* ---- usage is counted */

/* What is mine is all there is beside what is nobody's. */
static bool usage_agrees(int owner, u64 others_bytes, u64 expected)
{
	struct ttlmap_stat stat;

	return !map_stat(owner, &stat) && stat.my_entries == expected &&
	       stat.owned_entries == expected && stat.entries == expected + SOME &&
	       stat.my_bytes == stat.live_bytes + stat.stale_bytes - others_bytes;
}

#define EXPECT_USAGE(expected) do {					\
	bool agrees_ = usage_agrees(self->owner, others, expected);	\
									\
	EXPECT_TRUE(agrees_)						\
		TH_LOG("expected %llu entries of mine, seen %llu",	\
		       (u64)(expected), my_entries(self->owner));	\
} while (0)

TEST_F(owner, usage_is_exact)
{
	u64 room[8], value[8] = { }, key = MINE + 2, others;
	u32 longer = variant->flags & TTLMAP_F_COUNTERS ? 8 : 64;
	struct ttlmap_op op = op_update(&key, 8, value, longer, 0, TTLMAP_OWNED);

	ASSERT_RC(0, map_stat(self->map, &self->stat));
	others = self->stat.live_bytes;
	ASSERT_RC(0, own(self->owner, MINE, 10));
	EXPECT_USAGE(10);
	ASSERT_RC(0, map_op(self->owner, &op));
	EXPECT_USAGE(10);
	ASSERT_RC(0, u64_delete(self->map, MINE));
	EXPECT_USAGE(9);
	ASSERT_RC(0, u64_pop(self->map, MINE + 1, room));
	EXPECT_USAGE(8);
	ASSERT_RC(0, u64_set(self->owner, MINE + 3, 1, 1, TTLMAP_OWNED));
	EXPECT_TRUE(eventually(map_entries(self->map) == SOME + 7));
	EXPECT_USAGE(7);
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_EQ(0, my_entries(self->owner));
	EXPECT_EQ(0, owned_entries(self->map));
}

TEST(usage_after_eviction)
{
	int map, owner;

	ASSERT_FD(map, make(0, 100));
	ASSERT_FD(owner, map_open(NAME, BOTH));
	ASSERT_RC(0, own(owner, MINE, 100));
	ASSERT_RC(0, u64_fill(map, OTHERS, 60, 0));
	EXPECT_EQ(100, my_entries(owner) + u64_count_present(map, OTHERS, 60));
	ASSERT_RC(0, u64_fill(map, OTHERS, 100, 0));
	ASSERT_RC(0, u64_fill(map, OTHERS + 100, 400, 0));
	EXPECT_GT(20, my_entries(owner));
	close(owner);
	EXPECT_TRUE(eventually(!owned_entries(map)));
	EXPECT_EQ(0, u64_count_present(map, MINE, 100));
	close(map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* ---- many owners and random operations, against a model */

#define OWNERS	4
#define KEYS	60

struct model {
	int fds[OWNERS];
	int owner[KEYS];	/* -2 absent, -1 nobody's */
};

static void model_close(struct model *model, int who)
{
	close(model->fds[who]);
	model->fds[who] = map_open(NAME, BOTH);
	for (int i = 0; i < KEYS; i++)
		if (model->owner[i] == who)
			model->owner[i] = -2;
}

static u64 model_count(const struct model *model, int who)
{
	u64 count = 0;

	for (int i = 0; i < KEYS; i++)
		count += model->owner[i] == who;
	return count;
}

static int model_step(struct model *model, struct rng *rng)
{
	int who = rng_below(rng, OWNERS), key = rng_below(rng, KEYS), rc;
	u64 value;

	switch (rng_below(rng, 8)) {
	case 0:
		rc = u64_delete(model->fds[who], key);
		break;
	case 1:
		rc = u64_pop(model->fds[who], key, &value);
		break;
	case 2:
		rc = u64_set(model->fds[who], key, key, 0, 0);
		model->owner[key] = -1;
		return rc;
	default:
		rc = u64_set(model->fds[who], key, key, 0, TTLMAP_OWNED);
		model->owner[key] = who;
		return rc;
	}
	if ((rc == -ENOENT) != (model->owner[key] == -2))
		return -EBADE;
	model->owner[key] = -2;
	return 0;
}

static bool model_agrees(const struct model *model, int map)
{
	u64 owned = 0;

	for (int who = 0; who < OWNERS; who++) {
		owned += model_count(model, who);
		if (my_entries(model->fds[who]) != model_count(model, who))
			return false;
	}
	return owned_entries(map) == owned &&
	       map_entries(map) == owned + model_count(model, -1);
}

TEST(many_owners)
{
	u64 seed = seed_from_env(77);
	struct rng rng = rng_make(seed);
	struct model model;
	int map, rc;

	ASSERT_FD(map, make(0, 1000));
	for (int i = 0; i < OWNERS; i++)
		ASSERT_FD(model.fds[i], map_open(NAME, BOTH));
	for (int i = 0; i < KEYS; i++)
		model.owner[i] = -2;
	for (u64 step = 0; step < effort(4000, 100000); step++) {
		rc = model_step(&model, &rng);
		ASSERT_EQ(0, rc) TH_LOG("seed %llu, step %llu: %s", seed, step, rc_name(rc));
		if (rng_below(&rng, 40))
			continue;
		model_close(&model, rng_below(&rng, OWNERS));
		ASSERT_TRUE(eventually(model_agrees(&model, map)))
			TH_LOG("seed %llu, step %llu: usage differs", seed, step);
	}
	for (int i = 0; i < OWNERS; i++)
		close(model.fds[i]);
	close(map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* ---- very many at once, while others go on */

struct bystander {
	int map;
	atomic_bool stop;
	atomic_ullong rounds, missed, failed;
};

static void *go_on(void *arg)
{
	struct bystander *one = arg;

	for (u64 i = 0; !one->stop; i++) {
		u64 key = OTHERS + i % SOME, value;

		if (u64_get(one->map, key, &value) || value != key)
			one->missed++;
		if (u64_set(one->map, key, key, 0, 0))
			one->failed++;
		one->rounds++;
	}
	return NULL;
}

TEST(very_many_at_once)
{
	u64 count = effort(200000, 1000000), before;
	struct bystander one = { };
	struct ttlmap_stat stat;
	pthread_t thread;
	int owner;

	ASSERT_FD(one.map, make(0, count + 1000));
	ASSERT_FD(owner, map_open(NAME, BOTH));
	ASSERT_RC(0, u64_fill(one.map, OTHERS, SOME, 0));
	ASSERT_RC(0, own(owner, MINE, count));
	EXPECT_EQ(count, my_entries(owner));
	pthread_create(&thread, NULL, go_on, &one);
	while (!one.rounds)
		;
	before = one.rounds;
	close(owner);
	EXPECT_TRUE(eventually(!owned_entries(one.map)));
	EXPECT_LT(before, one.rounds) TH_LOG("others were stopped meanwhile");
	ksft_print_msg("%llu lookups and updates by another thread meanwhile\n",
		       one.rounds - before);
	one.stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, one.missed);
	EXPECT_EQ(0, one.failed);
	ASSERT_RC(0, map_stat(one.map, &stat));
	EXPECT_EQ(SOME, stat.entries);
	EXPECT_EQ(count, stat.owner_gone);
	EXPECT_TRUE(eventually(map_at_rest(one.map, &stat)));
	close(one.map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* ---- the map itself goes while its worker is at it */

TEST(the_map_goes_during_the_cleanup)
{
	int map, owner;

	ASSERT_EQ(0, live_maps());
	ASSERT_FD(map, make(0, 100000));
	ASSERT_FD(owner, map_open(NAME, BOTH));
	ASSERT_RC(0, own(owner, MINE, 50000));
	close(owner);
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(live_maps() == 0)) TH_LOG("%d maps are left", live_maps());
	EXPECT_TRUE(eventually(!module_unload())) TH_LOG("the module stays in use");
	EXPECT_EQ(0, slab_objects("ttlmap"));
	ASSERT_RC(0, module_load());
}

TEST(the_last_descriptor_is_the_owner)
{
	struct ttlmap_create create = MAP_8_8(100000);
	int map;

	create.flags = TTLMAP_F_OWNERS;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, own(map, MINE, 50000));
	close(map);
	EXPECT_TRUE(eventually(live_maps() == 0));
	EXPECT_TRUE(eventually(!module_unload())) TH_LOG("the module stays in use");
	ASSERT_RC(0, module_load());
}

/* ---- frozen: no key goes */

TEST_F(owner, frozen_entries_stay)
{
	ASSERT_RC(0, own(self->owner, MINE, SOME));
	ASSERT_RC(0, map_freeze(self->map));
	close(self->owner);
	EXPECT_TRUE(eventually(!owned_entries(self->map)));
	EXPECT_EQ(SOME, u64_count_present(self->map, MINE, SOME));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(0, self->stat.owner_gone);
	EXPECT_EQ(2 * SOME, self->stat.entries);
}

TEST(only_where_the_map_knows_owners)
{
	struct ttlmap_create create = MAP_8_8(10);
	int map;

	ASSERT_FD(map, map_create(&create));
	EXPECT_RC(-EINVAL, u64_set(map, 1, 1, 0, TTLMAP_OWNED));
	EXPECT_RC(0, u64_set(map, 1, 1, 0, 0));
	EXPECT_RC(-EINVAL, u64_set(map, 1, 2, 0, TTLMAP_OWNED));
	EXPECT_EQ(0, owned_entries(map));
	close(map);
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
}

TEST_HARNESS_MAIN
