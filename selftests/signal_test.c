// SPDX-License-Identifier: GPL-2.0
/*
 * Signals in the middle of calls.  What a call says it did is done, once, and the
 * rest is not: whoever goes on from there loses nothing and does nothing twice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define BATCH		2000
#define INTERRUPTIONS	(long_run() ? 1000 : 20)
#define ALARMS_MOST	1000	/* for one test that counts them */
#define TRIES		(INTERRUPTIONS * 1000)	/* then something is wrong */

static atomic_ullong alarms;

static void timer_set(u64 first_us, u64 every_us)
{
	struct itimerval timer = { .it_value.tv_usec = first_us, .it_interval.tv_usec = every_us };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void timer_stop(void)
{
	timer_set(0, 0);
}

/* A call that is restarted for ever comes to an end, too. */
static void on_alarm(int signal)
{
	(void)signal;
	if (++alarms == ALARMS_MOST)
		timer_stop();
}

/* Whether the kernel restarts what was interrupted is the handler's to say. */
FIXTURE(alarm) {
	struct rng rng;
	struct sigaction before;
};

typedef FIXTURE_DATA(alarm) alarm_t;

FIXTURE_VARIANT(alarm) {
	int flags;
};

FIXTURE_VARIANT_ADD(alarm, interrupts) { .flags = 0 };
FIXTURE_VARIANT_ADD(alarm, restarts) { .flags = SA_RESTART };

FIXTURE_SETUP(alarm)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = variant->flags };

	self->rng = rng_make(seed_from_env(4711));
	ASSERT_EQ(0, sigaction(SIGALRM, &action, &self->before));
}

FIXTURE_TEARDOWN(alarm)
{
	timer_stop();
	sigaction(SIGALRM, &self->before, NULL);
	EXPECT_TRUE(eventually(live_maps() == 0));
	EXPECT_TRUE(eventually(module_idle()));
}

/* Soon, at an offset that is another one each time. */
static void alarm_soon(alarm_t *self, u64 within_us)
{
	timer_set(1 + rng_below(&self->rng, within_us), 0);
}

/*
 * How long a call takes is found out on the way: the alarm is set later if it
 * comes too early, and earlier if it does not come in time.
 */
static void aim(u64 *within_us, bool early, bool late)
{
	if (early && *within_us < 900000)
		*within_us += *within_us / 8 + 1;
	if (late && *within_us > 8)
		*within_us -= *within_us / 8;
}

/* ---- batches */

/* Adds one to each of the counters, from @first on. */
static int add_from(int map, u32 first, u32 *done)
{
	static struct ttlmap_op ops[BATCH];
	static u64 keys[BATCH];
	int rc;

	for (u32 i = 0; i < BATCH; i++) {
		keys[i] = i;
		ops[i] = op_add(&keys[i], 8, 1, 0, 0);
		ops[i].result = 1;
	}
	*done = 0;
	rc = map_batch(map, ops + first, BATCH - first, done);
	for (u32 i = first; i < BATCH; i++)
		if (ops[i].result != (i >= first + *done))
			return -EBADMSG;
	return rc;
}

/* What each of them is; one that is not there is zero. */
static int read_counters(int map, u64 values[BATCH])
{
	static struct ttlmap_op ops[BATCH];
	static u64 keys[BATCH];
	u32 done = 0;
	int rc;

	for (u32 i = 0; i < BATCH; i++) {
		keys[i] = i;
		values[i] = 0;
		ops[i] = op_lookup(&keys[i], 8, &values[i], 8);
	}
	rc = map_batch(map, ops, BATCH, &done);
	for (u32 i = 0; i < done && !rc; i++)
		rc = ops[i].result == -ENOENT ? 0 : ops[i].result;
	return rc ?: done == BATCH ? 0 : -EINTR;
}

static bool all_counters_are(int map, u64 value)
{
	static u64 values[BATCH];

	if (read_counters(map, values))
		return false;
	for (u32 i = 0; i < BATCH; i++)
		if (values[i] != value)
			return false;
	return true;
}

/* One to each, however often that is interrupted. Returns how often, or an errno. */
static int add_to_all(alarm_t *self, int map, u64 *within_us, bool restarts)
{
	int interrupted = 0;
	u32 at = 0, done;

	while (at < BATCH) {
		int rc;

		alarm_soon(self, *within_us);
		rc = add_from(map, at, &done);
		timer_stop();
		aim(within_us, !done, !rc && at + done == BATCH);
		if (rc == -EINTR ? restarts || done : rc)
			return rc;
		at += done;
		interrupted += done && at < BATCH;
	}
	return interrupted;
}

TEST_F(alarm, batch)
{
	struct ttlmap_create create = MAP_8_8(BATCH);
	u64 within_us = 1000, round = 0;
	int map, interrupted = 0;

	create.flags = TTLMAP_F_COUNTERS;
	ASSERT_FD(map, map_create(&create));
	while (interrupted < INTERRUPTIONS && round < TRIES) {
		int rc = add_to_all(self, map, &within_us, variant->flags & SA_RESTART);

		ASSERT_LE(0, rc) TH_LOG("round %llu: %s", round, rc_name(rc));
		interrupted += rc;
		round++;
		if (rc)
			ASSERT_TRUE(all_counters_are(map, round));
	}
	EXPECT_LE(INTERRUPTIONS, interrupted) TH_LOG("no alarm came in the middle of a batch");
	EXPECT_TRUE(all_counters_are(map, round));
	close(map);
}

/* ---- scans */

#define SCANNED		5000

/* Scans everything; returns how often it was interrupted, or an errno. */
static int scan_all(alarm_t *self, int map, u64 *within_us, bool restarts, u8 *seen)
{
	static u64 buf[SCANNED * 8];
	struct ttlmap_scan scan = { };
	int interrupted = 0;

	memset(seen, 0, SCANNED);
	while (!scan.done) {
		int rc;

		alarm_soon(self, *within_us);
		rc = map_scan(map, &scan, buf, sizeof(buf), 0);
		timer_stop();
		aim(within_us, rc == -EINTR || !scan.count, !rc && scan.done);
		if (rc == -EINTR && !restarts)
			continue;
		if (rc)
			return rc;
		interrupted += !scan.done;
		for_each_record(record, buf, scan.bytes)
			seen[*(const u64 *)record_key(record)]++;
	}
	return interrupted;
}

TEST_F(alarm, scan)
{
	static u8 seen[SCANNED], ones[SCANNED];
	struct ttlmap_create create = MAP_8_8(SCANNED);
	u64 within_us = 1000;
	int map, interrupted = 0;

	memset(ones, 1, sizeof(ones));
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, SCANNED, 0));
	for (int tries = 0; interrupted < INTERRUPTIONS && tries < TRIES; tries++) {
		int rc = scan_all(self, map, &within_us, variant->flags & SA_RESTART, seen);

		ASSERT_LE(0, rc) TH_LOG("%s", rc_name(rc));
		ASSERT_EQ(0, memcmp(seen, ones, SCANNED));
		interrupted += rc;
	}
	EXPECT_LE(INTERRUPTIONS, interrupted) TH_LOG("no alarm came in the middle of a scan");
	close(map);
}

static int scan_nothing(int map, struct ttlmap_scan *scan)
{
	u64 buf[16];

	return map_scan(map, scan, buf, sizeof(buf), 0);
}

/* The shortest, in nanoseconds. */
static u64 time_of_empty_scan(int map)
{
	u64 shortest = ~0ULL;

	for (int i = 0; i < 10; i++) {
		struct ttlmap_scan scan = { };
		u64 begin = boottime_ns(), took;

		if (scan_nothing(map, &scan) || !scan.done)
			return 0;
		took = boottime_ns() - begin;
		shortest = took < shortest ? took : shortest;
	}
	return shortest;
}

/*
 * Through segments that hold nothing a scan comes to its end as well, though
 * signals come faster than it goes through all of them.
 */
TEST_F(alarm, scan_of_nothing)
{
	struct ttlmap_create create = MAP_8_8(300000);
	struct ttlmap_scan scan = { };
	int map, rc = 0;
	u64 every_us;

	create.flags = TTLMAP_F_PREALLOC;
	ASSERT_FD(map, map_create(&create));
	every_us = time_of_empty_scan(map) / 1000 / 20 + 10;
	alarms = 0;
	timer_set(every_us, every_us);
	while (!scan.done) {
		rc = scan_nothing(map, &scan);
		if (rc && (rc != -EINTR || variant->flags & SA_RESTART))
			break;
	}
	timer_stop();
	ksft_print_msg("an alarm every %llu us, %llu alarms\n", every_us, alarms);
	EXPECT_RC(0, rc);
	EXPECT_LT(1, alarms);
	/* Twenty would do if none came between two calls. */
	EXPECT_GT(ALARMS_MOST, alarms) TH_LOG("it did not end before the alarms did");
	close(map);
}

/* ---- clear */

#define CLEARED		8000

/* What a clear that was interrupted leaves is there, and the next one takes it. */
TEST_F(alarm, clear)
{
	struct ttlmap_create create = MAP_8_8(CLEARED);
	u64 within_us = 1000, inserted = 0, interrupted = 0;
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (int tries = 0; interrupted < 5 && tries < 1000; tries++) {
		int rc = -EINTR;

		ASSERT_RC(0, u64_fill(map, 0, CLEARED, 0));
		inserted += CLEARED;
		while (rc == -EINTR) {
			alarm_soon(self, within_us);
			rc = map_clear(map);
			timer_stop();
			ASSERT_RC(0, map_stat(map, &stat));
			ASSERT_EQ(inserted, stat.cleared + stat.entries);
			ASSERT_EQ(stat.entries, u64_count_present(map, 0, CLEARED));
			aim(&within_us, rc && stat.entries == CLEARED, !rc);
			interrupted += rc && stat.entries && stat.entries < CLEARED;
		}
		ASSERT_RC(0, rc);
		ASSERT_EQ(0, stat.entries);
	}
	EXPECT_LE(5, interrupted) TH_LOG("no alarm came in the middle of a clear");
	close(map);
}

/* ---- what signals do not stop */

/* Neither creation with memory for all entries, nor tuning, is done by half. */
TEST_F(alarm, prealloc_and_tune)
{
	struct ttlmap_create create = MAP_8_8(20000);
	struct ttlmap_stat stat;

	create.flags = TTLMAP_F_PREALLOC;
	alarms = 0;
	for (int round = 0; round < 3; round++) {
		struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES,
					    .max_entries = 1000 + round };
		u64 filled = 0;
		int map, rc;

		timer_set(100, 500);
		map = map_create(&create);
		rc = map < 0 ? map : map_tune(map, tune);
		timer_stop();
		ASSERT_LE(0, map) TH_LOG("%s", rc_name(map));
		ASSERT_RC(0, rc);
		tune.max_entries = 20000;
		ASSERT_RC(0, map_tune(map, tune));
		for (; filled < 20000; filled += 1000)
			ASSERT_RC(0, u64_fill(map, filled, 1000, 0));
		timer_set(100, 500);
		tune.max_entries = 1000;
		rc = map_tune(map, tune);
		EXPECT_TRUE(eventually(!map_stat(map, &stat) && stat.entries == 1000));
		timer_stop();
		ASSERT_RC(0, rc);
		ASSERT_EQ(19000, stat.evicted);
		close(map);
	}
	EXPECT_LT(0, alarms);
}

struct adder {
	int map;
	atomic_bool stop;
	u64 added;
	int wrong;
};

static void *add_always(void *arg)
{
	struct adder *adder = arg;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (u64 i = 0; !adder->stop && !adder->wrong; i++) {
		adder->wrong = u64_add(adder->map, i % 8, 1, NULL);
		adder->added += !adder->wrong;
	}
	return NULL;
}

/* What was added is popped, once, or still there. */
TEST_F(alarm, pop_of_counters)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct adder adder = { };
	u64 popped = 0, value;
	pthread_t thread;

	create.flags = TTLMAP_F_COUNTERS;
	ASSERT_FD(adder.map, map_create(&create));
	ASSERT_EQ(0, pthread_create(&thread, NULL, add_always, &adder));
	alarms = 0;
	timer_set(100, 300);
	for (u64 i = 0; i < 60 || alarms < 60; i++) {
		int rc = u64_pop(adder.map, i % 8, &value);

		ASSERT_TRUE(!rc || rc == -ENOENT) TH_LOG("%s", rc_name(rc));
		popped += rc ? 0 : value;
	}
	timer_stop();
	adder.stop = true;
	pthread_join(thread, NULL);
	EXPECT_RC(0, adder.wrong);
	for (u64 key = 0; key < 8; key++)
		popped += u64_pop(adder.map, key, &value) ? 0 : value;
	EXPECT_EQ(adder.added, popped);
	close(adder.map);
}

/* ---- SIGKILL */

static void add_forever(int map, atomic_ullong *rounds)
{
	for (;;) {
		u32 done;

		if (add_from(map, 0, &done) || done != BATCH)
			_exit(1);
		++*rounds;
	}
}

/* Counters that are one ahead of the others are those of one batch's beginning. */
static int check_prefix(int map, u64 finished, bool *partial)
{
	static u64 values[BATCH];
	u64 ahead = 0, last = ~0ULL;
	int rc = read_counters(map, values);

	if (rc)
		return rc;
	for (u32 i = 0; i < BATCH; i++) {
		if (values[i] > last || (values[i] != finished && values[i] != finished + 1))
			return -EBADMSG;
		ahead += values[i] == finished + 1;
		last = values[i];
	}
	*partial |= ahead && ahead < BATCH;
	return 0;
}

/* Returns 0 if what a killed process's batches did is a beginning of them. */
static int kill_a_batch(atomic_ullong *rounds, u64 after_us, bool *partial)
{
	struct ttlmap_create create = MAP_8_8(BATCH);
	int map, rc, status;
	pid_t child;

	create.flags = TTLMAP_F_COUNTERS;
	map = map_create(&create);
	if (map < 0)
		return map;
	*rounds = 0;
	child = fork();
	if (!child)
		add_forever(map, rounds);
	while (!*rounds && !waitpid(child, &status, WNOHANG))
		;
	usleep(after_us);
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		rc = -ECHILD;
	else
		rc = check_prefix(map, *rounds, partial);
	/* A batch may have ended without time left to say so. */
	if (rc == -EBADMSG)
		rc = check_prefix(map, *rounds + 1, partial);
	close(map);
	return rc;
}

TEST(killed_in_a_batch)
{
	struct rng rng = rng_make(seed_from_env(99));
	atomic_ullong *rounds = mmap(NULL, sizeof(*rounds), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool partial = false;

	ASSERT_NE(MAP_FAILED, rounds);
	for (int round = 0; round < INTERRUPTIONS || !partial; round++) {
		ASSERT_GT(TRIES, round) TH_LOG("no batch was killed in the middle");
		ASSERT_RC(0, kill_a_batch(rounds, rng_below(&rng, 5000), &partial));
	}
	EXPECT_TRUE(eventually(module_idle()));
}

/* A creation that takes memory for long gives all of it back. */
TEST(killed_in_a_prealloc)
{
	struct ttlmap_create create = MAP_8_8(200000);
	struct rng rng = rng_make(seed_from_env(98));

	create.flags = TTLMAP_F_PREALLOC;
	for (int round = 0; round < 6; round++) {
		pid_t child = fork();
		int status;

		if (!child) {
			map_create(&create);
			_exit(0);
		}
		usleep(rng_below(&rng, 30000));
		kill(child, SIGKILL);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
	}
	EXPECT_TRUE(eventually(live_maps() == 0 && module_idle()));
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 && !slab_objects("ttlmap")))
		TH_LOG("%llu objects remain", slab_objects("ttlmap"));
}

TEST_HARNESS_MAIN
