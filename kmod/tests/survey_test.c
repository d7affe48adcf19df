// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../survey.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC

static struct ttlmap_stat survey(struct ttlmap *map)
{
	struct ttlmap_stat stat = {};

	tm_survey_stat(map, &stat);
	return stat;
}

static void limits_are_told(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = {
			.flags = TTLMAP_F_VERSIONS, .key_max = 7, .value_max = 8, .max_entries = 9,
			.max_bytes = 1000, .default_ttl_ns = 10 * MS, .min_ttl_ns = 9 * MS,
			.max_ttl_ns = 11 * MS, .jitter_ns = MS,
		},
	};
	struct ttlmap *map = tm_test_map_of(test, &params);
	struct ttlmap_stat stat = survey(map);

	KUNIT_EXPECT_EQ(test, stat.flags, TTLMAP_F_VERSIONS);
	KUNIT_EXPECT_EQ(test, stat.key_max, 7);
	KUNIT_EXPECT_EQ(test, stat.value_max, 8);
	KUNIT_EXPECT_EQ(test, stat.max_entries, 9);
	KUNIT_EXPECT_EQ(test, stat.max_bytes, 1000);
	KUNIT_EXPECT_EQ(test, stat.default_ttl_ns, 10 * MS);
	KUNIT_EXPECT_EQ(test, stat.min_ttl_ns, 9 * MS);
	KUNIT_EXPECT_EQ(test, stat.max_ttl_ns, 11 * MS);
	KUNIT_EXPECT_EQ(test, stat.jitter_ns, MS);
	KUNIT_EXPECT_EQ(test, stat.frozen, 0);
	KUNIT_EXPECT_EQ(test, stat.name[0], 0);
}

static void memory_adds_up(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	struct ttlmap_stat stat = survey(map);
	u64 empty = stat.table_bytes;

	KUNIT_EXPECT_EQ(test, stat.resident_bytes, empty);
	tm_test_fill(test, map, 0, 30);
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.entries, 30);
	KUNIT_EXPECT_EQ(test, stat.live_bytes, 30 * 40);
	KUNIT_EXPECT_EQ(test, stat.stale_entries, 0);
	KUNIT_EXPECT_EQ(test, stat.oldest_stale_ns, 0);
	KUNIT_EXPECT_EQ(test, stat.table_bytes, empty);
	KUNIT_EXPECT_EQ(test, stat.resident_bytes, empty + 30 * 40 + stat.retired_bytes);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 0), 0);
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.live_bytes, 29 * 40);
	while (tm_retire_flush(map->retirer))
		;
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.retired_entries, 0);
	KUNIT_EXPECT_EQ(test, stat.retired_bytes, 0);
}

static void stale_entries_are_counted_exactly(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	struct ttlmap_stat stat;
	u64 i;

	for (i = 0; i < 200; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, (1 + i) * MS), 0);
	for (i = 0; i < 200; i++) {
		stat = survey(map);
		KUNIT_ASSERT_EQ(test, stat.stale_entries, i);
		KUNIT_ASSERT_EQ(test, stat.stale_bytes, i * 40);
		KUNIT_ASSERT_EQ(test, stat.oldest_stale_ns, i ? (i - 1) * MS : 0);
		KUNIT_ASSERT_EQ(test, stat.live_bytes, (200 - i) * 40);
		tm_test_clock_advance(MS);
	}
	tm_test_expire(map);
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.expired + stat.stale_entries, 200);
}

static void events_are_counted(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_NO_EVICT, 2);
	struct ttlmap_stat stat;

	tm_test_fill(test, map, 0, 2);
	tm_test_fill(test, map, 0, 1);
	tm_test_insert(map, 3, 0);
	tm_test_delete(map, 0);
	tm_test_holds(map, "no", "such");
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.inserts, 2);
	KUNIT_EXPECT_EQ(test, stat.replaces, 1);
	KUNIT_EXPECT_EQ(test, stat.refused, 1);
	KUNIT_EXPECT_EQ(test, stat.deletes, 1);
	KUNIT_EXPECT_EQ(test, stat.misses, 1);
	KUNIT_EXPECT_EQ(test, stat.hits, 0);
}

static void table_is_told(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	struct ttlmap_stat stat;

	tm_test_fill(test, map, 0, 2000);
	flush_delayed_work(&map->table.work);
	stat = survey(map);
	KUNIT_EXPECT_EQ(test, stat.segments, map->table.segments);
	KUNIT_EXPECT_EQ(test, stat.splits, map->table.splits);
	KUNIT_EXPECT_EQ(test, stat.segments - stat.splits, 1 << map->table.min_bits);
	KUNIT_EXPECT_GE(test, stat.directory_slots, stat.segments);
	KUNIT_EXPECT_GT(test, stat.directory_resizes, 0);
}

static void growth_adds_up(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	u64 segments = 0, slots = 0;
	struct tm_growth growth;
	unsigned int depth, bits;

	tm_test_fill(test, map, 0, 3000);
	flush_delayed_work(&map->table.work);
	tm_survey_growth(&map->table, &growth);
	bits = ilog2(growth.directory_slots);
	for (depth = 0; depth <= bits; depth++) {
		segments += growth.at_depth[depth];
		slots += (u64)growth.at_depth[depth] << (bits - depth);
	}
	KUNIT_EXPECT_EQ(test, segments, growth.segments);
	KUNIT_EXPECT_EQ(test, slots, growth.directory_slots);
	KUNIT_EXPECT_LE(test, tm_stat_largest(map->stats, TM_WORST_SPLITS), 1);
	KUNIT_EXPECT_EQ(test, tm_stat_largest(map->stats, TM_WORST_BUCKETS), 0);
	tm_test_fill(test, map, 3000, 8000);
	KUNIT_EXPECT_LE(test, tm_stat_largest(map->stats, TM_WORST_SPLITS), 1);
	KUNIT_EXPECT_GE(test, tm_stat_largest(map->stats, TM_WORST_BUCKETS), 4);
	KUNIT_EXPECT_LE(test, tm_stat_largest(map->stats, TM_WORST_BUCKETS), 2 * 64);
}

static void pool_counts_as_table(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_PREALLOC, 100);
	u64 slot = map->pool.slot_bytes, before = survey(map).table_bytes;

	tm_test_fill(test, map, 0, 100);
	KUNIT_EXPECT_EQ(test, survey(map).live_bytes, 100 * slot);
	KUNIT_EXPECT_EQ(test, survey(map).table_bytes, before - 100 * slot);
}

static void occupancy_counts_every_slot_and_entry(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10000);
	u64 i, slots = 0, segments = 0, probes = 0, buckets = 0;
	struct tm_occupancy occupancy = {};

	tm_test_fill(test, map, 0, 2000);
	flush_delayed_work(&map->table.work);
	tm_survey_occupancy(map, &occupancy);
	KUNIT_EXPECT_EQ(test, occupancy.entries, 2000);
	KUNIT_EXPECT_EQ(test, occupancy.segments, map->table.segments);
	for (i = 0; i <= TM_BUCKET_SLOTS; i++) {
		slots += i * occupancy.bucket_slots[i];
		buckets += occupancy.bucket_slots[i];
	}
	for (i = 0; i < TM_FILL_STEPS; i++)
		segments += occupancy.segment_entries[i];
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		probes += occupancy.probe_length[i];
	KUNIT_EXPECT_EQ(test, slots, 2000);
	KUNIT_EXPECT_EQ(test, buckets, occupancy.segments * TM_SEGMENT_BUCKETS);
	KUNIT_EXPECT_EQ(test, segments, occupancy.segments);
	KUNIT_EXPECT_EQ(test, probes, 2000);
	KUNIT_EXPECT_GT(test, occupancy.probe_length[0], 1500);
}

static struct kunit_case survey_cases[] = {
	KUNIT_CASE(limits_are_told),
	KUNIT_CASE(memory_adds_up),
	KUNIT_CASE(stale_entries_are_counted_exactly),
	KUNIT_CASE(events_are_counted),
	KUNIT_CASE(table_is_told),
	KUNIT_CASE(growth_adds_up),
	KUNIT_CASE(pool_counts_as_table),
	KUNIT_CASE(occupancy_counts_every_slot_and_entry),
	{}
};

static struct kunit_suite survey_suite = {
	.name = "ttlmap_survey",
	.init = tm_fakes_init,
	.test_cases = survey_cases,
};

kunit_test_suite(survey_suite);
