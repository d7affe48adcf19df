// SPDX-License-Identifier: GPL-2.0
/* What a map does: values, times to live, capacity, LRU, lifetime, counts. */
#define _GNU_SOURCE
#include <errno.h>

#include "harness.h"

#define NAME	"map.test"

static void fill_pattern(u8 *data, u32 len, u64 seed)
{
	struct rng rng = rng_make(seed);

	for (u32 i = 0; i < len; i++)
		data[i] = rng_next(&rng);
}

/* ---- keys and values of every length */

TEST(keys_of_every_length)
{
	struct ttlmap_create create = MAP_8_8(TTLMAP_KEY_MAX);
	static u8 key[TTLMAP_KEY_MAX];
	int map;

	create.key_max = TTLMAP_KEY_MAX;
	ASSERT_FD(map, map_create(&create));
	/* Each key is the start of the next one, and yet another key. */
	fill_pattern(key, sizeof(key), 1);
	for (u32 len = 1; len <= TTLMAP_KEY_MAX; len++) {
		struct ttlmap_op op = op_update(key, len, &len, sizeof(len), 0, TTLMAP_NEW);

		ASSERT_RC(0, map_op(map, &op), "key of %u bytes", len);
	}
	for (u32 len = 1; len <= TTLMAP_KEY_MAX; len++) {
		u32 seen = 0;
		struct ttlmap_op op = op_lookup(key, len, &seen, sizeof(seen));

		ASSERT_RC(0, map_op(map, &op), "key of %u bytes", len);
		ASSERT_EQ(len, seen);
	}
	for (u32 len = 1; len <= TTLMAP_KEY_MAX; len += 2) {
		struct ttlmap_op op = op_delete(key, len);

		ASSERT_RC(0, map_op(map, &op), "key of %u bytes", len);
	}
	EXPECT_EQ(TTLMAP_KEY_MAX / 2, map_entries(map));
	close(map);
}

TEST(keys_that_differ_in_one_bit)
{
	struct ttlmap_create create = MAP_8_8(8 * 64 + 1);
	u8 key[64] = { };
	u32 seen;
	int map;

	create.key_max = sizeof(key);
	ASSERT_FD(map, map_create(&create));
	for (u32 bit = 0; bit < 8 * sizeof(key); bit++) {
		struct ttlmap_op op = op_update(key, sizeof(key), &bit, 4, 0, TTLMAP_NEW);

		key[bit / 8] ^= 1 << bit % 8;
		ASSERT_RC(0, map_op(map, &op), "bit %u", bit);
		key[bit / 8] ^= 1 << bit % 8;
	}
	for (u32 bit = 0; bit < 8 * sizeof(key); bit++) {
		struct ttlmap_op op = op_lookup(key, sizeof(key), &seen, 4);

		key[bit / 8] ^= 1 << bit % 8;
		ASSERT_RC(0, map_op(map, &op), "bit %u", bit);
		ASSERT_EQ(bit, seen);
		key[bit / 8] ^= 1 << bit % 8;
	}
	close(map);
}

static const u32 value_sizes[] = {
	0, 1, 7, 8, 9, 16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 512, 1024,
	2048, 4096, 8192, 16384, 65536, 131072, 262144, 524288, TTLMAP_VALUE_MAX,
};

static u8 value_in[TTLMAP_VALUE_MAX + 1], value_out[TTLMAP_VALUE_MAX + 1];

/* Writes, reads back and overwrites a value of @len bytes. */
static int value_round(int map, u32 len)
{
	struct ttlmap_op update, lookup;
	int rc;

	fill_pattern(value_in, len, len);
	update = op_update(&len, 4, value_in, len, 0, 0);
	rc = map_op(map, &update);
	if (rc)
		return rc;
	memset(value_out, 0x5a, len + 1);
	lookup = op_lookup(&len, 4, value_out, len + 1);
	rc = map_op(map, &lookup);
	if (rc)
		return rc;
	if (lookup.value_len != len || memcmp(value_in, value_out, len))
		return -EILSEQ;
	return value_out[len] == 0x5a ? 0 : -EOVERFLOW;
}

/* Around each size at which an allocator changes its mind: key, header and all. */
TEST(values_of_many_lengths)
{
	struct ttlmap_create create = MAP_8_8(1 << 16);
	struct ttlmap_stat stat;
	int map;

	create.value_max = TTLMAP_VALUE_MAX;
	ASSERT_FD(map, map_create(&create));
	for (size_t i = 0; i < ARRAY_SIZE(value_sizes); i++) {
		for (int off = -64; off <= 8; off += off < -8 ? 8 : 1) {
			int64_t len = (int64_t)value_sizes[i] + off;

			if (len < 0 || len > TTLMAP_VALUE_MAX ||
			    (len > 16384 && off != -1 && off != 0 && off != 1))
				continue;
			ASSERT_RC(0, value_round(map, len), "value of %d bytes", (int)len);
		}
	}
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(stat.inserts, stat.entries);
	EXPECT_LT(sizeof(value_in), stat.live_bytes);
	EXPECT_TRUE(stat_adds_up(&stat));
	close(map);
}

TEST(a_value_may_change_its_length)
{
	struct ttlmap_create create = MAP_8_8(4);
	struct ttlmap_stat stat;
	int map;

	create.value_max = 4096;
	ASSERT_FD(map, map_create(&create));
	for (u32 len = 0; len <= 4096; len = len * 3 + 1) {
		u32 key = 1;
		struct ttlmap_op update = op_update(&key, 4, value_in, len, 0, 0);
		struct ttlmap_op lookup = op_lookup(&key, 4, value_out, 4096);

		ASSERT_RC(0, map_op(map, &update));
		ASSERT_RC(0, map_op(map, &lookup));
		ASSERT_EQ(len, lookup.value_len);
	}
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1, stat.entries);
	EXPECT_EQ(1, stat.inserts);
	EXPECT_EQ(8, stat.replaces);
	close(map);
}

/* ---- times to live */

struct written {
	u64 key, ttl, from, to;		/* written between these two moments */
};

static int write_with_ttl(int map, struct written *entry)
{
	int rc;

	entry->from = boottime_ns();
	rc = u64_set(map, entry->key, entry->key, entry->ttl, 0);
	entry->to = boottime_ns();
	return rc;
}

#define CHECK_TTL(map, entry) do {					\
	struct written e_ = (entry);					\
	u64 seen_ = 0, t0_ = boottime_ns(), t1_;			\
	struct ttlmap_op op_ = op_lookup(&e_.key, 8, &seen_, 8);	\
	int rc_ = map_op(map, &op_);					\
									\
	t1_ = boottime_ns();						\
	if (rc_) {							\
		ASSERT_RC(-ENOENT, rc_);				\
		ASSERT_GE(t1_, e_.from + e_.ttl)			\
			TH_LOG("gone %llu ns before its time",	\
			       e_.from + e_.ttl - t1_);			\
	} else {							\
		ASSERT_EQ(e_.key, seen_);				\
		ASSERT_LT(t0_, e_.to + e_.ttl)				\
			TH_LOG("returned %llu ns after its time", \
			       t0_ - e_.to - e_.ttl);			\
		ASSERT_LT(0, op_.ttl_ns);				\
		ASSERT_GE(e_.to + e_.ttl - t0_, op_.ttl_ns);		\
		ASSERT_LE(e_.from + e_.ttl,  t1_ + op_.ttl_ns);		\
	}								\
} while (0)

TEST(expiry_is_exact_at_lookup)
{
	struct ttlmap_create create = MAP_8_8(1000);
	struct written entries[100];
	struct rng rng = rng_make(seed_from_env(1));
	int map;

	ASSERT_FD(map, map_create(&create));
	for (u32 round = 0; round < (long_run() ? 200 : 8); round++) {
		u64 until = boottime_ns() + 120 * NSEC_PER_MSEC;

		for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
			entries[i].key = i;
			entries[i].ttl = 1 + rng_below(&rng, 100 * NSEC_PER_MSEC);
			ASSERT_RC(0, write_with_ttl(map, &entries[i]));
		}
		while (boottime_ns() < until) {
			for (u32 i = 0; i < ARRAY_SIZE(entries); i++)
				CHECK_TTL(map, entries[i]);
		}
	}
	close(map);
}

static u64 ttl_left(int map, u64 key)
{
	u64 value;
	struct ttlmap_op op = op_lookup(&key, 8, &value, 8);

	return map_op(map, &op) ? 0 : op.ttl_ns;
}

#define EXPECT_TTL(map, key, low, high) do {				\
	u64 left_ = ttl_left(map, key);					\
									\
	EXPECT_LT((low), left_);					\
	EXPECT_GE((high), left_);					\
} while (0)

TEST(default_ttl)
{
	struct ttlmap_create create = MAP_8_8(10);
	int map;

	create.default_ttl_ns = 2 * HOUR_NS;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_set(map, 1, 1, 0, 0));
	ASSERT_RC(0, u64_set(map, 2, 1, HOUR_NS, 0));
	ASSERT_RC(0, u64_set(map, 3, 1, TTLMAP_TTL_NEVER, 0));
	EXPECT_TTL(map, 1, HOUR_NS, 2 * HOUR_NS);
	EXPECT_TTL(map, 2, 0, HOUR_NS);
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_left(map, 3));
	/* Each write starts the time anew. */
	ASSERT_RC(0, u64_set(map, 3, 1, 0, 0));
	EXPECT_TTL(map, 3, HOUR_NS, 2 * HOUR_NS);
	close(map);
}

TEST(ttl_keep)
{
	struct ttlmap_create create = MAP_8_8(10);
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_set(map, 1, 1, HOUR_NS, 0));
	ASSERT_RC(0, u64_set(map, 1, 2, 5 * HOUR_NS, TTLMAP_TTL_KEEP));
	EXPECT_TTL(map, 1, 0, HOUR_NS);
	ASSERT_RC(0, u64_set(map, 1, 3, TTLMAP_TTL_NEVER, TTLMAP_TTL_KEEP));
	EXPECT_TTL(map, 1, 0, HOUR_NS);
	ASSERT_RC(0, u64_set(map, 2, 1, TTLMAP_TTL_NEVER, 0));
	ASSERT_RC(0, u64_set(map, 2, 1, 1, TTLMAP_TTL_KEEP));
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_left(map, 2));
	/* There is nothing to keep. */
	ASSERT_RC(0, u64_set(map, 3, 1, HOUR_NS, TTLMAP_TTL_KEEP));
	EXPECT_TTL(map, 3, 0, HOUR_NS);
	close(map);
}

TEST(ttl_extend)
{
	struct ttlmap_create create = MAP_8_8(10);
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_set(map, 1, 1, 3 * HOUR_NS, 0));
	ASSERT_RC(0, u64_set(map, 1, 2, HOUR_NS, TTLMAP_TTL_EXTEND));
	EXPECT_TTL(map, 1, 2 * HOUR_NS, 3 * HOUR_NS);
	ASSERT_RC(0, u64_set(map, 1, 3, 5 * HOUR_NS, TTLMAP_TTL_EXTEND));
	EXPECT_TTL(map, 1, 4 * HOUR_NS, 5 * HOUR_NS);
	ASSERT_RC(0, u64_set(map, 1, 4, TTLMAP_TTL_NEVER, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_left(map, 1));
	ASSERT_RC(0, u64_set(map, 1, 5, HOUR_NS, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_left(map, 1));
	ASSERT_RC(0, u64_set(map, 2, 1, HOUR_NS, TTLMAP_TTL_EXTEND));
	EXPECT_TTL(map, 2, 0, HOUR_NS);
	close(map);
}

/* An expired entry is not there, whether or not its memory is still held. */
TEST(an_expired_entry_is_not_there)
{
	struct ttlmap_create create = MAP_8_8(1000);
	int map;

	ASSERT_FD(map, map_create(&create));
	for (u64 key = 0; key < 400; key += 4) {
		for (int i = 0; i < 4; i++)
			ASSERT_RC(0, u64_set(map, key + i, 1, 1, 0));
		sleep_ms(key % 3);
		EXPECT_RC(-ENOENT, u64_delete(map, key));
		EXPECT_RC(-ENOENT, u64_set(map, key + 1, 1, 0, TTLMAP_EXISTING));
		EXPECT_RC(0, u64_set(map, key + 2, 2, HOUR_NS, TTLMAP_NEW));
		EXPECT_RC(0, u64_set(map, key + 3, 2, HOUR_NS, TTLMAP_TTL_KEEP));
		EXPECT_TTL(map, key + 2, 0, HOUR_NS);
		EXPECT_TTL(map, key + 3, 0, HOUR_NS);
	}
	struct ttlmap_stat stat;

	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	EXPECT_EQ(200, stat.entries);
	EXPECT_EQ(600, stat.inserts) TH_LOG("what replaces an expired entry is new");
	EXPECT_EQ(0, stat.replaces);
	EXPECT_EQ(0, stat.deletes);
	EXPECT_EQ(400, stat.expired);
	close(map);
}

/* ---- capacity */

/* 0 if @capacity inserts leave as many, and one more evicts exactly one. */
static int fill_and_one_more(u64 capacity, struct ttlmap_stat *stat)
{
	struct ttlmap_create create = MAP_8_8(capacity);
	int map = map_create(&create), rc;

	if (map < 0)
		return map;
	rc = u64_fill(map, 0, capacity, 0);
	if (!rc)
		rc = map_stat(map, stat);
	if (!rc && (stat->entries != capacity || stat->evicted ||
		    u64_count_present(map, 0, capacity) != capacity))
		rc = -ENODATA;
	if (!rc)
		rc = u64_set(map, capacity, capacity, 0, 0);
	if (!rc)
		rc = map_stat(map, stat);
	if (!rc && (stat->entries != capacity || stat->evicted != 1 ||
		    !u64_has(map, capacity) ||
		    u64_count_present(map, 0, capacity) != capacity - 1))
		rc = -EXFULL;
	close(map);
	return rc;
}

TEST(never_evicts_early)
{
	static const u64 more[] = { 192, 255, 256, 257, 300, 384, 512, 777, 1000, 1024, 1500,
				    2000 };
	struct ttlmap_stat stat = { };

	for (u64 capacity = 1; capacity <= 130; capacity++) {
		ASSERT_RC(0, fill_and_one_more(capacity, &stat),
			  "capacity %llu: entries %llu, evicted %llu",
			  capacity, stat.entries, stat.evicted);
	}
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		ASSERT_RC(0, fill_and_one_more(more[i], &stat),
			  "capacity %llu: entries %llu, evicted %llu",
			  more[i], stat.entries, stat.evicted);
	}
}

TEST(replacing_at_capacity_evicts_nobody)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (int round = 0; round < 20; round++)
		ASSERT_RC(0, u64_fill(map, 0, 100, 0));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(100, stat.entries);
	EXPECT_EQ(0, stat.evicted);
	EXPECT_EQ(100, stat.inserts);
	EXPECT_EQ(1900, stat.replaces);
	close(map);
}

TEST(one_in_one_out)
{
	struct ttlmap_create create = MAP_8_8(64);
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (u64 key = 0; key < 5000; key++) {
		ASSERT_RC(0, u64_set(map, key, key, 0, TTLMAP_NEW));
		ASSERT_TRUE(u64_has(map, key)) TH_LOG("the new one was evicted");
		ASSERT_RC(0, map_stat(map, &stat));
		ASSERT_EQ(key < 64 ? key + 1 : 64, stat.entries);
		ASSERT_EQ(stat.inserts, stat.entries + stat.evicted);
	}
	close(map);
}

TEST(a_map_that_does_not_evict)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct ttlmap_stat stat;
	int map;

	create.flags = TTLMAP_F_NO_EVICT;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 100, 0));
	for (u64 key = 100; key < 200; key++)
		ASSERT_RC(-ENOSPC, u64_set(map, key, 1, 0, 0));
	ASSERT_RC(0, u64_fill(map, 0, 100, 0));
	EXPECT_EQ(100, u64_count_present(map, 0, 200));
	ASSERT_RC(0, u64_delete(map, 50));
	EXPECT_RC(0, u64_set(map, 100, 1, 0, 0));
	EXPECT_RC(-ENOSPC, u64_set(map, 101, 1, 0, 0));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(100, stat.entries);
	EXPECT_EQ(0, stat.evicted);
	EXPECT_EQ(101, stat.refused);
	close(map);
}

/* What expired makes room in a map that does not evict. */
TEST(expiry_makes_room)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct ttlmap_stat stat;
	int map;

	create.flags = TTLMAP_F_NO_EVICT;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 100, 20 * NSEC_PER_MSEC));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat) && !stat.entries));
	ASSERT_RC(0, u64_fill(map, 1000, 100, 0));
	EXPECT_EQ(100, u64_count_present(map, 1000, 100));
	close(map);
}

TEST(bytes_are_a_capacity_too)
{
	struct ttlmap_create create = MAP_8_8(1 << 20);
	struct rng rng = rng_make(seed_from_env(2));
	struct ttlmap_stat stat;
	u64 limit = 300000;
	int map;

	create.value_max = 20000;
	create.max_bytes = limit;
	ASSERT_FD(map, map_create(&create));
	for (u32 i = 0; i < 3000; i++) {
		u64 key = rng_below(&rng, 500);
		u32 len = rng_below(&rng, 10) ? rng_below(&rng, 300) : rng_below(&rng, 20001);
		struct ttlmap_op op = op_update(&key, 8, value_in, len, 0, 0);

		ASSERT_RC(0, map_op(map, &op), "step %u", i);
		ASSERT_RC(0, map_stat(map, &stat));
		ASSERT_GE(limit, stat.live_bytes + stat.stale_bytes) TH_LOG("step %u", i);
	}
	EXPECT_LT(0, stat.evicted);
	EXPECT_LT(limit / 2, stat.live_bytes) TH_LOG("evicts far below its capacity");
	close(map);
}

TEST(bytes_without_eviction)
{
	struct ttlmap_create create = MAP_8_8(1 << 20);
	struct ttlmap_stat stat;
	u64 key = 0;
	int map, rc;

	create.flags = TTLMAP_F_NO_EVICT;
	create.max_bytes = 100000;
	ASSERT_FD(map, map_create(&create));
	do {
		rc = u64_set(map, key, key, 0, 0);
		key++;
	} while (!rc && key < 1 << 20);
	EXPECT_RC(-ENOSPC, rc);
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_GE(100000, stat.live_bytes);
	EXPECT_LT(100000, stat.live_bytes + stat.live_bytes / stat.entries)
		TH_LOG("one more would have fitted");
	EXPECT_EQ(key - 1, u64_count_present(map, 0, key));
	close(map);
}

/* ---- LRU */

/* An exact LRU of as many keys as have one in the module: the most recently used one comes last. */
struct lru {
	u64 keys[96];
	u32 count, capacity;
};

static int lru_find(const struct lru *lru, u64 key)
{
	for (u32 i = 0; i < lru->count; i++)
		if (lru->keys[i] == key)
			return i;
	return -1;
}

static void lru_remove(struct lru *lru, u32 at)
{
	lru->count--;
	memmove(&lru->keys[at], &lru->keys[at + 1], (lru->count - at) * sizeof(u64));
}

/* Uses @key, and evicts if that is new and there is no room. */
static void lru_use(struct lru *lru, u64 key)
{
	int at = lru_find(lru, key);

	if (at >= 0)
		lru_remove(lru, at);
	else if (lru->count == lru->capacity)
		lru_remove(lru, 0);
	lru->keys[lru->count++] = key;
}

static bool lru_agrees(const struct lru *lru, int map, u64 key)
{
	return u64_has(map, key) == (lru_find(lru, key) >= 0);
}

TEST(small_maps_are_exact_lru)
{
	u64 seed = seed_from_env(3);

	for (u32 capacity = 1; capacity <= 96; capacity += capacity < 16 ? 1 : 16) {
		struct ttlmap_create create = MAP_8_8(capacity);
		struct lru lru = { .capacity = capacity };
		struct rng rng = rng_make(seed + capacity);
		int map;

		ASSERT_FD(map, map_create(&create));
		for (u32 step = 0; step < effort(3000, 100000); step++) {
			u64 key = rng_below(&rng, 2 * capacity + 1);
			bool write = rng_below(&rng, 2);

			if (write) {
				ASSERT_RC(0, u64_set(map, key, step, 0, 0));
			} else {
				ASSERT_TRUE(lru_agrees(&lru, map, key))
					TH_LOG("capacity %u, step %u, seed %llu"
					       ": key %llu expected %s", capacity,
					       step, seed, key,
					       lru_find(&lru, key) < 0 ? "evicted" : "there");
			}
			if (write || lru_find(&lru, key) >= 0)
				lru_use(&lru, key);
		}
		close(map);
	}
}

TEST(five_keys_by_hand)
{
	struct ttlmap_create create = MAP_8_8(5);
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 1, 5, 0));
	ASSERT_TRUE(u64_has(map, 1));
	ASSERT_RC(0, u64_set(map, 6, 6, 0, 0));
	EXPECT_FALSE(u64_has(map, 2)) TH_LOG("2 was the least recently used");
	EXPECT_EQ(5, u64_count_present(map, 1, 6));
	close(map);
}

/* ---- lifetime */

static int create_and_exit(void *unused)
{
	int map = map_create_named(NAME, 0600, 100);

	(void)unused;
	return map < 0 ? map : u64_set(map, 1, 11, 0, 0);
}

TEST(a_named_map_outlives_its_creator)
{
	u64 seen;
	int map;

	ASSERT_RC(0, as_user(0, 0, create_and_exit, NULL));
	ASSERT_FD(map, map_open(NAME, TTLMAP_OPEN_READ));
	EXPECT_RC(0, u64_get(map, 1, &seen));
	EXPECT_EQ(11, seen);
	close(map);
	ASSERT_FD(map, map_open(NAME, TTLMAP_OPEN_READ));
	EXPECT_RC(0, u64_get(map, 1, &seen));
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST(a_removed_name_leaves_the_map_to_its_descriptors)
{
	struct ttlmap_stat old, new;
	u64 seen;
	int first, second;

	ASSERT_FD(first, map_create_named(NAME, 0600, 100));
	ASSERT_RC(0, u64_set(first, 1, 11, 0, 0));
	ASSERT_RC(0, map_unlink(NAME));
	ASSERT_FD(second, map_create_named(NAME, 0600, 100));
	EXPECT_RC(0, u64_get(first, 1, &seen));
	EXPECT_RC(-ENOENT, u64_get(second, 1, &seen));
	ASSERT_RC(0, map_stat(first, &old));
	ASSERT_RC(0, map_stat(second, &new));
	EXPECT_LT(old.id, new.id);
	close(first);
	close(second);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST(an_anonymous_map_goes_with_its_last_descriptor)
{
	struct ttlmap_create create = MAP_8_8(100);
	int map, copy;

	ASSERT_TRUE(eventually(live_maps() == 0));
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 100, 0));
	copy = dup(map);
	close(map);
	EXPECT_EQ(1, live_maps());
	EXPECT_EQ(100, u64_count_present(copy, 0, 100));
	close(copy);
	EXPECT_TRUE(eventually(live_maps() == 0));
}

/* ---- counts */

TEST(counts_are_exact)
{
	struct ttlmap_create create = MAP_8_8(1000);
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(0, stat.entries + stat.live_bytes + stat.stale_bytes + stat.retired_bytes);
	EXPECT_LT(0, stat.table_bytes);
	EXPECT_TRUE(stat_adds_up(&stat));
	ASSERT_RC(0, u64_fill(map, 0, 500, 0));		/* 500 inserts */
	ASSERT_RC(0, u64_fill(map, 0, 100, 0));		/* 100 replaces */
	ASSERT_RC(0, u64_fill(map, 500, 50, 1));	/* 50 that expire at once */
	EXPECT_EQ(500, u64_count_present(map, 0, 700));	/* 500 hits, 200 misses */
	ASSERT_RC(0, u64_empty(map, 0, 30));		/* 30 deletes */
	ASSERT_RC(0, u64_empty(map, 0, 30));		/* of nothing */
	ASSERT_RC(-EEXIST, u64_set(map, 100, 1, 0, TTLMAP_NEW));
	ASSERT_RC(-ENOENT, u64_set(map, 1, 1, 0, TTLMAP_EXISTING));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	EXPECT_TRUE(stat_adds_up(&stat));
	EXPECT_EQ(470, stat.entries);
	EXPECT_EQ(500, stat.hits);
	EXPECT_EQ(200, stat.misses);
	EXPECT_EQ(550, stat.inserts);
	EXPECT_EQ(100, stat.replaces);
	EXPECT_EQ(30, stat.deletes);
	EXPECT_EQ(50, stat.expired);
	EXPECT_EQ(0, stat.evicted + stat.collision_evicted + stat.refused + stat.no_memory);
	EXPECT_EQ(0, stat.stale_entries + stat.oldest_stale_ns);
	close(map);
}

TEST(bytes_return_to_what_they_were)
{
	struct ttlmap_create create = MAP_8_8(100000);
	struct ttlmap_stat before, full, after;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &before));
	ASSERT_RC(0, u64_fill(map, 0, 20000, 0));
	ASSERT_RC(0, map_stat(map, &full));
	EXPECT_LT(before.table_bytes + 20000 * 16, full.table_bytes)
		TH_LOG("20000 entries in %llu bytes", full.table_bytes);
	EXPECT_LT(0, full.splits);
	ASSERT_RC(0, u64_empty(map, 0, 20000));
	EXPECT_TRUE(eventually(map_at_rest(map, &after) &&
			       after.table_bytes <= before.table_bytes))
		TH_LOG("table bytes: %llu empty, %llu full, %llu at the end",
		       before.table_bytes, full.table_bytes, after.table_bytes);
	EXPECT_EQ(0, after.live_bytes);
	EXPECT_TRUE(stat_adds_up(&after));
	EXPECT_LT(0, after.merges);
	EXPECT_EQ(before.segments, after.segments);
	close(map);
}

TEST_HARNESS_MAIN
