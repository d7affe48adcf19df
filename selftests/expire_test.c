// SPDX-License-Identifier: GPL-2.0
/* Expired entries: never returned, and their memory comes back by itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mount.h>

#include "harness.h"

#define LAG_BOUND_NS	(100 * NSEC_PER_MSEC)
#define BATCH		2048

/* What is left until @deadline, and at least something. */
static u64 ttl_until(u64 deadline)
{
	u64 now = boottime_ns();

	return deadline > now ? deadline - now : 1;
}

/*
 * Writes keys in a row whose deadlines are spread evenly over @spread, from
 * @least after the first write on.  Returns when the last one is due in @last.
 */
static int fill_spread(int map, u64 count, u64 least, u64 spread, u64 *last)
{
	static struct ttlmap_op ops[BATCH];
	static u64 keys[BATCH];
	u64 first = boottime_ns() + least, slowest = 0;
	u32 done = 0;

	for (u64 at = 0; at < count; at += done) {
		u32 some = count - at < BATCH ? count - at : BATCH;
		u64 started = boottime_ns();
		int rc;

		for (u32 i = 0; i < some; i++) {
			keys[i] = at + i;
			ops[i] = op_update(&keys[i], 8, &keys[i], 8,
					   ttl_until(first + mix64(keys[i]) % spread), 0);
		}
		rc = map_batch(map, ops, some, &done);
		if (rc || done != some)
			return rc ?: -EINTR;
		for (u32 i = 0; i < some; i++)
			if (ops[i].result)
				return ops[i].result;
		/* A TTL counts from when its turn in the batch came. */
		if (boottime_ns() - started > slowest)
			slowest = boottime_ns() - started;
	}
	*last = first + spread + slowest;
	if (boottime_ns() > *last)
		*last = boottime_ns();
	return 0;
}

/* None of @sample keys may be found once all of them have expired. */
TEST(a_million_entries)
{
	u64 count = affordable(effort(1000000, 1000000), 128), last = 0;
	struct ttlmap_create create = MAP_8_8(count);
	struct ttlmap_stat empty, stat;
	int map;

	create.flags = TTLMAP_F_NO_EVICT;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &empty));
	ASSERT_RC(0, fill_spread(map, count, slowness() * 10 * NSEC_PER_SEC, 4 * NSEC_PER_SEC,
				 &last));
	ASSERT_RC(0, map_stat(map, &stat));
	ksft_print_msg("%llu entries written, %llu of them still there\n", count,
		       stat.entries);
	sleep_until(last);
	for (u64 key = 0; key < count; key += 97) {
		ASSERT_FALSE(u64_has(map, key)) TH_LOG("key %llu has expired", key);
	}
	EXPECT_TRUE(eventually(map_at_rest(map, &stat) && !stat.entries &&
			       stat.segments == empty.segments));
	EXPECT_EQ(0, stat.live_bytes + stat.stale_bytes + stat.retired_bytes);
	EXPECT_GE(empty.table_bytes, stat.table_bytes);
	EXPECT_EQ(count, stat.inserts);
	EXPECT_EQ(count, stat.expired);
	ksft_print_msg("longest lag %llu ms (nominal bound %llu ms)\n",
		       stat.expire_lag_max_ns / NSEC_PER_MSEC, LAG_BOUND_NS / NSEC_PER_MSEC);
	close(map);
}

/* Nobody looks, and yet the memory is given back. */
TEST(reclaimed_without_a_visit)
{
	struct ttlmap_create create = MAP_8_8(100000);
	u64 count = effort(50000, 50000), slab_before, slab_full, last;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_LT(0, slab_shrink("ttlmap"));
	slab_before = slab_objects("ttlmap");
	ASSERT_RC(0, fill_spread(map, count, slowness() * 6 * NSEC_PER_SEC, NSEC_PER_SEC, &last));
	slab_full = slab_objects("ttlmap");
	EXPECT_LE(slab_before + count, slab_full);
	/* The slab allocator is asked, so that nothing calls into the map. */
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 &&
			       slab_objects("ttlmap") <= slab_before + 100))
		TH_LOG("objects: %llu before, %llu full, %llu now",
		       slab_before, slab_full, slab_objects("ttlmap"));
	close(map);
}

/*
 * The bound holds where the worker keeps up; a shared machine may stop us for
 * longer than that, but hardly three times in a row.
 */
TEST(lag_at_a_moderate_rate)
{
	u64 best = ~0ULL;

	for (int try = 0; try < 3 && best >= slowness() * LAG_BOUND_NS; try++) {
		struct ttlmap_create create = MAP_8_8(10000);
		struct ttlmap_stat stat;
		u64 last;
		int map;

		ASSERT_FD(map, map_create(&create));
		ASSERT_RC(0, fill_spread(map, 4000, slowness() * NSEC_PER_SEC, 2 * NSEC_PER_SEC,
					 &last));
		sleep_until(last);
		ASSERT_TRUE(eventually(map_at_rest(map, &stat) && !stat.entries));
		ksft_print_msg("longest lag %llu ms\n",
			       stat.expire_lag_max_ns / NSEC_PER_MSEC);
		EXPECT_LT(0, stat.expire_lag_max_ns);
		if (stat.expire_lag_max_ns < best)
			best = stat.expire_lag_max_ns;
		close(map);
	}
	EXPECT_GT(slowness() * LAG_BOUND_NS, best);
}

/* ---- deadlines of all kinds in the same segments */

static const u64 far[] = {
	HOUR_NS / 10, HOUR_NS, 24 * HOUR_NS, 8760 * HOUR_NS, 876000 * HOUR_NS,
	TTLMAP_TTL_MAX, TTLMAP_TTL_NEVER,
};

#define FAR_EACH	200

TEST(far_deadlines_are_kept)
{
	struct ttlmap_create create = MAP_8_8(10000);
	struct ttlmap_stat stat;
	u64 last;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		ASSERT_RC(0, u64_fill(map, 1000000 * (i + 1), FAR_EACH, far[i]));
	ASSERT_RC(0, fill_spread(map, 3000, 1, NSEC_PER_SEC, &last));
	sleep_until(last);
	ASSERT_TRUE(eventually(map_at_rest(map, &stat) &&
			       stat.entries == FAR_EACH * ARRAY_SIZE(far)))
		TH_LOG("%llu entries remain, %llu expired",
		       stat.entries, stat.expired);
	EXPECT_EQ(3000, stat.expired);
	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		for (u64 key = 1000000 * (i + 1); key < 1000000 * (i + 1) + FAR_EACH; key++) {
			u64 value;
			struct ttlmap_op op = op_lookup(&key, 8, &value, 8);

			ASSERT_RC(0, map_op(map, &op), "ttl %llu", far[i]);
			ASSERT_GE(far[i], op.ttl_ns);
			ASSERT_LT(far[i] - HOUR_NS / 20, op.ttl_ns);
		}
	}
	close(map);
}

/* Later deadlines: nothing may be reclaimed at the time that was first given. */
TEST(a_deadline_that_moves_away)
{
	struct ttlmap_create create = MAP_8_8(10000);
	struct ttlmap_stat stat;
	u64 short_ttl = slowness() * 700 * NSEC_PER_MSEC, last;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 1000, short_ttl));
	ASSERT_RC(0, u64_fill(map, 0, 1000, HOUR_NS));
	last = boottime_ns();
	ASSERT_RC(0, map_stat(map, &stat));
	sleep_until(last + short_ttl + 300 * NSEC_PER_MSEC);
	EXPECT_EQ(1000, u64_count_present(map, 0, 1000));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1000, stat.entries);
	EXPECT_EQ(1000, stat.inserts) TH_LOG("the machine was too slow for this test");
	EXPECT_EQ(0, stat.expired);
	close(map);
}

/* Sooner deadlines: the segment must be found at the new time. */
TEST(a_deadline_that_comes_nearer)
{
	struct ttlmap_create create = MAP_8_8(10000);
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		ASSERT_RC(0, u64_fill(map, 1000 * i, 1000, far[i]));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		ASSERT_RC(0, u64_fill(map, 1000 * i, 500, 1 + i * 50 * NSEC_PER_MSEC));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat) &&
			       stat.entries == 500 * ARRAY_SIZE(far)));
	EXPECT_EQ(500 * ARRAY_SIZE(far), stat.expired);
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		EXPECT_EQ(500, u64_count_present(map, 1000 * i, 1000));
	close(map);
}

/* What is removed in another way does not expire as well. */
TEST(deletes_and_deadlines)
{
	struct ttlmap_create create = MAP_8_8(10000);
	struct ttlmap_stat stat;
	u64 last;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, fill_spread(map, 5000, NSEC_PER_SEC, NSEC_PER_SEC, &last));
	ASSERT_RC(0, u64_empty(map, 0, 2500));
	sleep_until(last);
	ASSERT_TRUE(eventually(map_at_rest(map, &stat) && !stat.entries));
	EXPECT_EQ(5000, stat.inserts);
	EXPECT_EQ(5000, stat.deletes + stat.expired);
	close(map);
}

TEST(a_map_may_go_with_deadlines_pending)
{
	for (int round = 0; round < 20; round++) {
		struct ttlmap_create create = MAP_8_8(3000);
		u64 last;
		int map;

		ASSERT_FD(map, map_create(&create));
		ASSERT_RC(0, fill_spread(map, 3000, 1, 50 * NSEC_PER_MSEC, &last));
		close(map);
	}
	EXPECT_TRUE(eventually(live_maps() == 0));
}

/* ---- an idle map wakes nobody */

#define TRACING	"/sys/kernel/tracing/"

static const char *const wakeups[] = {
	TRACING "events/workqueue/workqueue_execute_start/enable",
	TRACING "events/timer/timer_expire_entry/enable",
	TRACING "events/timer/hrtimer_expire_entry/enable",
};

static int trace_wakeups(bool on)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(wakeups) && !rc; i++)
		rc = file_write_patching(wakeups[i], on ? "1" : "0");
	return rc;
}

/* Timers and work of the module that ran since the trace was emptied. */
static int wakeups_seen(void)
{
	char *trace = file_read(TRACING "trace");
	int count = 0;

	if (!trace)
		return -ENOENT;
	for (char *at = trace; (at = strstr(at, "[ttlmap]")); at++)
		count++;
	free(trace);
	return count;
}

TEST(an_idle_map_wakes_nobody)
{
	struct ttlmap_create create = MAP_8_8(10000);
	u64 usual_ms = parameter_read("sample_ms");
	struct ttlmap_stat stat;
	int map;

	mount("tracefs", TRACING, "tracefs", 0, NULL);
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 3000, 0));
	ASSERT_RC(0, u64_empty(map, 0, 1500));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	/* The sampler looks for as long as there is something new. */
	ASSERT_RC(0, parameter_write("sample_ms", 10));
	sleep_ms(1500);
	ASSERT_RC(0, trace_wakeups(true));
	ASSERT_RC(0, file_write(TRACING "trace", ""));
	sleep_ms(2500);
	EXPECT_EQ(0, wakeups_seen());
	/* The same look does see a map that has something to do. */
	ASSERT_RC(0, u64_set(map, 1 << 20, 1, 100 * NSEC_PER_MSEC, 0));
	EXPECT_TRUE(eventually(wakeups_seen() > 0));
	ASSERT_RC(0, trace_wakeups(false));
	ASSERT_RC(0, parameter_write("sample_ms", usual_ms));
	close(map);
}

TEST_HARNESS_MAIN
