// SPDX-License-Identifier: GPL-2.0
/*
 * Keys whose hashes are alike on purpose.  The seed of the hash is secret, but a
 * scan goes in the order of the hashes: keys that follow one another among very
 * many share their top bits.  Such a crowd is found in the map itself, which is
 * then emptied and given the crowd alone.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "harness.h"

#define MANY		300000
#define CROWD		300	/* of a range of one thousandth of all hashes */
#define INNOCENT	100
#define FIRST_INNOCENT	(1ULL << 32)
#define SEGMENT_SLOTS	90
/* So many innocents of a hundred may happen to live in the crowd's segment. */
#define UNLUCKY		10

FIXTURE(crowd) {
	int map;
	u64 keys[CROWD];
	struct ttlmap_stat empty;
};

FIXTURE_VARIANT(crowd) {
	u32 flags;
};

FIXTURE_VARIANT_ADD(crowd, evicting) { };
FIXTURE_VARIANT_ADD(crowd, without_eviction) { .flags = TTLMAP_F_NO_EVICT };

/* The keys that come in the middle of a scan, one after the other. */
static int find_crowd(int map, u64 *keys)
{
	static u64 buf[1 << 17];
	struct ttlmap_scan scan = { };
	u64 seen = 0, found = 0;

	do {
		int rc = map_scan(map, &scan, buf, sizeof(buf), TTLMAP_SCAN_KEYS);

		if (rc)
			return rc;
		for_each_record(record, buf, scan.bytes)
			if (++seen > MANY / 2 + 1000 && found < CROWD)
				keys[found++] = *(const u64 *)record_key(record);
	} while (!scan.done && found < CROWD);
	return found == CROWD ? 0 : -ENODATA;
}

FIXTURE_SETUP(crowd)
{
	struct ttlmap_create create = MAP_8_8(1 << 20);
	struct ttlmap_stat stat;

	create.flags = variant->flags;
	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, map_stat(self->map, &self->empty));
	ASSERT_RC(0, u64_fill(self->map, 0, MANY, 0));
	ASSERT_RC(0, find_crowd(self->map, self->keys));
	ASSERT_RC(0, u64_empty(self->map, 0, MANY));
	ASSERT_TRUE(eventually(map_at_rest(self->map, &stat) &&
			       stat.segments == self->empty.segments));
	ASSERT_EQ(0, stat.entries);
	ASSERT_EQ(0, stat.collision_evicted);
	ASSERT_RC(0, u64_fill(self->map, FIRST_INNOCENT, INNOCENT, 0));
}

FIXTURE_TEARDOWN(crowd)
{
	close(self->map);
}

static u64 count_present(int map, const u64 *keys, int count)
{
	u64 present = 0;

	for (int i = 0; i < count; i++)
		present += u64_has(map, keys[i]);
	return present;
}

/* Returns how many found no room. */
static u64 add_innocents(int map)
{
	u64 refused = 0;

	for (u64 key = 0; key < INNOCENT; key++)
		refused += !!u64_set(map, FIRST_INNOCENT + INNOCENT + key, key, 0, 0);
	return refused;
}

TEST_F(crowd, costs_its_own_segment_only)
{
	bool evicts = !(variant->flags & TTLMAP_F_NO_EVICT);
	u64 refused = 0, present, innocent;
	struct ttlmap_stat stat;

	for (int i = 0; i < CROWD; i++) {
		int rc = u64_set(self->map, self->keys[i], self->keys[i], 0, 0);

		refused += rc == -ENOSPC;
		if (rc && (evicts || rc != -ENOSPC))
			ASSERT_RC(0, rc);
		ASSERT_EQ(!rc, u64_has(self->map, self->keys[i]));
	}
	ASSERT_RC(0, map_stat(self->map, &stat));
	present = count_present(self->map, self->keys, CROWD);
	innocent = u64_count_present(self->map, FIRST_INNOCENT, INNOCENT);
	ksft_print_msg("of %d alike %llu are left: %llu evicted, %llu refused; "
		       "%llu segments, %llu directory slots\n", CROWD, present,
		       stat.collision_evicted, stat.refused, stat.segments,
		       stat.directory_slots);
	EXPECT_LT(0, evicts ? stat.collision_evicted : stat.refused)
		TH_LOG("%d hashes alike found room for all", CROWD);
	EXPECT_EQ(CROWD + INNOCENT - present - innocent,
		  evicts ? stat.collision_evicted : refused);
	EXPECT_LE(SEGMENT_SLOTS / 2, present) TH_LOG("a segment holds more than that");
	EXPECT_LE(INNOCENT - (evicts ? UNLUCKY : 0), innocent);
	EXPECT_EQ(0, stat.evicted);
	/* The table is not made large for them. */
	EXPECT_GE(self->empty.segments + 64, stat.segments);
	EXPECT_GE(4096, stat.directory_slots);
	/* Others find room as before. */
	EXPECT_GE(evicts ? 0 : UNLUCKY, add_innocents(self->map));
}

/* Replacing and deleting work in a crowded segment, and make room there. */
TEST_F(crowd, can_be_replaced_and_deleted)
{
	for (int i = 0; i < CROWD; i++)
		u64_set(self->map, self->keys[i], self->keys[i], 0, 0);
	for (int i = 0; i < CROWD; i++) {
		u64 value = 0;

		if (!u64_has(self->map, self->keys[i]))
			continue;
		ASSERT_RC(0, u64_set(self->map, self->keys[i], 77, 0, TTLMAP_EXISTING));
		ASSERT_RC(0, u64_get(self->map, self->keys[i], &value));
		ASSERT_EQ(77, value);
		ASSERT_RC(0, u64_delete(self->map, self->keys[i]));
	}
	EXPECT_GE(INNOCENT, map_entries(self->map));
	for (int i = 0; i < SEGMENT_SLOTS / 2; i++)
		ASSERT_RC(0, u64_set(self->map, self->keys[i], 1, 0, 0));
}

TEST_HARNESS_MAIN
