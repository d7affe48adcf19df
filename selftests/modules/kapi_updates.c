// SPDX-License-Identifier: GPL-2.0
/* Making maps, and changing what is in them. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/limits.h>

#include "kapi.h"

#define SHORT_NS	(100 * NSEC_PER_MSEC)

static void no_callback(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
}

static long create_error(const struct ttlmap_params *params)
{
	struct ttlmap *map = ttlmap_create(params);

	if (IS_ERR(map))
		return PTR_ERR(map);
	ttlmap_put(map);
	return 0;
}

static void create_checks(struct seq_file *report)
{
	const struct ttlmap_params good = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 10 },
	};
	struct ttlmap_params bad = good;

	EXPECT_EQ(report, 0, create_error(&good));
	bad.limits.key_max = 0;
	EXPECT_EQ(report, -EINVAL, create_error(&bad));
	bad = good;
	bad.limits.flags = 1U << 31;
	EXPECT_EQ(report, -EINVAL, create_error(&bad));
	bad = good;
	bad.limits.max_entries = 0;
	EXPECT_EQ(report, -EINVAL, create_error(&bad));
	bad = good;
	bad.limits.mode = 0600;
	EXPECT_EQ(report, -EINVAL, create_error(&bad));
	bad = good;
	bad.limits.default_ttl_ns = 2;
	bad.limits.max_ttl_ns = 1;
	EXPECT_EQ(report, -ERANGE, create_error(&bad));
	bad = good;
	strscpy(bad.limits.name, "no/name", TTLMAP_NAME_SIZE);
	EXPECT_EQ(report, -EINVAL, create_error(&bad));
}

/* A program may keep a map with a name, and nobody may be called then. */
static void no_callback_with_a_name(struct seq_file *report)
{
	struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 10,
			    .name = "kapi.callback" },
		.removed = no_callback,
	};

	EXPECT_EQ(report, -EINVAL, create_error(&params));
	params.removed = NULL;
	EXPECT_EQ(report, 0, create_error(&params));
}

static void names_are_unique(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 10,
			    .name = "kapi.unique" },
	};
	struct ttlmap *map = kapi_map(report, &params);

	if (!map)
		return;
	EXPECT_EQ(report, -EEXIST, create_error(&params));
	ttlmap_put(map);
	EXPECT_EQ(report, 0, create_error(&params));
}

static void update_flags(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 10);
	u64 value = 0;
	u32 bit;

	if (!map)
		return;
	EXPECT_EQ(report, -ENOENT, kapi_set(map, 1, 1, 0, TTLMAP_EXISTING));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, 0, TTLMAP_NEW));
	EXPECT_EQ(report, -EEXIST, kapi_set(map, 1, 2, 0, TTLMAP_NEW));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 3, 0, TTLMAP_EXISTING));
	EXPECT(report, kapi_get(map, 1, &value));
	EXPECT_EQ(report, 3, value);
	EXPECT_EQ(report, -EINVAL, kapi_set(map, 1, 4, 0, TTLMAP_NEW | TTLMAP_EXISTING));
	EXPECT_EQ(report, -EINVAL, kapi_set(map, 1, 4, 0, TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND));
	for (bit = TTLMAP_TTL_REFRESH; bit; bit <<= 1)
		EXPECT_EQ(report, -EINVAL, kapi_set(map, 1, 4, 0, bit));
	EXPECT(report, kapi_get(map, 1, &value));
	EXPECT_EQ(report, 3, value);
	ttlmap_put(map);
}

static void lengths_are_checked(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 10);
	struct ttlmap_buf eight = kapi_buf("12345678", 8), nine = kapi_buf("123456789", 9);
	struct ttlmap_buf none = kapi_buf("", 0);

	if (!map)
		return;
	EXPECT_EQ(report, -EINVAL, ttlmap_update(map, none, eight, 0, 0, GFP_KERNEL));
	EXPECT_EQ(report, -E2BIG, ttlmap_update(map, nine, eight, 0, 0, GFP_KERNEL));
	EXPECT_EQ(report, -E2BIG, ttlmap_update(map, eight, nine, 0, 0, GFP_KERNEL));
	EXPECT_EQ(report, 0, ttlmap_update(map, eight, none, 0, 0, GFP_KERNEL));
	EXPECT_EQ(report, -EINVAL, ttlmap_delete(map, "", 0));
	EXPECT_EQ(report, -EINVAL, ttlmap_delete(map, nine.data, nine.len));
	EXPECT_EQ(report, 0, ttlmap_delete(map, eight.data, eight.len));
	EXPECT_EQ(report, -ENOENT, ttlmap_delete(map, eight.data, eight.len));
	ttlmap_put(map);
}

static void ttls_are_checked(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_REQUIRE_TTL, .key_max = 8, .value_max = 8,
			    .max_entries = 10, .min_ttl_ns = NSEC_PER_SEC,
			    .max_ttl_ns = HOUR_NS },
	};
	struct ttlmap *map = kapi_map(report, &params);

	if (!map)
		return;
	EXPECT_EQ(report, -ERANGE, kapi_set(map, 1, 1, 0, 0));
	EXPECT_EQ(report, -ERANGE, kapi_set(map, 1, 1, TTLMAP_TTL_NEVER, 0));
	EXPECT_EQ(report, -ERANGE, kapi_set(map, 1, 1, NSEC_PER_SEC - 1, 0));
	EXPECT_EQ(report, -ERANGE, kapi_set(map, 1, 1, HOUR_NS + 1, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, HOUR_NS, 0));
	EXPECT(report, kapi_has(map, 1));
	ttlmap_put(map);
}

static bool all_gone(void *map)
{
	u64 value;

	return !kapi_get(map, 1, &value) && !kapi_get(map, 2, &value);
}

/* What is kept or replaced goes soon; what is extended or starts anew stays. */
static void update_and_expiry(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 10);

	if (!map)
		return;
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, SHORT_NS * 10, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, HOUR_NS, TTLMAP_TTL_KEEP));
	EXPECT_EQ(report, 0, kapi_set(map, 2, 2, HOUR_NS, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 2, 2, SHORT_NS, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 3, 3, HOUR_NS, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 3, 3, SHORT_NS, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(report, 0, kapi_set(map, 4, 4, SHORT_NS * 10, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 4, 4, TTLMAP_TTL_NEVER, 0));
	EXPECT(report, kapi_eventually(all_gone, map));
	EXPECT(report, kapi_has(map, 3));
	EXPECT(report, kapi_has(map, 4));
	EXPECT_EQ(report, -ENOENT, kapi_delete(map, 1));
	EXPECT_EQ(report, -ENOENT, kapi_set(map, 2, 2, 0, TTLMAP_EXISTING));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, 0, TTLMAP_NEW));
	ttlmap_put(map);
}

static void full_without_eviction(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_NO_EVICT, .key_max = 8, .value_max = 8,
			    .max_entries = 2 },
	};
	struct ttlmap *map = kapi_map(report, &params);

	if (!map)
		return;
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, 0, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 2, 2, 0, 0));
	EXPECT_EQ(report, -ENOSPC, kapi_set(map, 3, 3, 0, 0));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 1, 0, 0));
	EXPECT_EQ(report, 0, kapi_delete(map, 2));
	EXPECT_EQ(report, 0, kapi_set(map, 3, 3, 0, 0));
	ttlmap_put(map);
}

static void larger_than_the_map(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 4096, .max_entries = 100,
			    .max_bytes = 2048 },
	};
	static const u8 value[4096];
	struct ttlmap *map = kapi_map(report, &params);
	u64 key = 1;

	if (!map)
		return;
	EXPECT_EQ(report, -ENOSPC, ttlmap_update(map, kapi_buf(&key, 8), kapi_buf(value, 4096),
						 0, 0, GFP_KERNEL));
	for (; key < 20; key++)
		EXPECT_EQ(report, 0, ttlmap_update(map, kapi_buf(&key, 8), kapi_buf(value, 1000),
						   0, 0, GFP_KERNEL));
	EXPECT_EQ(report, -ENOENT, kapi_delete(map, 1));
	EXPECT_EQ(report, 0, kapi_delete(map, 19));
	ttlmap_put(map);
}

static int add(struct ttlmap *map, u64 key, s64 *value, u64 ttl_ns)
{
	return ttlmap_add(map, kapi_buf(&key, sizeof(key)), value, ttl_ns, GFP_KERNEL);
}

static void check_add(struct seq_file *report, struct ttlmap *map, s64 value, s64 sum)
{
	EXPECT_EQ(report, 0, add(map, 1, &value, 0));
	EXPECT_EQ(report, sum, value);
}

static void counters(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_COUNTERS | TTLMAP_F_NO_EVICT, .key_max = 8,
			    .value_max = 8, .max_entries = 2 },
	};
	struct ttlmap *map = kapi_map(report, &params);
	u64 seen = 0;
	s64 value = 5;

	if (!map)
		return;
	check_add(report, map, 5, 5);
	check_add(report, map, 37, 42);
	check_add(report, map, -50, -8);
	check_add(report, map, S64_MIN, S64_MAX - 7);
	check_add(report, map, 0, S64_MAX - 7);
	EXPECT(report, kapi_get(map, 1, &seen));
	EXPECT_EQ(report, S64_MAX - 7, seen);
	EXPECT_EQ(report, 0, kapi_set(map, 1, 100, 0, 0));
	check_add(report, map, 1, 101);
	EXPECT_EQ(report, 0, kapi_delete(map, 1));
	check_add(report, map, 1, 1);
	EXPECT_EQ(report, 0, add(map, 2, &value, 0));
	EXPECT_EQ(report, -ENOSPC, add(map, 3, &value, 0));
	EXPECT_EQ(report, 5, value);
	EXPECT_EQ(report, -ERANGE, add(map, 3, &value, TTLMAP_TTL_MAX + 1));
	EXPECT_EQ(report, -EINVAL, ttlmap_add(map, kapi_buf("", 0), &value, 0, GFP_KERNEL));
	EXPECT_EQ(report, -E2BIG, ttlmap_add(map, kapi_buf("123456789", 9), &value, 0,
					     GFP_KERNEL));
	EXPECT_EQ(report, -EINVAL, ttlmap_update(map, kapi_buf("1234", 4), kapi_buf("1234", 4),
						 0, TTLMAP_NEW, GFP_KERNEL));
	ttlmap_put(map);
}

static bool counter_gone(void *map)
{
	u64 value;

	return !kapi_get(map, 1, &value);
}

/* Additions do not put off the end of a counter. */
static void counters_expire(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_COUNTERS, .key_max = 8, .value_max = 8,
			    .max_entries = 10, .default_ttl_ns = SHORT_NS },
	};
	struct ttlmap *map = kapi_map(report, &params);
	s64 value = 1;

	if (!map)
		return;
	EXPECT_EQ(report, 0, add(map, 1, &value, 0));
	value = 1;
	EXPECT_EQ(report, 0, add(map, 1, &value, HOUR_NS));
	EXPECT(report, kapi_eventually(counter_gone, map));
	value = 1;
	EXPECT_EQ(report, 0, add(map, 1, &value, HOUR_NS));
	EXPECT_EQ(report, 1, value);
	ttlmap_put(map);
}

static void counters_ask_for_their_flag(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 10);
	s64 value = 1;

	if (!map)
		return;
	EXPECT_EQ(report, -EINVAL, add(map, 1, &value, 0));
	EXPECT_EQ(report, 1, value);
	ttlmap_put(map);
}

const struct kapi_case kapi_updates[] = {
	KAPI_CASE(create_checks),
	KAPI_CASE(no_callback_with_a_name),
	KAPI_CASE(names_are_unique),
	KAPI_CASE(update_flags),
	KAPI_CASE(lengths_are_checked),
	KAPI_CASE(ttls_are_checked),
	KAPI_CASE(update_and_expiry),
	KAPI_CASE(full_without_eviction),
	KAPI_CASE(larger_than_the_map),
	KAPI_CASE(counters),
	KAPI_CASE(counters_expire),
	KAPI_CASE(counters_ask_for_their_flag),
	{ }
};
