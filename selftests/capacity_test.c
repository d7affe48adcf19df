// SPDX-License-Identifier: GPL-2.0
/* Capacity is strict, whoever writes at the same time. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"

#define WRITERS	4
#define EACH	8000
#define EACH_MIN	1500	/* in all, more than any map here holds */

struct job {
	int map;
	u64 first, count, seed;
	bool deletes, same_keys;
	u64 written, refused, other;
	u32 value_len;
};

static int write_one(struct job *job, u64 key)
{
	static const char value[4096];
	struct ttlmap_op op = op_update(&key, 8, value, job->value_len, 0, 0);

	return map_op(job->map, &op);
}

static void *write_all(void *arg)
{
	struct job *job = arg;
	struct rng rng = rng_make(job->seed);

	for (u64 i = 0; i < job->count; i++) {
		u64 key = job->same_keys ? rng_below(&rng, job->count / 10) : job->first + i;
		int rc = write_one(job, key);

		job->written += !rc;
		job->refused += rc == -ENOSPC;
		job->other += rc && rc != -ENOSPC;
		if (job->deletes && rng_below(&rng, 2))
			u64_delete(job->map, job->first + rng_below(&rng, i + 1));
	}
	return NULL;
}

/* Looks at the map all the time while others write. */
struct sampler {
	int map;
	u64 max_entries, max_bytes;
	atomic_bool stop;
	u64 samples, most_entries, most_bytes;
};

static void *sample_always(void *arg)
{
	struct sampler *sampler = arg;
	struct ttlmap_stat stat;

	while (!sampler->stop) {
		map_stat(sampler->map, &stat);
		sampler->samples++;
		if (stat.entries > sampler->most_entries)
			sampler->most_entries = stat.entries;
		if (stat.live_bytes + stat.stale_bytes > sampler->most_bytes)
			sampler->most_bytes = stat.live_bytes + stat.stale_bytes;
	}
	return NULL;
}

FIXTURE(capacity) {
	int map;
	struct ttlmap_stat stat;
	struct sampler sampler;
	struct job jobs[WRITERS];
	u64 written, refused, other;
};

FIXTURE_SETUP(capacity)
{
	self->map = -1;
}

FIXTURE_TEARDOWN(capacity)
{
	close(self->map);
}

typedef FIXTURE_DATA(capacity) capacity_t;

static int start(capacity_t *self, u32 flags, u64 entries, u64 bytes)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 8, .value_max = 4096,
					.max_entries = entries, .max_bytes = bytes };
	u64 each = effort(EACH, 20 * EACH);

	self->map = map_create(&create);
	self->sampler.map = self->map;
	for (int i = 0; i < WRITERS; i++)
		self->jobs[i] = (struct job){ .map = self->map, .first = i * 1000000,
			.count = each > EACH_MIN ? each : EACH_MIN,
			.seed = seed_from_env(50) + i, .value_len = 8 };
	return self->map < 0 ? self->map : 0;
}

static int run(capacity_t *self)
{
	pthread_t sampler, writers[WRITERS];

	pthread_create(&sampler, NULL, sample_always, &self->sampler);
	for (int i = 0; i < WRITERS; i++)
		pthread_create(&writers[i], NULL, write_all, &self->jobs[i]);
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i], NULL);
		self->written += self->jobs[i].written;
		self->refused += self->jobs[i].refused;
		self->other += self->jobs[i].other;
	}
	self->sampler.stop = true;
	pthread_join(sampler, NULL);
	return map_stat(self->map, &self->stat);
}

static const u64 capacities[] = { 1, 7, 64, 256, 1000, 5000 };

TEST_F(capacity, evicting)
{
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++) {
		memset(self, 0, sizeof(*self));
		ASSERT_RC(0, start(self, 0, capacities[i], 0));
		ASSERT_RC(0, run(self));
		EXPECT_EQ(0, self->refused + self->other);
		EXPECT_GE(capacities[i], self->sampler.most_entries);
		EXPECT_EQ(capacities[i], self->stat.entries);
		EXPECT_EQ(self->written, self->stat.inserts);
		EXPECT_EQ(self->written - capacities[i], self->stat.evicted)
			TH_LOG("evicts before it is full");
		EXPECT_EQ(0, self->stat.collision_evicted);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(capacity, without_eviction)
{
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++) {
		memset(self, 0, sizeof(*self));
		ASSERT_RC(0, start(self, TTLMAP_F_NO_EVICT, capacities[i], 0));
		ASSERT_RC(0, run(self));
		EXPECT_EQ(0, self->other);
		EXPECT_GE(capacities[i], self->sampler.most_entries);
		EXPECT_EQ(capacities[i], self->stat.entries);
		EXPECT_EQ(capacities[i], self->written) TH_LOG("as many as fit, no less");
		EXPECT_EQ(self->refused, self->stat.refused);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(capacity, with_deletes)
{
	ASSERT_RC(0, start(self, 0, 3000, 0));
	for (int i = 0; i < WRITERS; i++)
		self->jobs[i].deletes = true;
	ASSERT_RC(0, run(self));
	EXPECT_EQ(0, self->refused + self->other);
	EXPECT_GE(3000, self->sampler.most_entries);
	EXPECT_LT(0, self->stat.deletes);
	EXPECT_EQ(self->stat.inserts,
		  self->stat.entries + self->stat.deletes + self->stat.evicted);
	ASSERT_RC(0, u64_fill(self->map, 1ULL << 40, 6000, 0));
	EXPECT_EQ(3000, map_entries(self->map));
}

/* All write the same keys: each is there once, and replacing needs no room. */
TEST_F(capacity, same_keys)
{
	u64 keys, distinct = 0;

	ASSERT_RC(0, start(self, TTLMAP_F_NO_EVICT, 100000, 0));
	keys = self->jobs[0].count / 10;
	for (int i = 0; i < WRITERS; i++)
		self->jobs[i].same_keys = true;
	ASSERT_RC(0, run(self));
	EXPECT_EQ(0, self->refused + self->other);
	EXPECT_EQ(self->stat.inserts, self->stat.entries);
	EXPECT_EQ(self->written, self->stat.inserts + self->stat.replaces);
	for (u64 key = 0; key < keys; key++)
		distinct += u64_has(self->map, key);
	EXPECT_EQ(distinct, self->stat.entries);
}

TEST_F(capacity, bytes)
{
	u64 limit = 400000;

	ASSERT_RC(0, start(self, 0, 1 << 20, limit));
	for (int i = 0; i < WRITERS; i++)
		self->jobs[i].value_len = 100 << i;
	ASSERT_RC(0, run(self));
	EXPECT_EQ(0, self->refused + self->other);
	EXPECT_GE(limit, self->sampler.most_bytes);
	EXPECT_LT(0, self->stat.evicted);
}

TEST_F(capacity, bytes_without_eviction)
{
	u64 limit = 200000;

	ASSERT_RC(0, start(self, TTLMAP_F_NO_EVICT, 1 << 20, limit));
	ASSERT_RC(0, run(self));
	EXPECT_EQ(0, self->other);
	EXPECT_GE(limit, self->sampler.most_bytes);
	EXPECT_EQ(self->written, self->stat.entries);
	EXPECT_LT(limit, self->stat.live_bytes + self->stat.live_bytes / self->stat.entries)
		TH_LOG("one more would have fitted");
}

/* ---- processes that share a map by its name */

static int write_in_process(void *arg)
{
	struct job *job = arg;

	job->map = map_open("capacity.test", TTLMAP_OPEN_WRITE);
	if (job->map < 0)
		return job->map;
	write_all(job);
	return job->refused + job->other ? -EIO : 0;
}

static pid_t spawn(struct job *job)
{
	pid_t child = fork();

	if (!child)
		_exit(-write_in_process(job));
	return child;
}

TEST(processes)
{
	struct sampler sampler = { };
	struct ttlmap_stat stat;
	pid_t children[WRITERS];
	pthread_t thread;
	int status;

	ASSERT_FD(sampler.map, map_create_named("capacity.test", 0600, 1000));
	for (int i = 0; i < WRITERS; i++) {
		struct job job = { .first = i * 1000000, .count = EACH, .value_len = 8 };

		children[i] = spawn(&job);
	}
	pthread_create(&thread, NULL, sample_always, &sampler);
	for (int i = 0; i < WRITERS; i++) {
		ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	sampler.stop = true;
	pthread_join(thread, NULL);
	ASSERT_RC(0, map_stat(sampler.map, &stat));
	EXPECT_GE(1000, sampler.most_entries);
	EXPECT_EQ(1000, stat.entries);
	EXPECT_EQ(WRITERS * EACH, stat.inserts);
	EXPECT_EQ(WRITERS * EACH - 1000, stat.evicted);
	EXPECT_RC(0, map_unlink("capacity.test"));
	close(sampler.map);
}

TEST_HARNESS_MAIN
