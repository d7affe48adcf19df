// SPDX-License-Identifier: GPL-2.0
/*
 * What holds however many do the same at the same moment: no addition is lost, of
 * all who compare and swap, pop, delete or insert one wins, and each value is
 * popped once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "harness.h"

#define THREADS		4
#define NAME		"race.test"
#define TIMES(n)	effort(n, 20 * (n))

static u64 seed(void)
{
	return seed_from_env(300);
}

/* ---- threads that all do the same, each with a number */

struct crowd {
	void *(*work)(void *one);
	void *shared;
	u64 number;
};

static void *call_work(void *arg)
{
	struct crowd *one = arg;

	return one->work(one);
}

static void *run_crowd(void *(*work)(void *one), void *shared)
{
	struct crowd crowd[THREADS];
	pthread_t threads[THREADS];
	void *wrong = NULL, *one;

	for (u64 i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ work, shared, i };
		pthread_create(&threads[i], NULL, call_work, &crowd[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &one);
		wrong = wrong ?: one;
	}
	return wrong;
}

/* ---- counters: nothing is lost */

#define COUNTERS	8
#define ADDS		TIMES(6000)
#define BATCHES		TIMES(600)
#define BESIDE		1000	/* other keys */

FIXTURE(counters) {
	int map;
	atomic_bool stop;
	struct ttlmap_stat stat;
};

FIXTURE_VARIANT(counters) {
	u32 flags;
};

FIXTURE_VARIANT_ADD(counters, plain) { .flags = 0 };
FIXTURE_VARIANT_ADD(counters, sliding) { .flags = TTLMAP_F_SLIDING };
FIXTURE_VARIANT_ADD(counters, preallocated) { .flags = TTLMAP_F_PREALLOC };
FIXTURE_VARIANT_ADD(counters, owners_siphash) { .flags = TTLMAP_F_OWNERS | TTLMAP_F_SIPHASH };

FIXTURE_SETUP(counters)
{
	struct ttlmap_create create = MAP_8_8(20000);

	create.flags = TTLMAP_F_COUNTERS | variant->flags;
	create.mode = 0600;
	memcpy(create.name, NAME, sizeof(NAME));
	map_unlink(NAME);
	ASSERT_FD(self->map, map_create(&create));
}

FIXTURE_TEARDOWN(counters)
{
	close(self->map);
	map_unlink(NAME);
}

typedef FIXTURE_DATA(counters) counters_t;

/* Most go to one of them, where they meet. */
static u64 some_counter(struct rng *rng)
{
	return rng_below(rng, 8) ? 0 : rng_below(rng, COUNTERS);
}

/* Each sum that an addition of one returns is returned to nobody else. */
static atomic_uchar seen[COUNTERS][THREADS * 6000 * 20 + 1];

static void *add_ones(void *arg)
{
	struct crowd *one = arg;
	counters_t *self = one->shared;
	struct rng rng = rng_make(seed() + one->number);

	for (u64 i = 0; i < ADDS; i++) {
		u64 key = some_counter(&rng), sum;

		if (u64_add(self->map, key, 1, &sum))
			return "an addition failed";
		if (!sum || sum > THREADS * ADDS)
			return "a sum that cannot be";
		if (seen[key][sum]++)
			return "two additions returned the same sum";
	}
	return NULL;
}

static void *disturb(void *arg)
{
	counters_t *self = arg;
	struct rng rng = rng_make(seed() + 99);

	while (!self->stop) {
		u64 key = rng_below(&rng, COUNTERS), other = BESIDE + rng_below(&rng, 2000);
		u64 room;
		struct ttlmap_op refresh = op_lookup(&key, 8, &room, 8);

		refresh.flags = TTLMAP_TTL_REFRESH;
		refresh.ttl_ns = HOUR_NS;
		u64_touch(self->map, key, HOUR_NS + rng_below(&rng, 1000), 0);
		u64_set(self->map, other, key, HOUR_NS, TTLMAP_TTL_KEEP);
		u64_delete(self->map, BESIDE + rng_below(&rng, 2000));
		map_op(self->map, &refresh);
	}
	return NULL;
}

static u64 sum_of_counters(int map)
{
	u64 sum = 0, one;

	for (u64 key = 0; key < COUNTERS; key++)
		if (!u64_get(map, key, &one))
			sum += one;
	return sum;
}

TEST_F(counters, no_addition_is_lost)
{
	pthread_t thread;
	const char *wrong;

	pthread_create(&thread, NULL, disturb, self);
	wrong = run_crowd(add_ones, self);
	self->stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(NULL, wrong) TH_LOG("%s (seed %llu)", wrong, seed());
	EXPECT_EQ(THREADS * ADDS, sum_of_counters(self->map))
		TH_LOG("additions are lost (seed %llu)", seed());
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(THREADS * ADDS - COUNTERS, self->stat.adds);
}

/* Processes that know the map by its name, in batches. */
static int add_in_process(u64 number)
{
	int map = map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE), rc;
	struct rng rng = rng_make(seed() + number);
	struct ttlmap_op ops[64];
	u64 keys[64];
	u32 done;

	if (map < 0)
		return map;
	for (u64 i = 0; i < BATCHES; i++) {
		for (int j = 0; j < 64; j++) {
			keys[j] = some_counter(&rng);
			ops[j] = op_add(&keys[j], 8, 3, HOUR_NS, 0);
		}
		rc = map_batch(map, ops, 64, &done);
		if (rc || done != 64)
			return rc ?: -EINTR;
		for (int j = 0; j < 64; j++)
			if (ops[j].result)
				return ops[j].result;
	}
	return 0;
}

TEST_F(counters, processes)
{
	pid_t children[THREADS];
	int status;

	for (u64 i = 0; i < THREADS; i++) {
		children[i] = fork();
		if (!children[i])
			_exit(-add_in_process(i));
	}
	for (int i = 0; i < THREADS; i++) {
		ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(THREADS * BATCHES * 64 * 3, sum_of_counters(self->map))
		TH_LOG("additions are lost (seed %llu)", seed());
}

/* ADD and compare-and-swap on the same counters. */
static void *add_or_swap(void *arg)
{
	struct crowd *one = arg;
	counters_t *self = one->shared;
	struct rng rng = rng_make(seed() + one->number);

	for (u64 i = 0; i < ADDS; i++) {
		u64 key = some_counter(&rng), old;
		int rc = 0;

		if (one->number % 2) {
			rc = u64_add(self->map, key, 1, NULL);
		} else {
			do {
				rc = u64_get(self->map, key, &old) ?:
				     u64_swap(self->map, key, old, old + 1);
			} while (rc == -ECANCELED);
		}
		if (rc)
			return (void *)rc_name(rc);
	}
	return NULL;
}

TEST_F(counters, swaps_and_additions)
{
	const char *wrong;

	for (u64 key = 0; key < COUNTERS; key++)
		ASSERT_RC(0, u64_set(self->map, key, 0, HOUR_NS, 0));
	wrong = run_crowd(add_or_swap, self);
	EXPECT_EQ(NULL, wrong) TH_LOG("seen %s (seed %llu)", wrong, seed());
	EXPECT_EQ(THREADS * ADDS, sum_of_counters(self->map))
		TH_LOG("changes are lost (seed %llu)", seed());
}

/* All that was added is popped or still there. */
struct flow {
	int map;
	atomic_bool stop;
	atomic_ullong added, popped, pops;
};

static void *add_amounts(void *arg)
{
	struct crowd *one = arg;
	struct flow *flow = one->shared;
	struct rng rng = rng_make(seed() + one->number);
	u64 added = 0;
	int rc = 0;

	for (u64 i = 0; i < ADDS && !rc; i++) {
		u64 amount = rng_next(&rng);

		rc = u64_add(flow->map, rng_below(&rng, COUNTERS), amount, NULL);
		added += rc ? 0 : amount;
	}
	flow->added += added;
	return (void *)(rc ? rc_name(rc) : NULL);
}

static void *pop_amounts(void *arg)
{
	struct flow *flow = arg;
	struct rng rng = rng_make(seed() + 50);

	while (!flow->stop) {
		u64 amount;

		if (u64_pop(flow->map, rng_below(&rng, COUNTERS), &amount))
			continue;
		flow->popped += amount;
		flow->pops++;
	}
	return NULL;
}

TEST_F(counters, additions_against_pops)
{
	struct flow flow = { .map = self->map };
	pthread_t poppers[2];
	const char *wrong;

	for (int i = 0; i < 2; i++)
		pthread_create(&poppers[i], NULL, pop_amounts, &flow);
	wrong = run_crowd(add_amounts, &flow);
	flow.stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(poppers[i], NULL);
	EXPECT_EQ(NULL, wrong) TH_LOG("seen %s (seed %llu)", wrong, seed());
	EXPECT_EQ((u64)flow.added, flow.popped + sum_of_counters(self->map))
		TH_LOG("after %llu pops, additions are lost (seed %llu)",
		       (u64)flow.pops, seed());
	EXPECT_LT(0, (u64)flow.pops);
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ((u64)flow.pops, self->stat.popped);
}

/* ---- of all who try, exactly one wins */

#define ROUNDS		TIMES(600)

struct contest;

FIXTURE(contest) {
	struct contest *contest;
};

struct contest {
	int map;
	u64 version;		/* of the key, as a round begins */
	int (*attempt)(struct contest *contest, u64 round, u64 number);
	int lost;		/* what all but one are told */
	pthread_barrier_t barrier;
	atomic_int winners, others;
	u64 winner, bad_round;
	int seen_winners, seen_others;
};

static int swap_value(struct contest *contest, u64 round, u64 number)
{
	return u64_swap(contest->map, 1, round, (number + 1) << 32);
}

static int swap_version(struct contest *contest, u64 round, u64 number)
{
	u64 key = 1, value = (number + 1) << 32;
	struct ttlmap_op op = op_update(&key, 8, &value, 8, 0, TTLMAP_IF_VERSION);

	(void)round;
	op.version = contest->version;
	return map_op(contest->map, &op);
}

static int insert_new(struct contest *contest, u64 round, u64 number)
{
	return u64_set(contest->map, round + 2, (number + 1) << 32, 0, TTLMAP_NEW);
}

static int pop_it(struct contest *contest, u64 round, u64 number)
{
	u64 value;

	(void)round;
	(void)number;
	return u64_pop(contest->map, 1, &value);
}

static int delete_it(struct contest *contest, u64 round, u64 number)
{
	(void)round;
	(void)number;
	return u64_delete(contest->map, 1);
}

static int delete_value(struct contest *contest, u64 round, u64 number)
{
	u64 key = 1;
	struct ttlmap_op op = op_delete(&key, 8);

	(void)number;
	op.flags = TTLMAP_IF_VALUE;
	op.arg = (uintptr_t)&round;
	op.arg_len = 8;
	return map_op(contest->map, &op);
}

FIXTURE_VARIANT(contest) {
	u32 flags;
	int (*attempt)(struct contest *contest, u64 round, u64 number);
	int lost;
};

FIXTURE_VARIANT_ADD(contest, swap_by_value) { 0, swap_value, -ECANCELED };
FIXTURE_VARIANT_ADD(contest, swap_counter) { TTLMAP_F_COUNTERS, swap_value, -ECANCELED };
FIXTURE_VARIANT_ADD(contest, swap_preallocated) { TTLMAP_F_PREALLOC, swap_value, -ECANCELED };
FIXTURE_VARIANT_ADD(contest, swap_by_version) { TTLMAP_F_VERSIONS, swap_version, -ECANCELED };
FIXTURE_VARIANT_ADD(contest, insert) { 0, insert_new, -EEXIST };
FIXTURE_VARIANT_ADD(contest, pop) { 0, pop_it, -ENOENT };
FIXTURE_VARIANT_ADD(contest, delete) { 0, delete_it, -ENOENT };
FIXTURE_VARIANT_ADD(contest, delete_by_value) { 0, delete_value, -ENOENT };

FIXTURE_SETUP(contest)
{
	struct ttlmap_create create = MAP_8_8(100000);

	create.flags = variant->flags;
	self->contest = calloc(1, sizeof(*self->contest));
	self->contest->attempt = variant->attempt;
	self->contest->lost = variant->lost;
	ASSERT_FD(self->contest->map, map_create(&create));
	pthread_barrier_init(&self->contest->barrier, NULL, THREADS);
}

FIXTURE_TEARDOWN(contest)
{
	close(self->contest->map);
}

/* By one of the threads, while the others wait. */
static void prepare(struct contest *contest, u64 round)
{
	u64 key = 1;
	struct ttlmap_op op = op_update(&key, 8, &round, 8, 0, 0);

	map_op(contest->map, &op);
	contest->version = op.version;
	contest->winners = 0;
	contest->others = 0;
}

static void judge(struct contest *contest, u64 round)
{
	if (contest->bad_round || (contest->winners == 1 && !contest->others))
		return;
	contest->bad_round = round;
	contest->seen_winners = contest->winners;
	contest->seen_others = contest->others;
}

static void *compete(void *arg)
{
	struct crowd *one = arg;
	struct contest *contest = one->shared;

	for (u64 round = 1; round <= ROUNDS; round++) {
		int rc;

		if (!one->number)
			prepare(contest, round);
		pthread_barrier_wait(&contest->barrier);
		rc = contest->attempt(contest, round, one->number);
		if (!rc)
			contest->winners++;
		else if (rc != contest->lost)
			contest->others++;
		pthread_barrier_wait(&contest->barrier);
		if (!one->number)
			judge(contest, round);
	}
	return NULL;
}

TEST_F(contest, one_winner)
{
	struct contest *contest = self->contest;

	run_crowd(compete, contest);
	EXPECT_EQ(0, contest->bad_round)
		TH_LOG("round %llu: expected one winner, seen %d and %d unexpected results",
		       contest->bad_round, contest->seen_winners, contest->seen_others);
}

/* ---- a counter made of compare-and-swap */

struct loop {
	int map;
	bool by_version;
};

static int increment(const struct loop *loop)
{
	u64 key = 1, old, value;
	struct ttlmap_op op = op_lookup(&key, 8, &old, 8);
	u64 version;
	int rc = map_op(loop->map, &op);

	if (rc)
		return rc;
	version = op.version;
	value = old + 1;
	op = op_update(&key, 8, &value, 8, 0, TTLMAP_TTL_KEEP);
	if (loop->by_version) {
		op.flags |= TTLMAP_IF_VERSION;
		op.version = version;
	} else {
		op.flags |= TTLMAP_IF_VALUE;
		op.arg = (uintptr_t)&old;
		op.arg_len = 8;
	}
	return map_op(loop->map, &op);
}

static void *increment_often(void *arg)
{
	struct crowd *one = arg;

	for (u64 i = 0; i < TIMES(4000); i++) {
		int rc;

		do {
			rc = increment(one->shared);
		} while (rc == -ECANCELED);
		if (rc)
			return (void *)rc_name(rc);
	}
	return NULL;
}

TEST(swap_loops_lose_nothing)
{
	for (int by_version = 0; by_version < 2; by_version++) {
		struct ttlmap_create create = MAP_8_8(100);
		struct loop loop = { .by_version = by_version };
		const char *wrong;
		u64 sum = 0;

		create.flags = by_version ? TTLMAP_F_VERSIONS : 0;
		ASSERT_FD(loop.map, map_create(&create));
		ASSERT_RC(0, u64_set(loop.map, 1, 0, HOUR_NS, 0));
		wrong = run_crowd(increment_often, &loop);
		EXPECT_EQ(NULL, wrong) TH_LOG("seen %s", wrong);
		EXPECT_RC(0, u64_get(loop.map, 1, &sum));
		EXPECT_EQ(THREADS * TIMES(4000), sum);
		close(loop.map);
	}
}

/* ---- each value is popped once */

#define QUEUE_KEYS	64
#define EACH		4000

struct queue {
	int map;
	atomic_int producing;
	atomic_uchar popped[THREADS / 2 * EACH];
	atomic_ullong inserted, unknown;
};

static void produce(struct queue *queue, u64 number, struct rng *rng)
{
	for (u64 i = 0; i < EACH;) {
		int rc = u64_set(queue->map, rng_below(rng, QUEUE_KEYS),
				 number * EACH + i, 0, TTLMAP_NEW);

		if (!rc) {
			queue->inserted++;
			i++;
		} else if (rc != -EEXIST) {
			break;
		}
	}
	queue->producing--;
}

static void count_value(struct queue *queue, u64 value)
{
	if (value < THREADS / 2 * EACH)
		queue->popped[value]++;
	else
		queue->unknown++;
}

static void pop_batch(struct queue *queue, struct rng *rng)
{
	struct ttlmap_op ops[16];
	u64 keys[16], values[16];
	u32 done = 0;

	for (int i = 0; i < 16; i++) {
		keys[i] = rng_below(rng, QUEUE_KEYS);
		ops[i] = op_pop(&keys[i], 8, &values[i], 8);
	}
	map_batch(queue->map, ops, 16, &done);
	for (u32 i = 0; i < done; i++)
		if (!ops[i].result)
			count_value(queue, values[i]);
}

static void pop_one(struct queue *queue, struct rng *rng)
{
	u64 value;

	if (!u64_pop(queue->map, rng_below(rng, QUEUE_KEYS), &value))
		count_value(queue, value);
}

/* Half of the threads produce; of the others one pops singly and one in batches. */
static void *produce_or_pop(void *arg)
{
	struct crowd *one = arg;
	struct queue *queue = one->shared;
	struct rng rng = rng_make(seed() + one->number);

	if (one->number < THREADS / 2) {
		produce(queue, one->number, &rng);
		return NULL;
	}
	while (queue->producing) {
		if (one->number % 2)
			pop_batch(queue, &rng);
		else
			pop_one(queue, &rng);
	}
	return NULL;
}

TEST(each_value_is_popped_once)
{
	static struct queue queue = { .producing = THREADS / 2 };
	struct ttlmap_create create = MAP_8_8(1000);
	u64 value;

	ASSERT_FD(queue.map, map_create(&create));
	run_crowd(produce_or_pop, &queue);
	for (u64 key = 0; key < QUEUE_KEYS; key++)
		if (!u64_pop(queue.map, key, &value))
			count_value(&queue, value);
	EXPECT_EQ(THREADS / 2 * EACH, queue.inserted);
	EXPECT_EQ(0, queue.unknown);
	for (int i = 0; i < THREADS / 2 * EACH; i++) {
		ASSERT_EQ(1, queue.popped[i])
			TH_LOG("value %d: expected once, seen %u times (seed %llu)", i,
			       queue.popped[i], seed());
	}
	EXPECT_EQ(0, map_entries(queue.map));
	close(queue.map);
}

/* ---- batches against clear */

struct storm {
	int map;
	atomic_bool stop;
	atomic_ullong written, deleted;
};

static const char *check_batch(struct storm *storm, struct ttlmap_op *ops, const u64 *values,
			       const u64 *keys, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		switch (ops[i].op) {
		case TTLMAP_OP_UPDATE:
			if (ops[i].result)
				return rc_name(ops[i].result);
			storm->written++;
			break;
		case TTLMAP_OP_DELETE:
			storm->deleted += !ops[i].result;
			break;
		default:
			if (!ops[i].result && values[i] != keys[i])
				return "the value of another key";
		}
	}
	return NULL;
}

static void *send_batches(void *arg)
{
	struct crowd *one = arg;
	struct storm *storm = one->shared;
	struct rng rng = rng_make(seed() + one->number);
	struct ttlmap_op ops[128];
	u64 keys[128], values[128];
	const char *wrong = NULL;
	u32 done;

	for (u64 i = 0; i < TIMES(150) && !wrong; i++) {
		for (int j = 0; j < 128; j++) {
			keys[j] = rng_below(&rng, 5000);
			values[j] = keys[j];
			ops[j] = j % 4 == 3 ? op_delete(&keys[j], 8) :
				 j % 4 == 2 ? op_lookup(&keys[j], 8, &values[j], 8) :
				 op_update(&keys[j], 8, &values[j], 8, 0, 0);
		}
		if (map_batch(storm->map, ops, 128, &done) || done != 128)
			return "a batch failed";
		wrong = check_batch(storm, ops, values, keys, 128);
	}
	return (void *)wrong;
}

static void *clear_always(void *arg)
{
	struct storm *storm = arg;

	while (!storm->stop)
		map_clear(storm->map);
	return NULL;
}

TEST(batches_against_clear)
{
	struct ttlmap_create create = MAP_8_8(10000);
	struct storm storm = { };
	struct ttlmap_stat stat;
	const char *wrong;
	pthread_t thread;

	ASSERT_FD(storm.map, map_create(&create));
	pthread_create(&thread, NULL, clear_always, &storm);
	wrong = run_crowd(send_batches, &storm);
	storm.stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(NULL, wrong) TH_LOG("%s (seed %llu)", wrong, seed());
	ASSERT_RC(0, map_stat(storm.map, &stat));
	EXPECT_EQ(storm.written, stat.inserts + stat.replaces);
	EXPECT_EQ(storm.deleted, stat.deletes);
	EXPECT_LT(0, stat.cleared);
	EXPECT_EQ(stat.entries, stat.inserts - stat.deletes - stat.cleared);
	EXPECT_EQ(stat.entries, u64_count_present(storm.map, 0, 5000));
	EXPECT_RC(0, map_clear(storm.map));
	EXPECT_EQ(0, map_entries(storm.map));
	close(storm.map);
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
}

TEST_HARNESS_MAIN
