// SPDX-License-Identifier: GPL-2.0
/*
 * libttlmap: each function does what its header says, with what it returns beside
 * 0 and with the errno of its failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ttlmap.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"library.test"
#define KEY		"key", 3
#define TTL_NS		(30 * NSEC_PER_SEC)

#define EXPECT_FAILS(errno_, call) do {					\
	errno = 0;							\
	EXPECT_EQ(-1, (call));						\
	EXPECT_EQ((errno_), errno) TH_LOG("%s: %m", #call);		\
} while (0)

FIXTURE(library) {
	int map;
	char value[64];
	size_t len;
	uint64_t ttl;
	uint64_t version;
};

static int make(unsigned int flags)
{
	struct ttlmap_create create = {
		.flags = flags,
		.key_max = 16,
		.value_max = flags & TTLMAP_F_COUNTERS ? 8 : 32,
		.max_entries = 100,
		.default_ttl_ns = TTL_NS,
		.mode = 0600,
		.name = NAME,
	};

	return ttlmap_map_create(&create);
}

FIXTURE_SETUP(library)
{
	ttlmap_map_unlink(NAME);
	self->map = make(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	ASSERT_LE(0, self->map);
	self->len = sizeof(self->value);
	ASSERT_EQ(0, ttlmap_update(self->map, KEY, "one", 3, 0, 0, &self->version));
	ASSERT_NE(0, self->version);
}

FIXTURE_TEARDOWN(library)
{
	close(self->map);
	EXPECT_EQ(0, ttlmap_map_unlink(NAME));
}

TEST_F(library, lookup)
{
	uint64_t version = 0;

	EXPECT_EQ(0, ttlmap_lookup(self->map, KEY, self->value, &self->len, &self->ttl, &version));
	EXPECT_EQ(3, self->len);
	EXPECT_EQ(0, memcmp("one", self->value, 3));
	EXPECT_GE(TTL_NS, self->ttl);
	EXPECT_LT(0, self->ttl);
	EXPECT_EQ(self->version, version);
	self->len = 2;
	EXPECT_FAILS(EMSGSIZE, ttlmap_lookup(self->map, KEY, self->value, &self->len, NULL, NULL));
	EXPECT_EQ(3, self->len);
	EXPECT_EQ(0, ttlmap_lookup(self->map, KEY, self->value, &self->len, NULL, NULL));
	EXPECT_FAILS(ENOENT, ttlmap_lookup(self->map, "absent", 6, self->value, &self->len,
					   NULL, NULL));
	EXPECT_FAILS(E2BIG, ttlmap_lookup(self->map, self->value, 1ULL << 32 | 3, self->value,
					  &self->len, NULL, NULL));
}

TEST_F(library, peek_is_no_hit)
{
	struct ttlmap_stat stat;
	uint64_t version = 0;

	EXPECT_EQ(0, ttlmap_peek(self->map, KEY, self->value, &self->len, &self->ttl, &version));
	EXPECT_EQ(3, self->len);
	EXPECT_EQ(self->version, version);
	EXPECT_FAILS(ENOENT, ttlmap_peek(self->map, "absent", 6, self->value, &self->len,
					 NULL, NULL));
	ASSERT_EQ(0, ttlmap_map_stat(self->map, &stat));
	EXPECT_EQ(0, stat.hits);
	EXPECT_EQ(0, stat.misses);
}

TEST_F(library, lookup_refresh)
{
	EXPECT_EQ(0, ttlmap_lookup_refresh(self->map, KEY, self->value, &self->len, HOUR_NS, 0,
					   &self->ttl, NULL));
	EXPECT_EQ(3, self->len);
	EXPECT_LT(TTL_NS, self->ttl);
	EXPECT_GE(HOUR_NS, self->ttl);
	EXPECT_EQ(0, ttlmap_lookup_refresh(self->map, KEY, self->value, &self->len, 0,
					   TTLMAP_TTL_EXTEND, &self->ttl, NULL));
	EXPECT_LT(TTL_NS, self->ttl);
	EXPECT_EQ(0, ttlmap_lookup_refresh(self->map, KEY, self->value, &self->len, 0, 0,
					   &self->ttl, NULL));
	EXPECT_GE(TTL_NS, self->ttl);
	EXPECT_FAILS(EINVAL, ttlmap_lookup_refresh(self->map, KEY, self->value, &self->len, 0,
						   TTLMAP_NEW, NULL, NULL));
}

TEST_F(library, pop)
{
	uint64_t version = 0;

	self->len = 2;
	EXPECT_FAILS(EMSGSIZE, ttlmap_pop(self->map, KEY, self->value, &self->len, NULL, NULL));
	EXPECT_EQ(3, self->len);
	EXPECT_EQ(0, ttlmap_pop(self->map, KEY, self->value, &self->len, &self->ttl, &version));
	EXPECT_EQ(0, memcmp("one", self->value, 3));
	EXPECT_EQ(self->version, version);
	EXPECT_FAILS(ENOENT, ttlmap_pop(self->map, KEY, self->value, &self->len, NULL, NULL));
}

TEST_F(library, update)
{
	uint64_t version = 0;

	EXPECT_FAILS(EEXIST, ttlmap_update(self->map, KEY, "two", 3, 0, TTLMAP_NEW, NULL));
	EXPECT_FAILS(ENOENT, ttlmap_update(self->map, "absent", 6, "two", 3, 0, TTLMAP_EXISTING,
					   NULL));
	EXPECT_EQ(0, ttlmap_update(self->map, KEY, "two", 3, HOUR_NS, TTLMAP_TTL_KEEP, &version));
	EXPECT_NE(self->version, version);
	EXPECT_EQ(0, ttlmap_lookup(self->map, KEY, self->value, &self->len, &self->ttl, NULL));
	EXPECT_GE(TTL_NS, self->ttl);
	EXPECT_FAILS(E2BIG, ttlmap_update(self->map, KEY, self->value, 1ULL << 32 | 3, 0, 0, NULL));
}

TEST_F(library, owned_entries_go_with_their_descriptor)
{
	int other = ttlmap_map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);

	ASSERT_LE(0, other);
	EXPECT_EQ(0, ttlmap_update(other, "owned", 5, "x", 1, 0, TTLMAP_OWNED, NULL));
	EXPECT_EQ(0, ttlmap_lookup(self->map, "owned", 5, self->value, &self->len, NULL, NULL));
	close(other);
	EXPECT_TRUE(eventually(ttlmap_lookup(self->map, "owned", 5, self->value, &self->len,
					     NULL, NULL) && errno == ENOENT));
	self->len = sizeof(self->value);
	EXPECT_EQ(0, ttlmap_lookup(self->map, KEY, self->value, &self->len, NULL, NULL));
}

TEST_F(library, cas_value)
{
	uint64_t version = 0;

	EXPECT_FAILS(ECANCELED, ttlmap_cas_value(self->map, KEY, "two", 3, "three", 5, 0, 0,
						 &version));
	EXPECT_EQ(self->version, version);
	EXPECT_EQ(0, ttlmap_cas_value(self->map, KEY, "one", 3, "two", 3, 0, 0, &version));
	EXPECT_NE(self->version, version);
	EXPECT_EQ(0, ttlmap_cas_value(self->map, KEY, "two", 3, "three", 5, 0, 0, NULL));
	EXPECT_FAILS(ENOENT, ttlmap_cas_value(self->map, "absent", 6, "", 0, "x", 1, 0, 0, NULL));
	EXPECT_FAILS(E2BIG, ttlmap_cas_value(self->map, KEY, "one", 1ULL << 32 | 3, "x", 1, 0, 0,
					     NULL));
	EXPECT_FAILS(EINVAL, ttlmap_cas_value(self->map, KEY, "one", 3, "x", 1, 0, TTLMAP_NEW,
					      NULL));
}

TEST_F(library, cas_version)
{
	uint64_t version = self->version + 1;

	EXPECT_FAILS(ECANCELED, ttlmap_cas_version(self->map, KEY, &version, "two", 3, 0, 0));
	EXPECT_EQ(self->version, version);
	EXPECT_EQ(0, ttlmap_cas_version(self->map, KEY, &version, "two", 3, 0, 0));
	EXPECT_NE(self->version, version);
	EXPECT_EQ(0, ttlmap_cas_version(self->map, KEY, &version, "three", 5, 0, 0));
	EXPECT_FAILS(ENOENT, ttlmap_cas_version(self->map, "absent", 6, &version, "x", 1, 0, 0));
}

TEST_F(library, touch)
{
	uint64_t version = 0;

	EXPECT_EQ(0, ttlmap_touch(self->map, KEY, HOUR_NS, 0, &self->ttl, &version));
	EXPECT_LT(TTL_NS, self->ttl);
	EXPECT_EQ(self->version, version);
	EXPECT_EQ(0, ttlmap_touch(self->map, KEY, 0, TTLMAP_TTL_EXTEND, &self->ttl, NULL));
	EXPECT_LT(TTL_NS, self->ttl);
	EXPECT_EQ(0, ttlmap_touch(self->map, KEY, TTLMAP_TTL_NEVER, 0, &self->ttl, NULL));
	EXPECT_EQ(TTLMAP_TTL_NEVER, self->ttl);
	EXPECT_FAILS(ENOENT, ttlmap_touch(self->map, "absent", 6, 0, 0, NULL, NULL));
}

TEST_F(library, delete)
{
	uint64_t version = 0;

	EXPECT_FAILS(ECANCELED, ttlmap_delete_if_value(self->map, KEY, "two", 3, &version));
	EXPECT_EQ(self->version, version);
	EXPECT_EQ(0, ttlmap_delete_if_value(self->map, KEY, "one", 3, NULL));
	EXPECT_FAILS(ENOENT, ttlmap_delete_if_value(self->map, KEY, "one", 3, NULL));

	EXPECT_EQ(0, ttlmap_update(self->map, KEY, "one", 3, 0, 0, &self->version));
	version = self->version + 1;
	EXPECT_FAILS(ECANCELED, ttlmap_delete_if_version(self->map, KEY, &version));
	EXPECT_EQ(self->version, version);
	EXPECT_EQ(0, ttlmap_delete_if_version(self->map, KEY, &version));

	EXPECT_EQ(0, ttlmap_update(self->map, KEY, "one", 3, 0, 0, NULL));
	EXPECT_FAILS(ECANCELED, ttlmap_delete_if_expired(self->map, KEY));
	EXPECT_EQ(0, ttlmap_delete(self->map, KEY));
	EXPECT_FAILS(ENOENT, ttlmap_delete(self->map, KEY));
	EXPECT_FAILS(ENOENT, ttlmap_delete_if_expired(self->map, KEY));
}

TEST(counters)
{
	uint64_t sum = 0, three = 3, nine = 9;
	int map;

	ttlmap_map_unlink(NAME);
	map = make(TTLMAP_F_COUNTERS);
	ASSERT_LE(0, map);
	EXPECT_FAILS(ENOENT, ttlmap_add(map, KEY, 1, 0, TTLMAP_EXISTING, &sum));
	EXPECT_EQ(0, ttlmap_add(map, KEY, 5, 0, 0, &sum));
	EXPECT_EQ(5, sum);
	EXPECT_EQ(0, ttlmap_add(map, KEY, -2ULL, 0, TTLMAP_EXISTING, &sum));
	EXPECT_EQ(3, sum);
	EXPECT_EQ(0, ttlmap_cas_value(map, KEY, &three, 8, &nine, 8, 0, 0, NULL));
	EXPECT_EQ(0, ttlmap_add(map, KEY, 1, 0, 0, NULL));
	EXPECT_EQ(0, ttlmap_add(map, KEY, 0, 0, 0, &sum));
	EXPECT_EQ(10, sum);
	close(map);
	EXPECT_EQ(0, ttlmap_map_unlink(NAME));
}

TEST_F(library, tune_clear_and_freeze)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 7 };
	struct ttlmap_stat stat;

	EXPECT_EQ(0, ttlmap_map_tune(self->map, &tune));
	EXPECT_EQ(0, ttlmap_map_clear(self->map));
	EXPECT_EQ(0, ttlmap_map_stat(self->map, &stat));
	EXPECT_EQ(7, stat.max_entries);
	EXPECT_EQ(0, stat.entries);
	EXPECT_EQ(1, stat.cleared);
	tune.what = 0;
	EXPECT_FAILS(EINVAL, ttlmap_map_tune(self->map, &tune));
	EXPECT_EQ(0, ttlmap_map_freeze(self->map));
	EXPECT_FAILS(EROFS, ttlmap_update(self->map, KEY, "one", 3, 0, 0, NULL));
	EXPECT_FAILS(EROFS, ttlmap_map_clear(self->map));
}

TEST_F(library, batch)
{
	struct ttlmap_op ops[] = {
		op_update("a", 1, "x", 1, 0, 0),
		op_update("a", 1, "y", 1, 0, TTLMAP_NEW),
		op_delete("a", 1),
	};
	uint32_t done = 0;

	EXPECT_EQ(0, ttlmap_map_batch(self->map, ops, 3, &done));
	EXPECT_EQ(3, done);
	EXPECT_EQ(0, ops[0].result);
	EXPECT_EQ(-EEXIST, ops[1].result);
	EXPECT_EQ(0, ops[2].result);
	EXPECT_FAILS(EFAULT, ttlmap_map_batch(self->map, NULL, 3, &done));
	EXPECT_EQ(0, done);
}

TEST_F(library, scanner_and_lister)
{
	struct ttlmap_scanner *scanner = ttlmap_scanner_new(self->map, 0);
	struct ttlmap_lister *lister = ttlmap_lister_new();
	struct ttlmap_list_item item;
	struct ttlmap_entry entry;

	ASSERT_NE(NULL, scanner);
	EXPECT_EQ(1, ttlmap_scanner_next(scanner, &entry));
	EXPECT_EQ(3, entry.key_len);
	EXPECT_EQ(0, memcmp("one", entry.value, 3));
	EXPECT_EQ(self->version, entry.version);
	EXPECT_GE(TTL_NS, entry.ttl_ns);
	EXPECT_EQ(0, ttlmap_scanner_next(scanner, &entry));
	ttlmap_scanner_free(scanner);
	ASSERT_NE(NULL, lister);
	EXPECT_EQ(1, ttlmap_lister_next(lister, &item));
	EXPECT_STREQ(NAME, (char *)item.name);
	EXPECT_EQ(0, ttlmap_lister_next(lister, &item));
	ttlmap_lister_free(lister);
}

TEST_HARNESS_MAIN
