// SPDX-License-Identifier: GPL-2.0
/* Scans: every entry that stays is returned exactly once, whatever happens. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"

#define RECORD_8_8	(sizeof(struct ttlmap_record) + 16)

static u64 buffer[(4 << 20) / 8];

/* ---- a map at rest */

TEST(an_empty_map)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct ttlmap_scan scan = { };
	int map;

	ASSERT_FD(map, map_create(&create));
	while (!scan.done) {
		ASSERT_RC(0, map_scan(map, &scan, buffer, 1024, 0));
		ASSERT_EQ(0, scan.count);
		ASSERT_EQ(0, scan.bytes);
	}
	close(map);
}

/* Counts how often each of @count keys comes in one scan. */
static int scan_count(int map, u32 room, u32 flags, u8 *seen, u64 count)
{
	struct ttlmap_scan scan = { };
	int rc;

	memset(seen, 0, count);
	do {
		u32 records = 0;

		rc = map_scan(map, &scan, buffer, room, flags);
		if (rc)
			return rc;
		if (scan.bytes > room)
			return -EOVERFLOW;
		for_each_record(record, buffer, scan.bytes) {
			u64 key = *(const u64 *)record_key(record);

			records++;
			if (record->key_len != 8 || record->size % 8 || key >= count)
				return -EBADMSG;
			if (!(flags & TTLMAP_SCAN_KEYS) &&
			    (record->value_len != 8 || *(const u64 *)record_value(record) != key))
				return -EILSEQ;
			seen[key]++;
		}
		if (records != scan.count)
			return -ERANGE;
	} while (!scan.done);
	return 0;
}

TEST(every_size_of_buffer)
{
	static u8 seen[3000];
	struct ttlmap_create create = MAP_8_8(5000);
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, sizeof(seen), 0));
	for (u32 room = RECORD_8_8; room < sizeof(buffer); room = room * 3 / 8 * 8) {
		ASSERT_RC(0, scan_count(map, room, 0, seen, sizeof(seen)), "room %u", room);
		for (u64 key = 0; key < sizeof(seen); key++) {
			ASSERT_EQ(1, seen[key]) TH_LOG("key %llu, room %u", key, room);
		}
	}
	close(map);
}

TEST(keys_alone)
{
	static u8 seen[500];
	struct ttlmap_create create = MAP_8_8(500);
	struct ttlmap_scan scan = { };
	int map;

	create.value_max = 10000;
	ASSERT_FD(map, map_create(&create));
	for (u64 key = 0; key < sizeof(seen); key++) {
		static char value[10000];
		struct ttlmap_op op = op_update(&key, 8, value, key * 20, HOUR_NS, 0);

		ASSERT_RC(0, map_op(map, &op));
	}
	ASSERT_RC(0, scan_count(map, 4096, TTLMAP_SCAN_KEYS, seen, sizeof(seen)));
	for (u64 key = 0; key < sizeof(seen); key++)
		ASSERT_EQ(1, seen[key]);
	ASSERT_RC(0, map_scan(map, &scan, buffer, 4096, TTLMAP_SCAN_KEYS));
	EXPECT_LT(60, scan.count) TH_LOG("records without values should be small");
	for_each_record(record, buffer, scan.bytes) {
		EXPECT_EQ(*(const u64 *)record_key(record) * 20, record->value_len);
		EXPECT_EQ(0, record->flags & ~TTLMAP_RECORD_READ);
		EXPECT_EQ(sizeof(*record), record->head);
		EXPECT_LT(0, record->ttl_ns);
		EXPECT_GE(HOUR_NS, record->ttl_ns);
	}
	close(map);
}

TEST(emsgsize_says_what_is_needed)
{
	struct ttlmap_create create = MAP_8_8(10);
	static const u32 lengths[] = { 0, 1, 8, 100, 5000, TTLMAP_VALUE_MAX };
	static char value[TTLMAP_VALUE_MAX];
	int map;

	create.value_max = TTLMAP_VALUE_MAX;
	ASSERT_FD(map, map_create(&create));
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct ttlmap_op op = op_update("k", 1, value, lengths[i], 0, 0);
		struct ttlmap_scan scan = { };
		u32 need;

		ASSERT_RC(0, map_op(map, &op));
		ASSERT_RC(-EMSGSIZE, map_scan(map, &scan, buffer, 8, 0));
		need = scan.bytes;
		EXPECT_EQ(sizeof(struct ttlmap_record) + 8 + (lengths[i] + 7) / 8 * 8, need);
		scan.cursor = 0;
		EXPECT_RC(-EMSGSIZE, map_scan(map, &scan, buffer, need - 8, 0));
		EXPECT_RC(0, map_scan(map, &scan, buffer, need, 0));
		EXPECT_EQ(1, scan.count);
		EXPECT_EQ(need, scan.bytes);
	}
	close(map);
}

/* After EMSGSIZE the same cursor goes on, and nothing is lost. */
TEST(emsgsize_in_the_middle)
{
	struct ttlmap_create create = MAP_8_8(300);
	static char value[4000];
	struct ttlmap_scan scan = { };
	u8 seen[200] = { };
	u32 room = RECORD_8_8, grown = 0;
	int map, rc;

	create.value_max = sizeof(value);
	ASSERT_FD(map, map_create(&create));
	for (u64 key = 0; key < sizeof(seen); key++) {
		struct ttlmap_op op = op_update(&key, 8, value, key * 20, 0, 0);

		ASSERT_RC(0, map_op(map, &op));
	}
	do {
		rc = map_scan(map, &scan, buffer, room, 0);
		if (rc == -EMSGSIZE) {
			ASSERT_LT(room, scan.bytes);
			room = scan.bytes;
			grown++;
			continue;
		}
		ASSERT_RC(0, rc);
		for_each_record(record, buffer, scan.bytes)
			seen[*(const u64 *)record_key(record)]++;
		room = RECORD_8_8;
	} while (!scan.done);
	EXPECT_LT(100, grown);
	for (u64 key = 0; key < sizeof(seen); key++)
		EXPECT_EQ(1, seen[key]);
	close(map);
}

/* ---- expired entries and uses */

TEST(expired_entries_are_not_returned)
{
	struct ttlmap_create create = MAP_8_8(1000);
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 100, 0));
	for (int round = 0; round < 50; round++) {
		struct ttlmap_scan scan = { };
		u64 written, ttl = 1 + round * 100000ULL;

		ASSERT_RC(0, u64_fill(map, 100, 300, ttl));
		written = boottime_ns();
		sleep_until(written + ttl);
		do {
			ASSERT_RC(0, map_scan(map, &scan, buffer, sizeof(buffer), 0));
			for_each_record(record, buffer, scan.bytes) {
				ASSERT_GT(100, *(const u64 *)record_key(record))
					TH_LOG("round %d: expired", round);
				ASSERT_EQ(TTLMAP_TTL_NEVER, record->ttl_ns);
			}
		} while (!scan.done);
	}
	close(map);
}

TEST(a_scan_is_no_use)
{
	struct ttlmap_create create = MAP_8_8(16);
	static u8 seen[64];
	struct ttlmap_stat before, after;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 16, 0));
	ASSERT_RC(0, map_stat(map, &before));
	for (u64 key = 16; key < 64; key++) {
		ASSERT_RC(0, scan_count(map, 4096, 0, seen, sizeof(seen)));
		ASSERT_EQ(1, seen[key - 16]);
		ASSERT_RC(0, u64_set(map, key, key, 0, 0));
		ASSERT_RC(0, scan_count(map, RECORD_8_8, 0, seen, sizeof(seen)));
		ASSERT_EQ(0, seen[key - 16]) TH_LOG("the oldest is the victim");
	}
	ASSERT_RC(0, map_stat(map, &after));
	EXPECT_EQ(before.hits, after.hits);
	EXPECT_EQ(before.misses, after.misses);
	close(map);
}

/* ---- a map that changes */

#define STAYING		2000
#define OTHERS		20000
#define SCANNERS	2

FIXTURE(moving) {
	int map;
	atomic_bool stop, wrong;
	atomic_ullong begun, cycles, scans;
	char text[200];
};

FIXTURE_VARIANT(moving) {
	u32 others;
};

FIXTURE_VARIANT_ADD(moving, a_little) { .others = 6000 };
FIXTURE_VARIANT_ADD(moving, much) { .others = OTHERS };

FIXTURE_SETUP(moving)
{
	struct ttlmap_create create = MAP_8_8(STAYING + OTHERS);

	create.flags = TTLMAP_F_NO_EVICT;
	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, u64_fill(self->map, 0, STAYING, 0));
}

FIXTURE_TEARDOWN(moving)
{
	close(self->map);
}

typedef FIXTURE_DATA(moving) moving_t;

struct scanner {
	moving_t *self;
	u64 seed;
	u32 others;
	u32 counts[STAYING + OTHERS];
	u64 buffer[8192];
};

static int scan_moving(struct scanner *scanner, u32 room)
{
	struct ttlmap_scan scan = { };
	int rc;

	memset(scanner->counts, 0, sizeof(scanner->counts));
	do {
		rc = map_scan(scanner->self->map, &scan, scanner->buffer, room, 0);
		if (rc)
			return rc;
		for_each_record(record, scanner->buffer, scan.bytes)
			scanner->counts[*(const u64 *)record_key(record)]++;
	} while (!scan.done);
	return 0;
}

static void *scan_always(void *arg)
{
	struct scanner *scanner = arg;
	moving_t *self = scanner->self;
	struct rng rng = rng_make(scanner->seed);

	while (!self->stop && !self->wrong) {
		u32 room = RECORD_8_8 << rng_below(&rng, 11);
		u64 first = self->cycles, last;
		int rc = scan_moving(scanner, room);

		last = self->begun;
		for (u32 key = 0; !rc && key < STAYING + scanner->others; key++) {
			bool good = key < STAYING ? scanner->counts[key] == 1 :
				    scanner->counts[key] <= last - first;

			if (!good && !atomic_exchange(&self->wrong, true))
				snprintf(self->text, sizeof(self->text),
					 "room %u: key %u returned %u times, written %llu"
					 " times", room, key, scanner->counts[key],
					 key < STAYING ? 1 : last - first);
		}
		if (rc && !atomic_exchange(&self->wrong, true))
			snprintf(self->text, sizeof(self->text), "scan: %s", rc_name(rc));
		atomic_fetch_add(&self->scans, 1);
	}
	return NULL;
}

static int grow_and_shrink(moving_t *self, u32 others)
{
	int rc;

	atomic_fetch_add(&self->begun, 1);
	rc = u64_fill(self->map, STAYING, others, 0) ?:
	     u64_empty(self->map, STAYING, others);
	atomic_fetch_add(&self->cycles, 1);
	return rc;
}

TEST_F(moving, exactly_once)
{
	struct scanner *scanners = calloc(SCANNERS, sizeof(*scanners));
	u64 until = boottime_ns() + (long_run() ? 60 : 5) * NSEC_PER_SEC;
	pthread_t threads[SCANNERS];
	struct ttlmap_stat stat;

	for (int i = 0; i < SCANNERS; i++) {
		scanners[i].self = self;
		scanners[i].seed = seed_from_env(40) + i;
		scanners[i].others = variant->others;
		pthread_create(&threads[i], NULL, scan_always, &scanners[i]);
	}
	while (!self->wrong && (boottime_ns() < until || self->scans < 10)) {
		int rc = grow_and_shrink(self, variant->others);

		EXPECT_RC(0, rc);
		if (rc)
			break;
	}
	self->stop = true;
	for (int i = 0; i < SCANNERS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_FALSE(self->wrong) TH_LOG("%s", self->text);
	ASSERT_RC(0, map_stat(self->map, &stat));
	EXPECT_LT(0, stat.splits);
	EXPECT_LT(0, stat.merges);
	ksft_print_msg("%llu scans over %llu cycles, %llu splits, %llu merges\n",
		       self->scans, self->cycles, stat.splits,
		       stat.merges);
}

TEST_HARNESS_MAIN
