// SPDX-License-Identifier: GPL-2.0
/*
 * What a map's flags promise: sliding expiry, jitter, mandatory TTLs, hashing,
 * privacy, and where memory comes from and goes when there is none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME	"policy.test"

FIXTURE(policy) {
	int map;
	u64 room;
	struct ttlmap_stat stat;
};

FIXTURE_SETUP(policy)
{
	self->map = -1;
}

FIXTURE_TEARDOWN(policy)
{
	close(self->map);
}

static int make(u32 flags, u64 capacity)
{
	struct ttlmap_create create = MAP_8_8(capacity);

	create.flags = flags;
	return map_create(&create);
}

#define EXPECT_STAT(want, field) do {					\
	ASSERT_RC(0, map_stat(self->map, &self->stat));			\
	EXPECT_EQ(want, self->stat.field);				\
} while (0)

static u64 left_of(int map, u64 key)
{
	u64 room;
	struct ttlmap_op op = op_lookup(&key, 8, &room, 8);

	op.flags = TTLMAP_PEEK;
	return map_op(map, &op) ? 0 : op.ttl_ns;
}

/* ---- sliding */

/* When an entry expires; the clock is read twice until that is sure to 10 ms. */
static u64 expiry_of(int map, u64 key)
{
	u64 before, left;

	do {
		before = boottime_ns();
		left = left_of(map, key);
	} while (left && boottime_ns() - before > 10 * NSEC_PER_MSEC);
	return left ? before + left : 0;
}

#define LATER	(30 * NSEC_PER_MSEC)

/* Whether an hour's TTL starts anew by what is done between two looks at it. */
#define SLIDES_BY(...) ({						\
	u64 first_, second_;						\
									\
	first_ = expiry_of(self->map, 1);				\
	sleep_ms(60);							\
	EXPECT_RC(0, __VA_ARGS__);					\
	second_ = expiry_of(self->map, 1);				\
	EXPECT_NE(0, second_);						\
	second_ > first_ + LATER;					\
})

static int peek(int map)
{
	return left_of(map, 1) ? 0 : -ENOENT;
}

static int scan(int map)
{
	u64 room[16];
	struct ttlmap_scan scan = { };

	return map_scan(map, &scan, room, sizeof(room), 0);
}

TEST_F(policy, a_use_slides)
{
	ASSERT_FD(self->map, make(TTLMAP_F_SLIDING, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, HOUR_NS, 0));
	EXPECT_TRUE(SLIDES_BY(u64_get(self->map, 1, &self->room)));
	EXPECT_FALSE(SLIDES_BY(peek(self->map)));
	EXPECT_FALSE(SLIDES_BY(scan(self->map)));
}

TEST_F(policy, without_sliding_a_use_changes_nothing)
{
	ASSERT_FD(self->map, make(0, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, HOUR_NS, 0));
	EXPECT_FALSE(SLIDES_BY(u64_get(self->map, 1, &self->room)));
}

TEST_F(policy, an_addition_slides)
{
	ASSERT_FD(self->map, make(TTLMAP_F_SLIDING | TTLMAP_F_COUNTERS, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, HOUR_NS, 0));
	EXPECT_TRUE(SLIDES_BY(u64_add(self->map, 1, 1, &self->room)));
}

static bool about(u64 left, u64 ttl)
{
	return left <= ttl && left > ttl / 2;
}

TEST_F(policy, slides_by_the_ttl_it_was_given)
{
	ASSERT_FD(self->map, make(TTLMAP_F_SLIDING, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, HOUR_NS, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 2, 10 * HOUR_NS, TTLMAP_TTL_KEEP));
	ASSERT_RC(0, u64_get(self->map, 1, &self->room));
	EXPECT_TRUE(about(left_of(self->map, 1), HOUR_NS)) TH_LOG("KEEP keeps the TTL");
	ASSERT_RC(0, u64_touch(self->map, 1, 100 * HOUR_NS, 0));
	ASSERT_RC(0, u64_get(self->map, 1, &self->room));
	EXPECT_TRUE(about(left_of(self->map, 1), 100 * HOUR_NS));
	ASSERT_RC(0, u64_touch(self->map, 1, HOUR_NS, 0));
	ASSERT_RC(0, u64_get(self->map, 1, &self->room));
	EXPECT_TRUE(about(left_of(self->map, 1), HOUR_NS));
	ASSERT_RC(0, u64_set(self->map, 1, 1, TTLMAP_TTL_NEVER, 0));
	ASSERT_RC(0, u64_get(self->map, 1, &self->room));
	EXPECT_EQ(TTLMAP_TTL_NEVER, left_of(self->map, 1));
}

/*
 * Used again and again it lives on for longer than its TTL; unless it was not
 * used for that long, because others held up this program.
 */
TEST_F(policy, lives_on_while_it_is_used)
{
	const u64 ttl = 400 * NSEC_PER_MSEC, begin = boottime_ns();
	u64 used = begin, before;
	int rc;

	ASSERT_FD(self->map, make(TTLMAP_F_SLIDING, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, ttl, 0));
	while (boottime_ns() < begin + 4 * ttl) {
		sleep_ms(50);
		before = boottime_ns();
		rc = u64_get(self->map, 1, &self->room);
		/* A use soon after another one may not be written down. */
		if (boottime_ns() - used > ttl - 10 * NSEC_PER_MSEC) {
			ASSERT_RC(0, u64_set(self->map, 1, 1, ttl, 0));
			rc = 0;
		}
		used = before;
		ASSERT_RC(0, rc);
	}
	sleep_until(boottime_ns() + ttl);
	EXPECT_RC(-ENOENT, u64_get(self->map, 1, &self->room));
	EXPECT_TRUE(eventually(!map_entries(self->map)));
}

/* The wheel holds an earlier deadline than the entry's by now. */
TEST_F(policy, many_that_slide_go_in_the_end)
{
	ASSERT_FD(self->map, make(TTLMAP_F_SLIDING, 5000));
	ASSERT_RC(0, u64_fill(self->map, 0, 3000, NSEC_PER_SEC));
	for (int i = 0; i < 5; i++) {
		sleep_ms(100);
		u64_count_present(self->map, 0, 1500);
	}
	EXPECT_TRUE(eventually(!map_entries(self->map)));
	EXPECT_STAT(3000, expired);
}

/* ---- jitter */

static int make_jittery(u64 jitter, u32 flags)
{
	struct ttlmap_create create = MAP_8_8(1000);

	create.flags = flags;
	create.jitter_ns = jitter;
	return map_create(&create);
}

#define JITTERED	200

/* How many of some keys have how much of their TTL left; -1 if one has too little. */
static int count_shortened(int map, u64 ttl, u64 jitter)
{
	u64 passed = 2 * HOUR_NS;	/* more than any test takes */
	int shortened = 0;

	for (u64 key = 0; key < JITTERED; key++) {
		u64 left = left_of(map, key);

		if (left > ttl || left + jitter + passed < ttl)
			return -1;
		shortened += left + passed < ttl;
	}
	return shortened;
}

TEST_F(policy, jitter_shortens)
{
	int shortened;

	ASSERT_FD(self->map, make_jittery(100 * HOUR_NS, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, JITTERED, 1000 * HOUR_NS));
	shortened = count_shortened(self->map, 1000 * HOUR_NS, 100 * HOUR_NS);
	EXPECT_LT(JITTERED / 2, shortened) TH_LOG("seen %d of %d", shortened, JITTERED);
	for (u64 key = 0; key < JITTERED; key++)
		ASSERT_RC(0, u64_touch(self->map, key, 2000 * HOUR_NS, 0));
	shortened = count_shortened(self->map, 2000 * HOUR_NS, 100 * HOUR_NS);
	EXPECT_LT(JITTERED / 2, shortened) TH_LOG("seen %d of %d", shortened, JITTERED);
}

TEST_F(policy, jitter_takes_half_at_most)
{
	ASSERT_FD(self->map, make_jittery(TTLMAP_TTL_MAX, 0));
	ASSERT_RC(0, u64_fill(self->map, 0, JITTERED, 1000 * HOUR_NS));
	EXPECT_LT(JITTERED / 2, count_shortened(self->map, 1000 * HOUR_NS, 500 * HOUR_NS));
}

TEST_F(policy, jitter_leaves_what_never_expires)
{
	ASSERT_FD(self->map, make_jittery(HOUR_NS, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	EXPECT_EQ(TTLMAP_TTL_NEVER, left_of(self->map, 1));
	ASSERT_RC(0, u64_set(self->map, 2, 1, 1, 0));
	EXPECT_TRUE(eventually(map_entries(self->map) == 1));
}

TEST_F(policy, jitter_of_counters)
{
	ASSERT_FD(self->map, make_jittery(100 * HOUR_NS, TTLMAP_F_COUNTERS));
	for (u64 key = 0; key < JITTERED; key++) {
		struct ttlmap_op op = op_add(&key, 8, 1, 1000 * HOUR_NS, 0);

		ASSERT_RC(0, map_op(self->map, &op));
	}
	EXPECT_LT(JITTERED / 2, count_shortened(self->map, 1000 * HOUR_NS, 100 * HOUR_NS));
}

/* ---- a TTL is mandatory */

TEST_F(policy, require_ttl)
{
	u64 key = 2;
	struct ttlmap_op refresh = op_lookup(&key, 8, &self->room, 8);

	ASSERT_FD(self->map, make(TTLMAP_F_REQUIRE_TTL | TTLMAP_F_COUNTERS, 100));
	EXPECT_RC(-ERANGE, u64_set(self->map, 1, 1, 0, 0));
	EXPECT_RC(-ERANGE, u64_set(self->map, 1, 1, TTLMAP_TTL_NEVER, 0));
	EXPECT_RC(-ERANGE, u64_add(self->map, 1, 1, NULL));
	EXPECT_EQ(0, map_entries(self->map));
	ASSERT_RC(0, u64_set(self->map, 2, 1, HOUR_NS, 0));
	EXPECT_RC(-ERANGE, u64_touch(self->map, 2, 0, 0));
	EXPECT_RC(-ERANGE, u64_touch(self->map, 2, TTLMAP_TTL_NEVER, TTLMAP_TTL_EXTEND));
	refresh.flags = TTLMAP_TTL_REFRESH;
	EXPECT_RC(-ERANGE, map_op(self->map, &refresh));
	EXPECT_TRUE(about(left_of(self->map, 2), HOUR_NS));
}

TEST_F(policy, require_ttl_with_a_default)
{
	struct ttlmap_create create = MAP_8_8(100);

	create.flags = TTLMAP_F_REQUIRE_TTL;
	create.default_ttl_ns = HOUR_NS;
	ASSERT_FD(self->map, map_create(&create));
	EXPECT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	EXPECT_TRUE(about(left_of(self->map, 1), HOUR_NS));
	EXPECT_RC(-ERANGE, u64_set(self->map, 1, 1, TTLMAP_TTL_NEVER, 0));
}

/* ---- very many expire in one tick */

#define STEADY	1000

struct reader {
	int map;
	atomic_bool stop;
	atomic_ullong rounds, missed;
	u64 longest;
};

static void *read_always(void *arg)
{
	struct reader *reader = arg;
	u64 last = boottime_ns(), now;

	for (u64 i = 0; !reader->stop; i++) {
		if (!u64_has(reader->map, i % STEADY))
			reader->missed++;
		now = boottime_ns();
		if (now - last > reader->longest)
			reader->longest = now - last;
		last = now;
		reader->rounds++;
	}
	return NULL;
}

/* All of them due at the same moment; -ETIME if that came too soon. */
static int fill_due_at(int map, u64 count, u64 deadline)
{
	for (u64 at = 0; at < count; at += 1024) {
		u64 some = count - at < 1024 ? count - at : 1024, now = boottime_ns();
		int rc;

		if (now >= deadline)
			return -ETIME;
		rc = u64_fill(map, STEADY + at, some, deadline - now);
		if (rc)
			return rc;
	}
	return 0;
}

TEST_F(policy, very_many_expire_at_once)
{
	u64 count = effort(100000, 1000000), deadline, seconds = 5, before;
	struct reader reader = { };
	pthread_t thread;
	int rc;

	do {
		close(self->map);
		ASSERT_FD(self->map, make(0, count + STEADY));
		ASSERT_RC(0, u64_fill(self->map, 0, STEADY, 0));
		deadline = boottime_ns() + seconds * NSEC_PER_SEC;
		rc = fill_due_at(self->map, count, deadline);
		seconds *= 2;
	} while (rc == -ETIME);
	ASSERT_RC(0, rc);
	reader.map = self->map;
	pthread_create(&thread, NULL, read_always, &reader);
	sleep_until(deadline);
	before = reader.rounds;
	EXPECT_TRUE(eventually(map_entries(self->map) == STEADY))
		TH_LOG("%llu entries are left", map_entries(self->map));
	EXPECT_LT(before, reader.rounds) TH_LOG("lookups stood still meanwhile");
	ksft_print_msg("%llu lookups meanwhile, the longest %llu us; longest lag %llu ms\n",
		       reader.rounds - before, reader.longest / 1000,
		       (map_stat(self->map, &self->stat), self->stat.expire_lag_max_ns) /
		       NSEC_PER_MSEC);
	reader.stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, reader.missed);
	EXPECT_STAT(count, expired);
	EXPECT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
}

/* ---- SipHash */

TEST_F(policy, siphash)
{
	ASSERT_FD(self->map, make(TTLMAP_F_SIPHASH, 50000));
	ASSERT_RC(0, u64_fill(self->map, 0, 20000, 0));
	EXPECT_EQ(20000, u64_count_present(self->map, 0, 20000));
	EXPECT_EQ(0, u64_count_present(self->map, 20000, 20000));
	ASSERT_RC(0, u64_empty(self->map, 0, 10000));
	EXPECT_EQ(10000, u64_count_present(self->map, 0, 20000));
	EXPECT_STAT(TTLMAP_F_SIPHASH, flags);
	EXPECT_EQ(0, self->stat.collision_evicted);
}

/* ---- private maps */

static bool text_shows(const char *pattern, const char *secret)
{
	bool shown = false;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = file_read(found.gl_pathv[i]);

		shown = shown || (text && strstr(text, secret));
		free(text);
	}
	globfree(&found);
	return shown;
}

TEST_F(policy, private_maps)
{
	struct ttlmap_create create = { .flags = TTLMAP_F_PRIVATE, .key_max = 32,
		.value_max = 32, .max_entries = 10, .mode = 0600, .name = NAME };
	struct ttlmap_list_item item = { };
	struct ttlmap_list list = { .items = (uintptr_t)&item, .count = 1,
				    .item_size = sizeof(item) };
	struct ttlmap_op op = op_update("secret-key", 10, "secret-value", 12, 0, 0);

	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, map_op(self->map, &op));
	EXPECT_STAT(TTLMAP_F_PRIVATE, flags);
	ASSERT_RC(0, device_ioctl(TTLMAP_IOC_LIST, &list));
	EXPECT_EQ(TTLMAP_F_PRIVATE, item.flags);
	EXPECT_TRUE(text_shows(DEBUGFS "/*", NAME)) TH_LOG("debugfs knows the map");
	EXPECT_FALSE(text_shows(DEBUGFS "/*", "secret"));
	EXPECT_FALSE(text_shows(DEBUGFS "/*/*", "secret"));
	EXPECT_RC(0, map_unlink(NAME));
}

/* ---- the shrinker */

#define MANY	20000

TEST_F(policy, the_kernel_takes_what_is_reclaimable)
{
	int other;

	ASSERT_FD(self->map, make(TTLMAP_F_RECLAIM, MANY));
	ASSERT_FD(other, make(0, MANY));
	ASSERT_RC(0, u64_fill(self->map, 0, MANY, 0));
	ASSERT_RC(0, u64_fill(other, 0, MANY, 0));
	ASSERT_RC(0, file_write("/proc/sys/vm/drop_caches", "2"));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_LT(0, self->stat.reclaimed);
	EXPECT_EQ(MANY, self->stat.entries + self->stat.reclaimed);
	EXPECT_EQ(0, self->stat.evicted);
	EXPECT_EQ(self->stat.entries, u64_count_present(self->map, 0, MANY));
	EXPECT_TRUE(stat_adds_up(&self->stat));
	EXPECT_EQ(MANY, u64_count_present(other, 0, MANY)) TH_LOG("it is not reclaimable");
	ASSERT_RC(0, map_stat(other, &self->stat));
	EXPECT_EQ(0, self->stat.reclaimed);
	ASSERT_RC(0, u64_fill(self->map, 0, MANY, 0));
	EXPECT_EQ(MANY, u64_count_present(self->map, 0, MANY));
	close(other);
}

#define ROOT	"/sys/fs/cgroup"
#define GROUP	ROOT "/ttlmap.policy"

#define CROWD	100000ULL

struct dropper {
	atomic_bool done;
	int rc;
};

static void *drop_all(void *arg)
{
	struct dropper *dropper = arg;

	dropper->rc = file_write("/proc/sys/vm/drop_caches", "2");
	dropper->done = true;
	return NULL;
}

static u64 reclaimed(int map)
{
	struct ttlmap_stat stat;

	return map_stat(map, &stat) ? 0 : stat.reclaimed;
}

/* The kernel takes all that it can get: freezing the map stops it on the way. */
static int reclaim_some(int map)
{
	struct dropper dropper = { };
	pthread_t thread;
	int rc;

	pthread_create(&thread, NULL, drop_all, &dropper);
	while (!dropper.done && reclaimed(map) < CROWD / 50)
		;
	rc = map_freeze(map);
	pthread_join(thread, NULL);
	return rc ?: dropper.rc;
}

TEST_F(policy, the_oldest_go_first)
{
	u64 old, young, all = 0;

	for (int tries = 0; tries < 20 && all < CROWD / 2; tries++) {
		close(self->map);
		ASSERT_FD(self->map, make(TTLMAP_F_RECLAIM, CROWD));
		ASSERT_RC(0, u64_fill(self->map, 0, CROWD, 0));
		ASSERT_RC(0, reclaim_some(self->map));
		all = map_entries(self->map);
	}
	old = u64_count_present(self->map, 0, CROWD / 4);
	young = u64_count_present(self->map, CROWD - CROWD / 4, CROWD / 4);
	ksft_print_msg("left: %llu of %llu, %llu of the oldest and %llu of the youngest quarter\n",
		       all, CROWD, old, young);
	EXPECT_LE(CROWD / 2, all);
	EXPECT_GT(CROWD, all);
	EXPECT_LT(old, young);
	EXPECT_LE(CROWD / 4 - CROWD / 100, young);
}

/* ---- memory cgroups: a process whose every accounted allocation fails */

struct starved {
	int map;
	u32 flags;
	u64 capacity;
	u64 succeeded;
	int rc;
	atomic_int stage;	/* 1: the map is there; 2: nothing is to be had any more */
};

static void wait_for(atomic_int *stage, int what)
{
	while (*stage != what)
		sleep_ms(1);
}

/* Nothing of this takes memory of our own after the map is there. */
static void insert_all(struct starved *starved)
{
	for (u64 key = 0; key < starved->capacity; key++) {
		starved->rc = starved->flags & TTLMAP_F_COUNTERS && key % 2 ?
			      u64_add(starved->map, key, key, NULL) :
			      u64_set(starved->map, key, key, HOUR_NS, 0);
		if (starved->rc)
			return;
		starved->succeeded++;
	}
}

static int starve(struct starved *starved)
{
	int rc = file_write("/proc/self/oom_score_adj", "-1000");

	rc = rc ?: mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0;
	rc = rc ?: file_write(GROUP "/cgroup.procs", "0");
	if (rc)
		return rc;
	starved->map = make(starved->flags, starved->capacity);
	if (starved->map < 0)
		return starved->map;
	starved->stage = 1;
	wait_for(&starved->stage, 2);
	insert_all(starved);
	return 0;
}

/* Far below what is used, so that what was charged in advance is gone as well. */
static int run_starved(struct starved *starved)
{
	pid_t child = fork();
	int status, rc;

	if (!child) {
		rc = starve(starved);
		starved->stage = 3;
		_exit(-rc);
	}
	while (starved->stage != 1)
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
	rc = file_write(GROUP "/memory.max", "4096");
	starved->stage = 2;
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return rc ?: -WEXITSTATUS(status);
}

static u64 killed_in_group(void)
{
	char *text = file_read(GROUP "/memory.events"), *at;
	u64 kills = ~0ULL;

	at = text ? strstr(text, "oom_kill ") : NULL;
	if (at)
		kills = strtoull(at + 9, NULL, 10);
	free(text);
	return kills;
}

FIXTURE(starved) {
	struct starved *shared;
};

FIXTURE_VARIANT(starved) {
	u32 flags;
	bool succeeds;
};

FIXTURE_VARIANT_ADD(starved, control) { 0, false };
FIXTURE_VARIANT_ADD(starved, control_counters) { TTLMAP_F_COUNTERS, false };
FIXTURE_VARIANT_ADD(starved, preallocated) { TTLMAP_F_PREALLOC, true };
FIXTURE_VARIANT_ADD(starved, preallocated_everything) {
	TTLMAP_F_PREALLOC | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS | TTLMAP_F_SLIDING |
	TTLMAP_F_SIPHASH, true
};

FIXTURE_VARIANT_ADD(starved, preallocated_counters) {
	TTLMAP_F_PREALLOC | TTLMAP_F_COUNTERS, true
};

FIXTURE_VARIANT_ADD(starved, preallocated_without_eviction) {
	TTLMAP_F_PREALLOC | TTLMAP_F_NO_EVICT, true
};

FIXTURE_SETUP(starved)
{
	mount("cgroup2", ROOT, "cgroup2", 0, NULL);
	ASSERT_RC(0, file_write(ROOT "/cgroup.subtree_control", "+memory"));
	rmdir(GROUP);
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

FIXTURE_TEARDOWN(starved)
{
	rmdir(GROUP);
}

TEST_F(starved, inserts_up_to_capacity)
{
	struct starved *shared = self->shared;

	shared->flags = variant->flags;
	shared->capacity = 30000;
	ASSERT_RC(0, run_starved(shared));
	EXPECT_EQ(0, killed_in_group());
	ksft_print_msg("%llu of %llu inserts, then %s\n", shared->succeeded,
		       shared->capacity, rc_name(shared->rc));
	if (variant->succeeds) {
		EXPECT_RC(0, shared->rc);
		EXPECT_EQ(shared->capacity, shared->succeeded);
	} else {
		EXPECT_RC(-ENOMEM, shared->rc);
		EXPECT_GT(shared->capacity, shared->succeeded);
	}
}

/* ---- a group's limit */

struct limited {
	int map;
	u64 succeeded;
};

static int write_in_group(void *arg)
{
	struct limited *limited = arg;
	static const char value[1000];
	int rc = file_write("/proc/self/oom_score_adj", "-1000");

	rc = rc ?: mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0;
	rc = rc ?: file_write(GROUP "/cgroup.procs", "0");
	for (u64 key = 0; !rc && key < 30000; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, sizeof(value), 0, 0);

		rc = map_op(limited->map, &op);
		limited->succeeded += !rc;
	}
	return rc;
}

TEST(a_limited_group_is_told)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 1000, .max_entries = 50000 };
	struct limited *limited = mmap(NULL, sizeof(*limited), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ttlmap_stat stat;
	u64 present = 0, key, room[125];

	mount("cgroup2", ROOT, "cgroup2", 0, NULL);
	ASSERT_RC(0, file_write(ROOT "/cgroup.subtree_control", "+memory"));
	rmdir(GROUP);
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	ASSERT_RC(0, file_write(GROUP "/memory.max", "8388608"));
	ASSERT_FD(limited->map, map_create(&create));
	EXPECT_RC(-ENOMEM, as_user(0, 0, write_in_group, limited));
	EXPECT_EQ(0, killed_in_group());
	ASSERT_RC(0, map_stat(limited->map, &stat));
	EXPECT_EQ(limited->succeeded, stat.entries);
	EXPECT_EQ(1, stat.no_memory);
	EXPECT_TRUE(stat_adds_up(&stat));
	for (key = 0; key < limited->succeeded; key++) {
		struct ttlmap_op op = op_lookup(&key, 8, room, sizeof(room));

		present += !map_op(limited->map, &op);
	}
	EXPECT_EQ(limited->succeeded, present);
	EXPECT_RC(0, u64_set(limited->map, key + 1, 1, 0, 0));
	close(limited->map);
	rmdir(GROUP);
}

/* ---- preallocated maps */

TEST_F(policy, preallocated_memory_stays_the_same)
{
	u64 empty;

	ASSERT_FD(self->map, make(TTLMAP_F_PREALLOC, 5000));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	empty = self->stat.resident_bytes;
	ASSERT_RC(0, u64_fill(self->map, 0, 5000, 0));
	EXPECT_STAT(empty, resident_bytes);
	EXPECT_EQ(5000, self->stat.entries);
	EXPECT_TRUE(stat_adds_up(&self->stat));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
	EXPECT_EQ(empty, self->stat.resident_bytes);
	ASSERT_RC(0, u64_fill(self->map, 5000, 5000, 0));
	EXPECT_STAT(0, evicted);
}

struct churn {
	int map;
	u64 seed, first;
	u32 keys, count;
	bool adds;
	u64 failed;
	int first_failure;
};

static void *churn(void *arg)
{
	struct churn *churn = arg;
	struct rng rng = rng_make(churn->seed);

	for (u32 i = 0; i < churn->count; i++) {
		u64 key = rng_below(&rng, churn->keys);
		int rc = churn->adds ? u64_add(churn->map, key, 1, NULL) :
				       u64_set(churn->map, key, i, HOUR_NS, 0);

		churn->failed += !!rc;
		churn->first_failure = churn->first_failure ?: rc;
	}
	return NULL;
}

static const struct {
	u64 capacity;
	u32 keys, count;
	bool adds;
} churns[] = {
	{ 1, 1, 30, false }, { 1, 3, 30, false }, { 1, 3, 30, true },
	{ 100, 100, 1500, false }, { 1000, 3000, 5000, false }, { 1000, 3000, 5000, true },
};

TEST_F(policy, preallocated_churn)
{
	for (size_t i = 0; i < ARRAY_SIZE(churns); i++) {
		struct churn jobs[3];
		pthread_t threads[3];

		ASSERT_FD(self->map, make(TTLMAP_F_PREALLOC |
					  (churns[i].adds ? TTLMAP_F_COUNTERS : 0),
					  churns[i].capacity));
		for (int j = 0; j < 3; j++) {
			jobs[j] = (struct churn){ .map = self->map, .keys = churns[i].keys,
				.count = churns[i].count, .adds = churns[i].adds,
				.seed = seed_from_env(500) + j };
			pthread_create(&threads[j], NULL, churn, &jobs[j]);
		}
		for (int j = 0; j < 3; j++) {
			pthread_join(threads[j], NULL);
			EXPECT_EQ(0, jobs[j].failed) {
				TH_LOG("row %zu: seen %s (seed %llu)", i,
				       rc_name(jobs[j].first_failure), seed_from_env(500));
			}
		}
		ASSERT_RC(0, map_stat(self->map, &self->stat));
		EXPECT_GE(churns[i].capacity, self->stat.entries);
		EXPECT_EQ(0, self->stat.no_memory);
		EXPECT_EQ(0, self->stat.collision_evicted);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(policy, preallocated_and_expiring)
{
	ASSERT_FD(self->map, make(TTLMAP_F_PREALLOC | TTLMAP_F_NO_EVICT, 2000));
	for (int round = 0; round < 3; round++) {
		ASSERT_RC(0, u64_fill(self->map, 0, 2000, 100 * NSEC_PER_MSEC));
		ASSERT_TRUE(eventually(map_at_rest(self->map, &self->stat) &&
				       !self->stat.entries));
	}
	EXPECT_EQ(6000, self->stat.expired);
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
	rmdir(GROUP);
}

TEST_HARNESS_MAIN
