// SPDX-License-Identifier: GPL-2.0
/* Processes that die and descriptors that go in the middle of a call. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "harness.h"

#define NAME		"kill.test"
#define KEYS		20000
#define BATCH		4096
#define ROUNDS		(long_run() ? 1000 : 25)

/* A value says which key it belongs to. */
static u64 value_of(u64 key)
{
	return mix64(key);
}

static void write_batch(int map, struct rng *rng)
{
	static struct ttlmap_op ops[BATCH];
	static u64 keys[BATCH], values[BATCH];

	for (int i = 0; i < BATCH; i++) {
		keys[i] = rng_below(rng, KEYS);
		values[i] = value_of(keys[i]);
		ops[i] = rng_below(rng, 3) ?
			 op_update(&keys[i], 8, &values[i], 8,
				   1 + rng_below(rng, 100) * NSEC_PER_MSEC, 0) :
			 op_delete(&keys[i], 8);
	}
	map_batch(map, ops, BATCH, NULL);
}

static void scan_everything(int map)
{
	static u64 buf[1 << 13];
	struct ttlmap_scan scan = { };

	while (!scan.done && !map_scan(map, &scan, buf, sizeof(buf), 0))
		;
}

static void work_forever(int kind, u64 seed)
{
	int map = map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	struct rng rng = rng_make(seed);

	for (;;) {
		if (kind)
			write_batch(map, &rng);
		else
			scan_everything(map);
	}
}

static int map_agrees(int map)
{
	static u64 buf[1 << 13];
	struct ttlmap_scan scan = { };
	struct ttlmap_stat stat;
	u64 count = 0;

	do {
		int rc = map_scan(map, &scan, buf, sizeof(buf), 0);

		if (rc)
			return rc;
		for_each_record(record, buf, scan.bytes) {
			u64 key = *(const u64 *)record_key(record);

			if (key >= KEYS || *(const u64 *)record_value(record) != value_of(key))
				return -EILSEQ;
			count++;
		}
	} while (!scan.done);
	if (map_stat(map, &stat))
		return -EIO;
	return count <= KEYS && stat_adds_up(&stat) ? 0 : -ERANGE;
}

TEST(killed_in_the_middle)
{
	struct rng rng = rng_make(seed_from_env(60));
	struct ttlmap_stat stat;
	u64 objects;
	int map;

	ASSERT_FD(map, map_create_named(NAME, 0600, KEYS / 2));
	objects = slab_shrink("ttlmap") > 0 ? slab_objects("ttlmap") : 0;
	for (int round = 0; round < ROUNDS; round++) {
		pid_t children[3];

		for (int i = 0; i < 3; i++) {
			children[i] = fork();
			if (!children[i])
				work_forever(i, rng_next(&rng) + i);
		}
		sleep_ms(5 + rng_below(&rng, 60));
		for (int i = 0; i < 3; i++) {
			ASSERT_EQ(0, kill(children[i], SIGKILL));
			ASSERT_EQ(children[i], waitpid(children[i], NULL, 0));
		}
		ASSERT_RC(0, map_agrees(map), "round %d", round);
	}
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_LT(0, stat.inserts) TH_LOG("nothing was written");
	EXPECT_TRUE(eventually(map_at_rest(map, &stat) && !stat.entries));
	EXPECT_EQ(0, stat.live_bytes);
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 && slab_objects("ttlmap") <= objects))
		TH_LOG("objects: %llu at first, %llu now", objects, slab_objects("ttlmap"));
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(live_maps() == 0));
}

/* The last descriptor of an anonymous map goes with the process. */
TEST(killed_owners_leave_nothing)
{
	for (int round = 0; round < 10; round++) {
		pid_t child = fork();

		if (!child) {
			struct ttlmap_create create = MAP_8_8(100000);
			int map = map_create(&create);

			for (u64 first = 0;; first += 1000)
				u64_fill(map, first, 1000, 0);
		}
		sleep_ms(10 + 5 * round);
		kill(child, SIGKILL);
		ASSERT_EQ(child, waitpid(child, NULL, 0));
	}
	EXPECT_TRUE(eventually(live_maps() == 0));
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 && !slab_objects("ttlmap")))
		TH_LOG("%llu objects remain", slab_objects("ttlmap"));
}

/* ---- descriptors that another thread closes */

struct shared {
	atomic_int map;
	atomic_bool stop;
	atomic_ullong calls;
	atomic_int wrong;
};

/* What a call on a descriptor that is closed or is just something else may say. */
static bool expected_of_strays(int rc)
{
	return !rc || rc == -EBADF || rc == -ENOTTY;
}

static void *use_always(void *arg)
{
	struct shared *shared = arg;

	while (!shared->stop) {
		int rc = u64_fill(shared->map, 0, 2000, 0);

		if (!expected_of_strays(rc))
			shared->wrong = rc;
		scan_everything(shared->map);
		atomic_fetch_add(&shared->calls, 1);
	}
	return NULL;
}

TEST(closed_by_another_thread)
{
	struct ttlmap_create create = MAP_8_8(1000);
	struct shared shared = { };
	pthread_t threads[2];

	shared.map = map_create(&create);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, use_always, &shared);
	for (int round = 0; round < 10 * ROUNDS; round++) {
		int old = shared.map;

		shared.map = map_create(&create);
		ASSERT_LE(0, shared.map);
		close(old);
		sleep_ms(1);
	}
	shared.stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	close(shared.map);
	EXPECT_RC(0, shared.wrong);
	EXPECT_LT(0, shared.calls);
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST_HARNESS_MAIN
