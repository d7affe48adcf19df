// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/xxhash.h>

#include "../hash.h"
#include "fakes.h"

static void hash_is_xxh64_with_the_seed(struct kunit *test)
{
	struct tm_hasher hasher;

	tm_test_random_set(42);
	tm_hasher_init(&hasher, false);
	KUNIT_EXPECT_EQ(test, tm_hash(&hasher, "key", 3), xxh64("key", 3, 42));
	KUNIT_EXPECT_NE(test, tm_hash(&hasher, "key", 3), tm_hash(&hasher, "key", 4));
}

static void hash_is_siphash_if_that_is_asked_for(struct kunit *test)
{
	const siphash_key_t seed = { { 42, 42 } };
	struct tm_hasher hasher;

	tm_test_random_set(42);
	tm_hasher_init(&hasher, true);
	KUNIT_EXPECT_EQ(test, tm_hash(&hasher, "key", 3), siphash("key", 3, &seed));
}

static void seeds_make_other_hashes(struct kunit *test)
{
	struct tm_hasher one, other;

	tm_hasher_init(&one, false);
	tm_test_random_set(43);
	tm_hasher_init(&other, false);
	KUNIT_EXPECT_NE(test, tm_hash(&one, "key", 3), tm_hash(&other, "key", 3));
}

static struct kunit_case hash_cases[] = {
	KUNIT_CASE(hash_is_xxh64_with_the_seed),
	KUNIT_CASE(hash_is_siphash_if_that_is_asked_for),
	KUNIT_CASE(seeds_make_other_hashes),
	{}
};

static struct kunit_suite hash_suite = {
	.name = "ttlmap_hash",
	.init = tm_fakes_init,
	.test_cases = hash_cases,
};

kunit_test_suite(hash_suite);
