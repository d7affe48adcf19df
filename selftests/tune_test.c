// SPDX-License-Identifier: GPL-2.0
/* Limits that change on a live map, and maps whose keys are fixed for good. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"tune.test"
#define FULL		20000ULL
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
#define WRITERS		3

FIXTURE(tune) {
	int map;
	struct ttlmap_stat stat;
};

FIXTURE_SETUP(tune)
{
	self->map = -1;
}

FIXTURE_TEARDOWN(tune)
{
	close(self->map);
}

static int make(u32 flags, u64 entries, u64 bytes)
{
	struct ttlmap_create create = MAP_8_8(entries);

	create.flags = flags;
	create.max_bytes = bytes;
	return map_create(&create);
}

static u64 held_bytes(int map)
{
	struct ttlmap_stat stat;

	return map_stat(map, &stat) ? ~0ULL : stat.live_bytes + stat.stale_bytes;
}

#define TUNE(...)	map_tune(self->map, (struct ttlmap_tune){ __VA_ARGS__ })
#define TUNE_ENTRIES(n)	TUNE(.what = TTLMAP_TUNE_ENTRIES, .max_entries = (n))
#define TUNE_BYTES(n)	TUNE(.what = TTLMAP_TUNE_BYTES, .max_bytes = (n))

#define EXPECT_STAT(want, field) do {					\
	ASSERT_RC(0, map_stat(self->map, &self->stat));			\
	EXPECT_EQ(want, self->stat.field);				\
} while (0)

/* ---- capacity in entries */

TEST_F(tune, fewer_entries)
{
	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	ASSERT_RC(0, TUNE_ENTRIES(5000));
	EXPECT_STAT(5000, max_entries);
	EXPECT_TRUE(eventually(map_entries(self->map) <= 5000))
		TH_LOG("expected 5000 entries, seen %llu", map_entries(self->map));
	EXPECT_STAT(5000, entries);
	EXPECT_EQ(FULL - 5000, self->stat.evicted) TH_LOG("exactly those that are too many");
	EXPECT_EQ(5000, u64_count_present(self->map, 0, FULL));
	ASSERT_RC(0, u64_fill(self->map, FULL, 6000, 0));
	EXPECT_STAT(5000, entries);
}

TEST_F(tune, more_entries)
{
	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 150, 0));
	ASSERT_RC(0, TUNE_ENTRIES(FULL));
	ASSERT_RC(0, u64_fill(self->map, 1000, FULL - 100, 0));
	EXPECT_STAT(FULL, entries);
	EXPECT_EQ(50, self->stat.evicted) TH_LOG("none of them after there was room");
}

TEST_F(tune, up_and_down)
{
	static const u64 capacities[] = { 1, 64, 1000, 3, 65, 5000, 63, 256, 1, 300 };

	ASSERT_FD(self->map, make(0, 500, 0));
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++) {
		ASSERT_RC(0, TUNE_ENTRIES(capacities[i]));
		ASSERT_TRUE(eventually(map_entries(self->map) <= capacities[i]))
			TH_LOG("capacity %llu, seen %llu", capacities[i],
			       map_entries(self->map));
		ASSERT_RC(0, u64_fill(self->map, i * 10000, capacities[i] + 100, 0));
		EXPECT_STAT(capacities[i], entries);
	}
}

TEST_F(tune, the_latest_used_stay)
{
	ASSERT_FD(self->map, make(0, 10, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 10, 0));
	for (u64 key = 1; key < 4; key++)
		EXPECT_TRUE(u64_has(self->map, key));
	ASSERT_RC(0, TUNE_ENTRIES(4));
	EXPECT_TRUE(eventually(map_entries(self->map) <= 4));
	EXPECT_EQ(3, u64_count_present(self->map, 1, 3));
	EXPECT_TRUE(u64_has(self->map, 9));
}

TEST_F(tune, the_latest_written_of_many_stay)
{
	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	ASSERT_RC(0, TUNE_ENTRIES(FULL / 2));
	EXPECT_TRUE(eventually(map_entries(self->map) <= FULL / 2));
	EXPECT_GT(FULL / 20, u64_count_present(self->map, 0, FULL / 4))
		TH_LOG("hardly any of the oldest quarter stays");
}

/* ---- capacity in bytes */

TEST_F(tune, fewer_bytes)
{
	u64 each, limit;

	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	each = held_bytes(self->map) / FULL;
	limit = held_bytes(self->map) / 3;
	ASSERT_RC(0, TUNE_BYTES(limit));
	EXPECT_TRUE(eventually(held_bytes(self->map) <= limit))
		TH_LOG("expected %llu bytes, seen %llu", limit, held_bytes(self->map));
	EXPECT_LT(limit, held_bytes(self->map) + each) TH_LOG("no more than are too many");
	ASSERT_RC(0, u64_fill(self->map, FULL, FULL, 0));
	EXPECT_LE(held_bytes(self->map), limit);
	EXPECT_LT(limit, held_bytes(self->map) + each);
	ASSERT_RC(0, TUNE_BYTES(2 * limit));
	ASSERT_RC(0, u64_fill(self->map, 2 * FULL, FULL, 0));
	EXPECT_LE(held_bytes(self->map), 2 * limit);
	EXPECT_LT(2 * limit, held_bytes(self->map) + each);
	ASSERT_RC(0, TUNE_BYTES(0));
	ASSERT_RC(0, u64_fill(self->map, 3 * FULL, FULL, 0));
	EXPECT_EQ(FULL, map_entries(self->map));
}

TEST_F(tune, an_entry_larger_than_the_map)
{
	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 100, 0));
	ASSERT_RC(0, TUNE_BYTES(1));
	EXPECT_TRUE(eventually(!map_entries(self->map)));
	EXPECT_RC(-ENOSPC, u64_set(self->map, 1, 1, 0, 0));
}

/* ---- while others insert */

struct writer {
	int map;
	u64 number;
	atomic_bool *stop;
	u64 written, failed, missed;
	int first_failure;
};

static void *insert_always(void *arg)
{
	struct writer *writer = arg;

	for (u64 i = 0; !*writer->stop; i++) {
		int rc = u64_set(writer->map, (writer->number << 32) + i, i, 0, 0);

		writer->written++;
		writer->failed += !!rc;
		writer->first_failure = writer->first_failure ?: rc;
	}
	return NULL;
}

TEST_F(tune, inserts_meanwhile_succeed)
{
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	atomic_bool stop = false;
	u64 most = 0, now;

	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .map = self->map, .number = i + 1,
					       .stop = &stop };
		pthread_create(&threads[i], NULL, insert_always, &writers[i]);
	}
	ASSERT_RC(0, TUNE_ENTRIES(1000));
	EXPECT_TRUE(eventually(map_entries(self->map) <= 1000))
		TH_LOG("seen %llu", map_entries(self->map));
	for (int i = 0; i < 2000; i++) {
		now = map_entries(self->map);
		most = now > most ? now : most;
	}
	stop = true;
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, writers[i].failed)
			TH_LOG("an insert: %s", rc_name(writers[i].first_failure));
		EXPECT_LT(0, writers[i].written);
	}
	EXPECT_GE(1000, most) TH_LOG("above its capacity, once it was down to it");
	EXPECT_STAT(1000, entries);
}

/* ---- maps that do not evict */

TEST_F(tune, what_does_not_evict_does_not_shrink)
{
	u64 bytes;

	ASSERT_FD(self->map, make(TTLMAP_F_NO_EVICT, 1000, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 500, 0));
	bytes = held_bytes(self->map);
	EXPECT_RC(-ENOSPC, TUNE_ENTRIES(499));
	EXPECT_RC(-ENOSPC, TUNE_BYTES(bytes - 1));
	EXPECT_STAT(1000, max_entries);
	EXPECT_EQ(0, self->stat.max_bytes);
	EXPECT_RC(0, TUNE_ENTRIES(500));
	EXPECT_RC(0, TUNE_BYTES(bytes));
	EXPECT_RC(-ENOSPC, u64_set(self->map, 1000, 1, 0, 0));
	EXPECT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	EXPECT_EQ(500, u64_count_present(self->map, 0, 500));
	EXPECT_STAT(0, evicted);
}

TEST_F(tune, to_evict_or_not)
{
	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 100, 0));
	EXPECT_RC(-ENOSPC, TUNE(.what = TTLMAP_TUNE_FLAGS | TTLMAP_TUNE_ENTRIES,
				.flags = TTLMAP_F_NO_EVICT, .max_entries = 99));
	EXPECT_STAT(0, flags);
	EXPECT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS, .flags = TTLMAP_F_NO_EVICT));
	EXPECT_STAT(TTLMAP_F_NO_EVICT, flags);
	EXPECT_RC(-ENOSPC, u64_set(self->map, 1000, 1, 0, 0));
	EXPECT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS, .flags = 0));
	EXPECT_RC(0, u64_set(self->map, 1000, 1, 0, 0));
	EXPECT_STAT(1, evicted);
	EXPECT_EQ(100, self->stat.entries);
}

/* ---- times to live */

static u64 peek_ttl(int map, u64 key)
{
	u64 room;
	struct ttlmap_op op = op_lookup(&key, 8, &room, 8);

	op.flags = TTLMAP_PEEK;
	return map_op(map, &op) ? 0 : op.ttl_ns;
}

TEST_F(tune, default_ttl)
{
	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_TTL, .default_ttl_ns = HOUR_NS));
	ASSERT_RC(0, u64_set(self->map, 2, 1, 0, 0));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek_ttl(self->map, 1)) TH_LOG("what is there stays");
	EXPECT_GE(HOUR_NS, peek_ttl(self->map, 2));
	EXPECT_LT(0, peek_ttl(self->map, 2));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_TTL));
	ASSERT_RC(0, u64_set(self->map, 3, 1, 0, 0));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek_ttl(self->map, 3));
	EXPECT_STAT(0, default_ttl_ns);
}

TEST_F(tune, shortest_and_longest_ttl)
{
	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 1, NSEC_PER_SEC * 100, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL,
			  .min_ttl_ns = HOUR_NS, .max_ttl_ns = 2 * HOUR_NS));
	EXPECT_LT(0, peek_ttl(self->map, 1)) TH_LOG("what is there stays");
	EXPECT_GE(NSEC_PER_SEC * 100, peek_ttl(self->map, 1));
	EXPECT_RC(-ERANGE, u64_set(self->map, 2, 1, HOUR_NS - 1, 0));
	EXPECT_RC(-ERANGE, u64_set(self->map, 2, 1, 2 * HOUR_NS + 1, 0));
	EXPECT_RC(-ERANGE, u64_set(self->map, 2, 1, TTLMAP_TTL_NEVER, 0));
	EXPECT_RC(0, u64_set(self->map, 2, 1, HOUR_NS, 0));
	EXPECT_RC(0, u64_set(self->map, 2, 1, 2 * HOUR_NS, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL));
	EXPECT_RC(0, u64_set(self->map, 2, 1, 1, 0));
	EXPECT_RC(0, u64_set(self->map, 2, 1, TTLMAP_TTL_NEVER, 0));
}

TEST_F(tune, jitter)
{
	u64 shortened = 0;

	ASSERT_FD(self->map, make(0, 1000, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_JITTER, .jitter_ns = 10 * HOUR_NS));
	EXPECT_STAT(10 * HOUR_NS, jitter_ns);
	ASSERT_RC(0, u64_fill(self->map, 0, 100, 100 * HOUR_NS));
	for (u64 key = 0; key < 100; key++) {
		u64 left = peek_ttl(self->map, key);

		EXPECT_GE(100 * HOUR_NS, left);
		EXPECT_LT(89 * HOUR_NS, left);
		shortened += left < 99 * HOUR_NS;
	}
	EXPECT_LT(0, shortened);
}

TEST_F(tune, require_ttl)
{
	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS, .flags = TTLMAP_F_REQUIRE_TTL));
	EXPECT_RC(-ERANGE, u64_set(self->map, 2, 1, 0, 0));
	EXPECT_RC(-ERANGE, u64_set(self->map, 2, 1, TTLMAP_TTL_NEVER, 0));
	EXPECT_RC(0, u64_set(self->map, 2, 1, HOUR_NS, 0));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek_ttl(self->map, 1)) TH_LOG("what is there stays");
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS));
	EXPECT_RC(0, u64_set(self->map, 3, 1, 0, 0));
}

/* ---- what is refused, and changes nothing */

static const struct ttlmap_tune refused[] = {
	{ .what = 0 },
	{ .what = 1U << 8, .flags = 0 },
	{ .what = 1U << 31 | TTLMAP_TUNE_ENTRIES, .max_entries = 5 },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 0 },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = TTLMAP_ENTRIES_MAX + 1 },
	{ .what = TTLMAP_TUNE_BYTES, .max_bytes = ~0ULL },
	/* what is not asked for must be zero */
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .max_bytes = 1 },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .default_ttl_ns = HOUR_NS },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .min_ttl_ns = 1 },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .max_ttl_ns = HOUR_NS },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .jitter_ns = 1 },
	{ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5, .flags = TTLMAP_F_NO_EVICT },
	{ .what = TTLMAP_TUNE_BYTES, .max_entries = 5 },
	/* one that is good does not make up for one that is not */
	{ .what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_FLAGS, .max_entries = 5,
	  .flags = TTLMAP_F_SLIDING },
};

static const struct ttlmap_tune out_of_range[] = {
	{ .what = TTLMAP_TUNE_TTL, .default_ttl_ns = TTLMAP_TTL_MAX + 1 },
	{ .what = TTLMAP_TUNE_MIN_TTL, .min_ttl_ns = TTLMAP_TTL_MAX + 1 },
	{ .what = TTLMAP_TUNE_MAX_TTL, .max_ttl_ns = TTLMAP_TTL_MAX + 1 },
	{ .what = TTLMAP_TUNE_JITTER, .jitter_ns = TTLMAP_TTL_MAX + 1 },
	{ .what = TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL, .min_ttl_ns = 2 * HOUR_NS,
	  .max_ttl_ns = HOUR_NS },
	{ .what = TTLMAP_TUNE_MIN_TTL, .min_ttl_ns = 11 * HOUR_NS },
	{ .what = TTLMAP_TUNE_MAX_TTL, .max_ttl_ns = 9 * HOUR_NS },
	{ .what = TTLMAP_TUNE_TTL | TTLMAP_TUNE_MAX_TTL, .default_ttl_ns = 3 * HOUR_NS,
	  .max_ttl_ns = 2 * HOUR_NS },
	{ .what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_JITTER, .max_entries = 5,
	  .jitter_ns = ~0ULL },
};

static bool limits_differ(const struct ttlmap_stat *a, const struct ttlmap_stat *b)
{
	return a->max_entries != b->max_entries || a->max_bytes != b->max_bytes ||
	       a->default_ttl_ns != b->default_ttl_ns || a->min_ttl_ns != b->min_ttl_ns ||
	       a->max_ttl_ns != b->max_ttl_ns || a->jitter_ns != b->jitter_ns ||
	       a->flags != b->flags;
}

TEST_F(tune, all_or_nothing)
{
	struct ttlmap_stat before;

	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_TTL, .default_ttl_ns = 10 * HOUR_NS));
	ASSERT_RC(0, map_stat(self->map, &before));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		EXPECT_RC(-EINVAL, map_tune(self->map, refused[i]), "row %zu", i);
	for (size_t i = 0; i < ARRAY_SIZE(out_of_range); i++)
		EXPECT_RC(-ERANGE, map_tune(self->map, out_of_range[i]), "row %zu", i);
	EXPECT_RC(-EFAULT, map_ioctl(self->map, TTLMAP_IOC_TUNE, NULL));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_FALSE(limits_differ(&before, &self->stat));
}

TEST_F(tune, flags_that_stay_as_they_are)
{
	const u32 kinds[] = { 0, TTLMAP_F_COUNTERS | TTLMAP_F_SLIDING | TTLMAP_F_OWNERS,
			      TTLMAP_F_RECLAIM, TTLMAP_F_SIPHASH | TTLMAP_F_PRIVATE };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		ASSERT_FD(self->map, make(kinds[i], 100, 0));
		for (u32 bit = 2; bit < 32; bit++)
			EXPECT_RC(-EINVAL, TUNE(.what = TTLMAP_TUNE_FLAGS,
						.flags = kinds[i] ^ 1U << bit),
				  "flags %#x, bit %u", kinds[i], bit);
		EXPECT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS, .flags = kinds[i]));
		EXPECT_RC(0, TUNE(.what = TTLMAP_TUNE_FLAGS,
				  .flags = kinds[i] | TTLMAP_F_REQUIRE_TTL));
		EXPECT_STAT(kinds[i] | TTLMAP_F_REQUIRE_TTL, flags);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(tune, what_is_reclaimable_evicts)
{
	ASSERT_FD(self->map, make(TTLMAP_F_RECLAIM, 100, 0));
	EXPECT_RC(-EINVAL, TUNE(.what = TTLMAP_TUNE_FLAGS,
				.flags = TTLMAP_F_RECLAIM | TTLMAP_F_NO_EVICT));
}

TEST_F(tune, preallocated)
{
	ASSERT_FD(self->map, make(TTLMAP_F_PREALLOC, 1000, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 1000, 0));
	EXPECT_RC(-EINVAL, TUNE_ENTRIES(1001));
	EXPECT_RC(0, TUNE_ENTRIES(10));
	EXPECT_TRUE(eventually(map_entries(self->map) <= 10));
	EXPECT_RC(-EINVAL, TUNE_ENTRIES(1001));
	EXPECT_RC(0, TUNE_ENTRIES(1000));
	ASSERT_RC(0, u64_fill(self->map, 1000, 1000, 0));
	EXPECT_STAT(1000, entries);
}

/* ---- who may */

static int tune_opened(void *arg)
{
	const u32 *how = arg;
	int map = map_open(NAME, *how);

	if (map < 0)
		return map;
	return map_tune(map, (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES,
						   .max_entries = 50 });
}

static int freeze_opened(void *arg)
{
	const u32 *how = arg;
	int map = map_open(NAME, *how);

	return map < 0 ? map : map_freeze(map);
}

static int create_named(void *arg)
{
	const u32 *mode = arg;
	int map = map_create_named(NAME, *mode, 100);

	return map < 0 ? map : 0;
}

TEST_F(tune, who_may)
{
	u32 mode = 0666, both = BOTH, reading = TTLMAP_OPEN_READ, writing = TTLMAP_OPEN_WRITE;
	struct stat device;

	ASSERT_EQ(0, stat(DEVICE, &device));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	ASSERT_RC(0, as_user(1000, 1000, create_named, &mode));
	EXPECT_RC(-EPERM, as_user(2000, 1000, tune_opened, &both));
	EXPECT_RC(-EPERM, as_user(2000, 1000, freeze_opened, &both));
	EXPECT_RC(-EPERM, as_user(2000, 2000, freeze_opened, &writing));
	EXPECT_RC(-EBADF, as_user(1000, 1000, tune_opened, &reading));
	EXPECT_RC(-EBADF, as_user(1000, 1000, freeze_opened, &reading));
	EXPECT_RC(0, as_user(1000, 1000, tune_opened, &writing));
	EXPECT_RC(0, as_user(0, 0, tune_opened, &both));
	EXPECT_RC(0, as_user(1000, 1000, freeze_opened, &both));
	EXPECT_RC(-EROFS, as_user(1000, 1000, tune_opened, &both));
	EXPECT_RC(0, as_user(0, 0, freeze_opened, &both), "it is frozen already");
	EXPECT_RC(0, map_unlink(NAME));
	ASSERT_EQ(0, chmod(DEVICE, device.st_mode & 07777));
}

/* ---- under load */

static struct ttlmap_op random_op(struct rng *rng, u64 *key, u64 *value)
{
	*key = *value = rng_below(rng, 8000);
	switch (rng_below(rng, 8)) {
	case 0:
		return op_delete(key, 8);
	case 1:
		return op_pop(key, 8, value, 8);
	case 2:
		return op_touch(key, 8, HOUR_NS, 0);
	case 3:
		return op_lookup(key, 8, value, 8);
	default:
		return op_update(key, 8, value, 8,
				 rng_below(rng, 4) ? HOUR_NS : 1 + rng_below(rng, 10000000),
				 0);
	}
}

static bool may_happen(const struct ttlmap_op *op)
{
	switch (op->result) {
	case 0:
		return true;
	case -ENOENT:
		return op->op != TTLMAP_OP_UPDATE;
	case -ENOSPC:
		return op->op == TTLMAP_OP_UPDATE;
	case -ERANGE:
		return op->op == TTLMAP_OP_UPDATE || op->op == TTLMAP_OP_TOUCH;
	case -EROFS:
		return op->op != TTLMAP_OP_LOOKUP && op->op != TTLMAP_OP_TOUCH;
	default:
		return false;
	}
}

static void *random_batches(void *arg)
{
	struct writer *writer = arg;
	struct rng rng = rng_make(seed_from_env(400) + writer->number);
	struct ttlmap_op ops[32];
	u64 keys[32], values[32];
	u32 done;

	while (!*writer->stop) {
		for (int i = 0; i < 32; i++)
			ops[i] = random_op(&rng, &keys[i], &values[i]);
		if (map_batch(writer->map, ops, 32, &done))
			writer->failed++;
		for (u32 i = 0; i < done; i++) {
			if (!may_happen(&ops[i])) {
				writer->failed++;
				writer->first_failure = writer->first_failure ?: ops[i].result;
			}
			if (!ops[i].result && values[i] != keys[i])
				writer->missed++;
		}
		writer->written += done;
	}
	return NULL;
}

/* As it comes: some of it is refused. */
static int tune_randomly(int map, struct rng *rng)
{
	struct ttlmap_tune tune = { .what = 1 + rng_below(rng, 127) };

	if (tune.what & TTLMAP_TUNE_ENTRIES)
		tune.max_entries = 1 + rng_below(rng, 9000);
	if (tune.what & TTLMAP_TUNE_BYTES)
		tune.max_bytes = rng_below(rng, 2) * (1 + rng_below(rng, 500000));
	if (tune.what & TTLMAP_TUNE_TTL)
		tune.default_ttl_ns = rng_below(rng, 2) * HOUR_NS;
	if (tune.what & TTLMAP_TUNE_MIN_TTL)
		tune.min_ttl_ns = rng_below(rng, 2) * 1000000;
	if (tune.what & TTLMAP_TUNE_MAX_TTL)
		tune.max_ttl_ns = rng_below(rng, 2) * 3 * HOUR_NS;
	if (tune.what & TTLMAP_TUNE_JITTER)
		tune.jitter_ns = rng_below(rng, 2) * NSEC_PER_SEC;
	if (tune.what & TTLMAP_TUNE_FLAGS)
		tune.flags = rng_below(rng, 4);
	return map_tune(map, tune);
}

static void start_writers(int map, struct writer *writers, pthread_t *threads,
			  atomic_bool *stop)
{
	*stop = false;
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .map = map, .number = i, .stop = stop };
		pthread_create(&threads[i], NULL, random_batches, &writers[i]);
	}
}

#define STOP_WRITERS() do {						\
	stop = true;							\
	for (int i_ = 0; i_ < WRITERS; i_++) {				\
		pthread_join(threads[i_], NULL);			\
		EXPECT_EQ(0, writers[i_].failed)			\
			TH_LOG("seen %s (seed %llu)",			\
			       rc_name(writers[i_].first_failure),	\
			       seed_from_env(400));			\
		EXPECT_EQ(0, writers[i_].missed)			\
			TH_LOG("a value of another key (seed %llu)",	\
			       seed_from_env(400));			\
	}								\
} while (0)

TEST_F(tune, under_load)
{
	struct rng rng = rng_make(seed_from_env(400) + 1000);
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	int tuned = 0, rc, wrong = 0;
	atomic_bool stop;

	ASSERT_FD(self->map, make(0, 5000, 0));
	start_writers(self->map, writers, threads, &stop);
	for (u64 i = 0; i < effort(1500, 50000); i++) {
		rc = tune_randomly(self->map, &rng);
		tuned += !rc;
		if (rc && rc != -ERANGE && rc != -ENOSPC)
			wrong = rc;
	}
	STOP_WRITERS();
	EXPECT_EQ(0, wrong) TH_LOG("tune: seen %s", rc_name(wrong));
	EXPECT_LT(0, tuned);
	ASSERT_RC(0, TUNE(.what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_FLAGS | TTLMAP_TUNE_BYTES |
			  TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL | TTLMAP_TUNE_TTL |
			  TTLMAP_TUNE_JITTER, .max_entries = 300));
	EXPECT_TRUE(eventually(map_entries(self->map) <= 300));
	ASSERT_RC(0, u64_fill(self->map, 100000, 1000, 0));
	EXPECT_STAT(300, entries);
	EXPECT_TRUE(stat_adds_up(&self->stat));
	EXPECT_EQ(300, self->stat.inserts - self->stat.deletes - self->stat.popped -
		  self->stat.expired - self->stat.evicted - self->stat.collision_evicted);
}

/* ---- freeze */

TEST_F(tune, frozen)
{
	struct ttlmap_freeze freeze = { .flags = 1 };

	ASSERT_FD(self->map, make(0, 100, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, 50, HOUR_NS));
	EXPECT_RC(-EINVAL, map_ioctl(self->map, TTLMAP_IOC_FREEZE, &freeze));
	freeze = (struct ttlmap_freeze){ .__reserved = 1 };
	EXPECT_RC(-EINVAL, map_ioctl(self->map, TTLMAP_IOC_FREEZE, &freeze));
	EXPECT_RC(-EFAULT, map_ioctl(self->map, TTLMAP_IOC_FREEZE, NULL));
	EXPECT_STAT(0, frozen);
	EXPECT_RC(0, u64_set(self->map, 50, 50, 0, 0));
	ASSERT_RC(0, map_freeze(self->map));
	EXPECT_STAT(1, frozen);
	EXPECT_RC(-EROFS, TUNE_ENTRIES(10));
	EXPECT_RC(-EROFS, TUNE(.what = TTLMAP_TUNE_TTL, .default_ttl_ns = HOUR_NS));
	EXPECT_EQ(51, u64_count_present(self->map, 0, 51));
}

/*
 * Frozen, with keys 0 to 3 that have expired since and 10 that never does. Where
 * this program is held up, they may go before the map is frozen: once more.
 */
static int make_stale(u32 flags)
{
	for (;;) {
		int map = make(flags, 100, 0);
		u64 due;

		if (map < 0 || u64_fill(map, 0, 4, NSEC_PER_SEC) ||
		    u64_set(map, 10, 10, 0, 0))
			return -EBADE;
		due = boottime_ns() + NSEC_PER_SEC;
		if (map_freeze(map))
			return -EBADE;
		if (map_entries(map) == 5) {
			sleep_until(due);
			return map;
		}
		close(map);
	}
}

/* Unreadable for all, but there. */
TEST_F(tune, frozen_entries_expire_but_stay)
{
	u64 room[128];
	struct ttlmap_scan scan = { };

	ASSERT_FD(self->map, make_stale(0));
	for (u64 key = 0; key < 4; key++) {
		EXPECT_FALSE(u64_has(self->map, key));
		EXPECT_RC(-EROFS, u64_delete(self->map, key));
	}
	ASSERT_RC(0, map_scan(self->map, &scan, room, sizeof(room), 0));
	EXPECT_EQ(1, scan.count);
	EXPECT_STAT(5, entries);
	EXPECT_EQ(4, self->stat.stale_entries);
	EXPECT_EQ(0, self->stat.expired);
	EXPECT_LT(0, self->stat.oldest_stale_ns);
	EXPECT_TRUE(stat_adds_up(&self->stat));
	EXPECT_RC(0, u64_set(self->map, 0, 70, 0, 0));
	EXPECT_RC(0, u64_touch(self->map, 1, HOUR_NS, 0));
	EXPECT_RC(0, u64_set(self->map, 2, 72, HOUR_NS, TTLMAP_NEW));
	EXPECT_TRUE(u64_has(self->map, 0) && u64_has(self->map, 1) && u64_has(self->map, 2));
	EXPECT_STAT(1, stale_entries);
	EXPECT_EQ(5, self->stat.entries);
}

TEST_F(tune, frozen_counters_start_anew)
{
	u64 sum;

	ASSERT_FD(self->map, make_stale(TTLMAP_F_COUNTERS));
	EXPECT_RC(0, u64_add(self->map, 1, 1, &sum));
	EXPECT_EQ(1, sum);
	EXPECT_RC(0, u64_add(self->map, 1, 1, &sum));
	EXPECT_EQ(2, sum);
	EXPECT_EQ(5, map_entries(self->map));
}

/* A longer value does not push other keys out. */
TEST_F(tune, frozen_values_find_no_room)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 1000, .max_entries = 100,
					.max_bytes = 5000 };
	static const u8 value[1000];
	u64 key = 1, before;
	struct ttlmap_op op = op_update(&key, 8, value, sizeof(value), 0, 0);

	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, u64_fill(self->map, 0, 200, 0));
	before = map_entries(self->map);
	key = 199;
	ASSERT_TRUE(u64_has(self->map, key));
	ASSERT_RC(0, map_freeze(self->map));
	EXPECT_RC(-ENOSPC, map_op(self->map, &op));
	EXPECT_STAT(before, entries);
	EXPECT_EQ(before, u64_count_present(self->map, 0, 200));
}

TEST_F(tune, frozen_while_it_shrinks)
{
	u64 entries;

	ASSERT_FD(self->map, make(0, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	ASSERT_RC(0, TUNE_ENTRIES(10));
	ASSERT_RC(0, map_freeze(self->map));
	entries = map_entries(self->map);
	EXPECT_EQ(entries, u64_count_present(self->map, 0, FULL));
	EXPECT_EQ(entries, map_entries(self->map));
}

TEST_F(tune, frozen_is_not_reclaimed)
{
	ASSERT_FD(self->map, make(TTLMAP_F_RECLAIM, FULL, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, FULL, 0));
	ASSERT_RC(0, map_freeze(self->map));
	ASSERT_RC(0, file_write("/proc/sys/vm/drop_caches", "2"));
	EXPECT_EQ(FULL, u64_count_present(self->map, 0, FULL));
	EXPECT_STAT(0, reclaimed);
}

/* The keys as the call returns are the keys for good, whatever is under way. */
TEST_F(tune, freeze_under_load)
{
	static u64 before[8192], after[8192];

	for (u64 round = 0; round < effort(25, 500); round++) {
		struct writer writers[WRITERS];
		pthread_t threads[WRITERS];
		atomic_bool stop;
		u64 entries;

		ASSERT_FD(self->map, make(round % 2 ? TTLMAP_F_RECLAIM : 0, 500, 0));
		start_writers(self->map, writers, threads, &stop);
		sleep_ms(round);
		ASSERT_RC(0, map_freeze(self->map));
		ASSERT_RC(0, map_stat(self->map, &self->stat));
		entries = self->stat.entries;
		for (u64 key = 0; key < 8000; key++)
			before[key] = u64_touch(self->map, key, HOUR_NS, 0) == 0;
		STOP_WRITERS();
		for (u64 key = 0; key < 8000; key++)
			after[key] = u64_touch(self->map, key, HOUR_NS, 0) == 0;
		for (u64 key = 0; key < 8000; key++) {
			EXPECT_EQ(before[key], after[key])
				TH_LOG("round %d: key %llu came or went (seed %llu)",
				       round, key, seed_from_env(400));
		}
		EXPECT_STAT(entries, entries);
		close(self->map);
	}
	self->map = -1;
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
}

TEST_HARNESS_MAIN
