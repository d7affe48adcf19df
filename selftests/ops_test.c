// SPDX-License-Identifier: GPL-2.0
/*
 * Each promise and each errno of an operation, alone and in a batch: touch, pop,
 * add, clear, compare-and-swap, conditional delete, and what becomes of the TTL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "harness.h"

#define NAME		"ops.test"
#define KEY		7ULL
#define ABSENT		8ULL
#define OTHER		9ULL	/* of the operations beside the one in question */
#define VALUE		70ULL
#define SHORT_NS	HOUR_NS
#define LONG_NS		(2 * HOUR_NS)
#define VALUE_MAX	64
#define BAD_ADDRESS	1ULL

static const u64 key = KEY, absent = ABSENT;

FIXTURE(ops) {
	int map;
	u64 room, from;
	struct ttlmap_stat stat;
};

FIXTURE_VARIANT(ops) {
	bool batch;
};

FIXTURE_VARIANT_ADD(ops, alone) { .batch = false };
FIXTURE_VARIANT_ADD(ops, in_a_batch) { .batch = true };

FIXTURE_SETUP(ops)
{
	self->map = -1;
	self->from = boottime_ns();
}

FIXTURE_TEARDOWN(ops)
{
	close(self->map);
}

/* ---- one operation, alone or between two others */

static int run(int map, bool batch, struct ttlmap_op *op)
{
	struct ttlmap_op ops[3];
	u64 other = OTHER, room;
	u32 done = 0;
	int rc;

	if (!batch) {
		rc = map_op(map, op);
		return rc == op->result ? rc : -EBADE;
	}
	ops[0] = op_lookup(&other, 8, &room, 8);
	ops[0].flags = TTLMAP_PEEK;
	ops[1] = *op;
	ops[2] = ops[0];
	rc = map_batch(map, ops, 3, &done);
	*op = ops[1];
	if (rc)
		return rc;
	return done == 3 && ops[0].result == ops[2].result ? op->result : -EBADE;
}

#define RUN(op)	run(self->map, variant->batch, &(op))

/* A valid operation with something about it changed. */
#define EXPECT_CHANGED(want, valid, ...) do {				\
	struct ttlmap_op arg = (valid);					\
									\
	__VA_ARGS__;							\
	EXPECT_RC(want, RUN(arg), "where %s", #__VA_ARGS__);		\
} while (0)

static int make(u32 flags, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 8,
		.value_max = flags & TTLMAP_F_COUNTERS ? 8 : VALUE_MAX,
		.max_entries = capacity };

	return map_create(&create);
}

/* A map that allows TTLs from a minute to a day. */
static int make_limited(u32 flags)
{
	struct ttlmap_create create = MAP_8_8(100);

	create.flags = flags;
	create.min_ttl_ns = 60 * NSEC_PER_SEC;
	create.max_ttl_ns = 24 * HOUR_NS;
	create.default_ttl_ns = SHORT_NS;
	return map_create(&create);
}

#define MAP(flags)	ASSERT_FD(self->map, make(flags, 100))
#define MAP_WITH_KEY(flags) do {					\
	MAP(flags);							\
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));	\
} while (0)

static struct ttlmap_op lookup_op(u64 *room, u32 flags)
{
	struct ttlmap_op op = op_lookup(&key, 8, room, 8);

	op.flags = flags;
	return op;
}

static struct ttlmap_op update_op(const u64 *value, u64 ttl_ns, u32 flags)
{
	return op_update(&key, 8, value, 8, ttl_ns, flags);
}

/* With TTLMAP_IF_VALUE or TTLMAP_IF_VERSION or both. */
static struct ttlmap_op on_condition(struct ttlmap_op op, const void *value, u32 len,
				     u64 version)
{
	if (value) {
		op.flags |= TTLMAP_IF_VALUE;
		op.arg = (uintptr_t)value;
		op.arg_len = len;
	}
	if (version) {
		op.flags |= TTLMAP_IF_VERSION;
		op.version = version;
	}
	return op;
}

/* What is left of @ttl, which was given at @from or later. */
static bool is_left_of(u64 left, u64 ttl, u64 from)
{
	return left <= ttl && left + (boottime_ns() - from) >= ttl;
}

static u64 peek(int map, u64 *version)
{
	u64 room;
	struct ttlmap_op op = lookup_op(&room, TTLMAP_PEEK);
	int rc = map_op(map, &op);

	if (version)
		*version = op.version;
	return rc ? 0 : op.ttl_ns;
}

#define EXPECT_LEFT(ttl) do {						\
	u64 left_ = peek(self->map, NULL);				\
									\
	EXPECT_TRUE(is_left_of(left_, (ttl), self->from))		\
		TH_LOG("expected what is left of %llu, seen %llu",	\
		       (u64)(ttl), left_);				\
} while (0)

#define EXPECT_VALUE(want) do {						\
	u64 value_ = 0;							\
									\
	EXPECT_RC(0, u64_get(self->map, KEY, &value_));			\
	EXPECT_EQ(want, value_);					\
} while (0)

#define EXPECT_STAT(want, field) do {					\
	ASSERT_RC(0, map_stat(self->map, &self->stat));			\
	EXPECT_EQ(want, self->stat.field);				\
} while (0)

static int set_expired(int map, u64 which)
{
	int rc = u64_set(map, which, VALUE, 1, 0);

	sleep_until(boottime_ns() + NSEC_PER_MSEC);
	return rc;
}

/* Every bit of @allowed is left alone, every other one is tried. */
#define EXPECT_UNKNOWN_FLAGS(allowed, valid) do {			\
	for (unsigned int bit_ = 0; bit_ < 32; bit_++)			\
		if (!((allowed) & (1U << bit_)))			\
			EXPECT_CHANGED(-EINVAL, valid, arg.flags |= 1U << bit_); \
} while (0)

/* What is asked of a key, wherever there is one. */
#define EXPECT_KEY_CHECKED(valid) do {					\
	EXPECT_CHANGED(-EINVAL, valid, arg.key_len = 0);		\
	EXPECT_CHANGED(-E2BIG, valid, arg.key_len = 9);			\
	EXPECT_CHANGED(-E2BIG, valid, arg.key_len = ~0U);		\
	EXPECT_CHANGED(-EFAULT, valid, arg.key = 0);			\
	EXPECT_CHANGED(-EFAULT, valid, arg.key = BAD_ADDRESS);		\
} while (0)

TEST_F(ops, unknown_operation)
{
	static const u32 unknown[] = { 0, 8, 255, 0x80000001, ~0U };

	MAP_WITH_KEY(0);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		EXPECT_CHANGED(-EINVAL, lookup_op(&self->room, 0), arg.op = unknown[i]);
}

/* ---- touch */

TEST_F(ops, touch_gives_a_new_ttl)
{
	struct ttlmap_op longer = op_touch(&key, 8, LONG_NS, 0);
	struct ttlmap_op shorter = op_touch(&key, 8, SHORT_NS, 0);

	MAP_WITH_KEY(0);
	EXPECT_RC(0, RUN(longer));
	EXPECT_TRUE(is_left_of(longer.ttl_ns, LONG_NS, self->from));
	EXPECT_LEFT(LONG_NS);
	EXPECT_RC(0, RUN(shorter));
	EXPECT_TRUE(is_left_of(shorter.ttl_ns, SHORT_NS, self->from));
	EXPECT_LEFT(SHORT_NS);
	EXPECT_VALUE(VALUE);
	EXPECT_STAT(2, touches);
}

TEST_F(ops, touch_extend_only_lengthens)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, op_touch(&key, 8, LONG_NS, TTLMAP_TTL_EXTEND));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, op_touch(&key, 8, SHORT_NS, TTLMAP_TTL_EXTEND));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, op_touch(&key, 8, TTLMAP_TTL_NEVER, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
	EXPECT_CHANGED(0, op_touch(&key, 8, SHORT_NS, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
}

TEST_F(ops, touch_with_the_default)
{
	struct ttlmap_op op = op_touch(&key, 8, 0, 0);
	struct ttlmap_create create = MAP_8_8(100);

	create.default_ttl_ns = LONG_NS;
	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	EXPECT_RC(0, RUN(op));
	EXPECT_LEFT(LONG_NS);
}

TEST_F(ops, touch_without_a_default_lasts_for_ever)
{
	struct ttlmap_op op = op_touch(&key, 8, 0, 0);

	MAP_WITH_KEY(0);
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(TTLMAP_TTL_NEVER, op.ttl_ns);
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
}

TEST_F(ops, touch_cuts_short)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, op_touch(&key, 8, 1, 0));
	sleep_until(boottime_ns() + NSEC_PER_MSEC);
	EXPECT_RC(-ENOENT, u64_get(self->map, KEY, &self->room));
	EXPECT_TRUE(eventually(!map_entries(self->map)));
}

TEST_F(ops, touch_returns_the_version)
{
	struct ttlmap_op op = op_touch(&key, 8, LONG_NS, 0);
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(version, op.version);
}

TEST_F(ops, touch_what_is_not_there)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-ENOENT, op_touch(&absent, 8, LONG_NS, 0));
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, op_touch(&key, 8, LONG_NS, 0));
	EXPECT_CHANGED(-ENOENT, op_touch(&key, 8, LONG_NS, TTLMAP_TTL_EXTEND));
	EXPECT_STAT(0, touches);
}

TEST_F(ops, touch_counts_as_use_but_not_as_lookup)
{
	ASSERT_FD(self->map, make(0, 3));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	ASSERT_RC(0, u64_fill(self->map, 100, 2, 0));
	EXPECT_CHANGED(0, op_touch(&key, 8, LONG_NS, 0));
	EXPECT_STAT(0, hits + self->stat.misses);
	ASSERT_RC(0, u64_fill(self->map, 200, 2, 0));
	EXPECT_TRUE(u64_has(self->map, KEY)) TH_LOG("the least recently used goes");
}

TEST_F(ops, touch_out_of_range)
{
	static const u64 wrong[] = { 1, 59 * NSEC_PER_SEC, 25 * HOUR_NS, TTLMAP_TTL_NEVER,
				     TTLMAP_TTL_MAX + 1, TTLMAP_TTL_NEVER - 1 };

	ASSERT_FD(self->map, make_limited(0));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_CHANGED(-ERANGE, op_touch(&key, 8, wrong[i], 0));
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, touch_takes_no_more_than_it_needs)
{
	struct ttlmap_op valid = op_touch(&key, 8, LONG_NS, 0);

	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(TTLMAP_TTL_EXTEND, valid);
	EXPECT_CHANGED(-EINVAL, valid, arg.value = (uintptr_t)&self->room);
	EXPECT_CHANGED(-EINVAL, valid, arg.value_len = 8);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg_len = 1);
	EXPECT_KEY_CHECKED(valid);
	EXPECT_LEFT(SHORT_NS);
}

/* ---- lookup */

TEST_F(ops, lookup_refresh_starts_the_ttl_anew)
{
	struct ttlmap_op op = lookup_op(&self->room, TTLMAP_TTL_REFRESH);

	MAP_WITH_KEY(0);
	op.ttl_ns = LONG_NS;
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(VALUE, self->room);
	EXPECT_TRUE(is_left_of(op.ttl_ns, LONG_NS, self->from));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, lookup_op(&self->room, TTLMAP_TTL_REFRESH), arg.ttl_ns = SHORT_NS);
	EXPECT_LEFT(SHORT_NS);
	EXPECT_CHANGED(0, lookup_op(&self->room, TTLMAP_TTL_REFRESH), arg.ttl_ns = 0);
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
	EXPECT_STAT(3, touches);
	EXPECT_EQ(3, self->stat.hits);
}

TEST_F(ops, lookup_extend_only_lengthens)
{
	const u32 both = TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND;

	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, lookup_op(&self->room, both), arg.ttl_ns = LONG_NS);
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, lookup_op(&self->room, both), arg.ttl_ns = SHORT_NS);
	EXPECT_LEFT(LONG_NS);
}

TEST_F(ops, lookup_without_refresh_leaves_the_ttl)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, lookup_op(&self->room, 0), arg.ttl_ns = LONG_NS);
	EXPECT_CHANGED(0, lookup_op(&self->room, TTLMAP_PEEK), arg.ttl_ns = LONG_NS);
	EXPECT_LEFT(SHORT_NS);
	EXPECT_STAT(0, touches);
}

TEST_F(ops, lookup_refresh_out_of_range)
{
	ASSERT_FD(self->map, make_limited(0));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	EXPECT_CHANGED(-ERANGE, lookup_op(&self->room, TTLMAP_TTL_REFRESH), arg.ttl_ns = 1);
	EXPECT_CHANGED(-ERANGE, lookup_op(&self->room, TTLMAP_TTL_REFRESH),
		       arg.ttl_ns = TTLMAP_TTL_NEVER);
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, lookup_that_fails_refreshes_nothing)
{
	struct ttlmap_op op = lookup_op(&self->room, TTLMAP_TTL_REFRESH);

	MAP_WITH_KEY(0);
	op.ttl_ns = LONG_NS;
	op.value_len = 7;
	EXPECT_RC(-EMSGSIZE, RUN(op));
	EXPECT_EQ(8, op.value_len);
	EXPECT_TRUE(is_left_of(op.ttl_ns, SHORT_NS, self->from));
	EXPECT_EQ(0, self->room);
	EXPECT_CHANGED(-EFAULT, lookup_op(NULL, TTLMAP_TTL_REFRESH), arg.ttl_ns = LONG_NS);
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, peek_is_no_use)
{
	ASSERT_FD(self->map, make(0, 3));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	ASSERT_RC(0, u64_fill(self->map, 100, 2, 0));
	EXPECT_CHANGED(0, lookup_op(&self->room, TTLMAP_PEEK));
	EXPECT_EQ(VALUE, self->room);
	ASSERT_RC(0, u64_fill(self->map, 200, 1, 0));
	EXPECT_CHANGED(-ENOENT, lookup_op(&self->room, TTLMAP_PEEK));
	EXPECT_STAT(0, hits + self->stat.misses);
}

TEST_F(ops, lookup_is_a_use)
{
	ASSERT_FD(self->map, make(0, 3));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, SHORT_NS, 0));
	ASSERT_RC(0, u64_fill(self->map, 100, 2, 0));
	EXPECT_CHANGED(0, lookup_op(&self->room, 0));
	ASSERT_RC(0, u64_fill(self->map, 200, 2, 0));
	EXPECT_CHANGED(0, lookup_op(&self->room, 0));
}

TEST_F(ops, lookup_flags_that_go_together)
{
	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(TTLMAP_TTL_REFRESH | TTLMAP_PEEK, lookup_op(&self->room, 0));
	EXPECT_UNKNOWN_FLAGS(TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND,
			     lookup_op(&self->room, TTLMAP_TTL_REFRESH));
	EXPECT_UNKNOWN_FLAGS(TTLMAP_PEEK, lookup_op(&self->room, TTLMAP_PEEK));
	EXPECT_CHANGED(-EINVAL, lookup_op(&self->room, 0), arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, lookup_op(&self->room, 0), arg.arg_len = 1);
	EXPECT_KEY_CHECKED(lookup_op(&self->room, 0));
}

/* ---- pop */

TEST_F(ops, pop_returns_what_it_removes)
{
	struct ttlmap_op op = op_pop(&key, 8, &self->room, 8);
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(VALUE, self->room);
	EXPECT_EQ(8, op.value_len);
	EXPECT_EQ(version, op.version);
	EXPECT_TRUE(is_left_of(op.ttl_ns, SHORT_NS, self->from));
	EXPECT_CHANGED(-ENOENT, op_pop(&key, 8, &self->room, 8));
	EXPECT_STAT(1, popped);
	EXPECT_EQ(0, self->stat.deletes + self->stat.entries);
}

TEST_F(ops, pop_what_never_expires)
{
	struct ttlmap_op op = op_pop(&key, 8, &self->room, 8);

	MAP(0);
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, TTLMAP_TTL_NEVER, 0));
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(TTLMAP_TTL_NEVER, op.ttl_ns);
}

TEST_F(ops, pop_an_empty_value)
{
	struct ttlmap_op set = op_update(&key, 8, NULL, 0, 0, 0);
	struct ttlmap_op op = op_pop(&key, 8, NULL, 0);

	MAP(0);
	ASSERT_RC(0, map_op(self->map, &set));
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(0, op.value_len);
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, pop_what_is_not_there)
{
	MAP(0);
	EXPECT_CHANGED(-ENOENT, op_pop(&absent, 8, &self->room, 8));
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, op_pop(&key, 8, &self->room, 8));
	EXPECT_STAT(0, popped);
}

TEST_F(ops, pop_without_room_keeps_the_entry)
{
	struct ttlmap_op op = op_pop(&key, 8, &self->room, 7);

	MAP_WITH_KEY(0);
	EXPECT_RC(-EMSGSIZE, RUN(op));
	EXPECT_EQ(8, op.value_len);
	EXPECT_EQ(0, self->room);
	EXPECT_LEFT(SHORT_NS);
	EXPECT_VALUE(VALUE);
	EXPECT_STAT(0, popped);
}

static void *page(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static const u32 pop_maps[] = { 0, TTLMAP_F_VERSIONS, TTLMAP_F_COUNTERS, TTLMAP_F_PREALLOC };

TEST_F(ops, pop_that_cannot_write_keeps_the_entry)
{
	void *read_only = page(PROT_READ);

	for (size_t i = 0; i < ARRAY_SIZE(pop_maps); i++) {
		MAP_WITH_KEY(pop_maps[i]);
		EXPECT_CHANGED(-EFAULT, op_pop(&key, 8, NULL, 8));
		EXPECT_CHANGED(-EFAULT, op_pop(&key, 8, read_only, 8));
		EXPECT_CHANGED(-EFAULT, op_pop(&key, 8, (void *)BAD_ADDRESS, 8));
		EXPECT_VALUE(VALUE);
		EXPECT_LEFT(SHORT_NS);
		EXPECT_STAT(0, popped);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(ops, pop_into_pages_not_yet_there)
{
	for (size_t i = 0; i < ARRAY_SIZE(pop_maps); i++) {
		u64 *fresh = page(PROT_READ | PROT_WRITE);

		MAP_WITH_KEY(pop_maps[i]);
		EXPECT_CHANGED(0, op_pop(&key, 8, fresh, 8));
		EXPECT_EQ(VALUE, *fresh);
		EXPECT_EQ(0, map_entries(self->map));
		close(self->map);
	}
	self->map = -1;
}

TEST_F(ops, pop_takes_no_more_than_it_needs)
{
	struct ttlmap_op valid = op_pop(&key, 8, &self->room, 8);

	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(0, valid);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg_len = 1);
	EXPECT_KEY_CHECKED(valid);
	EXPECT_VALUE(VALUE);
}

/* ---- update: what becomes of the TTL */

static const u64 new_value = VALUE + 1;

TEST_F(ops, update_starts_the_ttl_anew)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, update_op(&new_value, LONG_NS, 0));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, TTLMAP_EXISTING));
	EXPECT_LEFT(SHORT_NS);
	EXPECT_VALUE(new_value);
}

TEST_F(ops, update_keep)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, update_op(&new_value, LONG_NS, TTLMAP_TTL_KEEP));
	EXPECT_LEFT(SHORT_NS);
	EXPECT_VALUE(new_value);
	EXPECT_CHANGED(0, update_op(&new_value, 1, TTLMAP_TTL_KEEP | TTLMAP_EXISTING));
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, update_keep_what_is_not_there)
{
	MAP(0);
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, TTLMAP_TTL_KEEP));
	EXPECT_LEFT(SHORT_NS);
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(0, update_op(&new_value, LONG_NS, TTLMAP_TTL_KEEP));
	EXPECT_LEFT(LONG_NS);
}

TEST_F(ops, update_extend)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(0, update_op(&new_value, LONG_NS, TTLMAP_TTL_EXTEND));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, TTLMAP_TTL_EXTEND));
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, update_op(&new_value, 0, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, TTLMAP_TTL_EXTEND));
	EXPECT_EQ(TTLMAP_TTL_NEVER, peek(self->map, NULL));
}

TEST_F(ops, update_what_has_expired)
{
	MAP(0);
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, update_op(&new_value, SHORT_NS, TTLMAP_EXISTING));
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, TTLMAP_NEW));
	EXPECT_VALUE(new_value);
	EXPECT_CHANGED(-EEXIST, update_op(&new_value, SHORT_NS, TTLMAP_NEW));
}

TEST_F(ops, update_flags_that_contradict)
{
	const u32 wrong[] = {
		TTLMAP_NEW | TTLMAP_EXISTING, TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND,
		TTLMAP_TTL_REFRESH, TTLMAP_IF_EXPIRED, TTLMAP_PEEK,
		TTLMAP_IF_VALUE | TTLMAP_NEW, TTLMAP_IF_VERSION | TTLMAP_NEW,
		TTLMAP_IF_VALUE | TTLMAP_IF_EXPIRED,
	};

	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_CHANGED(-EINVAL, update_op(&new_value, 0, wrong[i]));
	EXPECT_UNKNOWN_FLAGS(0x3ff, update_op(&new_value, 0, 0));
	EXPECT_CHANGED(-EINVAL, update_op(&new_value, 0, 0), arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, update_op(&new_value, 0, 0), arg.arg_len = 1);
	EXPECT_KEY_CHECKED(update_op(&new_value, 0, 0));
	EXPECT_CHANGED(-EFAULT, update_op(NULL, 0, 0));
	EXPECT_CHANGED(-E2BIG, update_op(&new_value, 0, 0), arg.value_len = VALUE_MAX + 1);
	EXPECT_VALUE(VALUE);
	EXPECT_STAT(1, inserts + self->stat.replaces);
}

TEST_F(ops, update_flags_that_the_map_must_know)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-EINVAL, update_op(&new_value, 0, TTLMAP_OWNED));
	EXPECT_CHANGED(-EINVAL, update_op(&new_value, 0, TTLMAP_IF_VERSION));
	EXPECT_VALUE(VALUE);
}

/* ---- compare-and-swap */

static const u64 value = VALUE, wrong_value = VALUE + 5;
static const u32 swap_maps[] = { 0, TTLMAP_F_VERSIONS, TTLMAP_F_COUNTERS,
				 TTLMAP_F_PREALLOC };

static struct ttlmap_op swap_op(const void *expected, u32 len, u64 ttl_ns, u32 flags)
{
	return on_condition(update_op(&new_value, ttl_ns, flags), expected, len, 0);
}

TEST_F(ops, swap_by_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(swap_maps); i++) {
		MAP_WITH_KEY(swap_maps[i]);
		EXPECT_CHANGED(-ECANCELED, swap_op(&wrong_value, 8, LONG_NS, 0));
		EXPECT_VALUE(VALUE);
		EXPECT_LEFT(SHORT_NS);
		EXPECT_CHANGED(0, swap_op(&value, 8, LONG_NS, TTLMAP_EXISTING));
		EXPECT_VALUE(new_value);
		EXPECT_LEFT(LONG_NS);
		EXPECT_STAT(1, canceled);
		EXPECT_EQ(1, self->stat.replaces);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(ops, swap_never_inserts)
{
	for (size_t i = 0; i < ARRAY_SIZE(swap_maps); i++) {
		MAP(swap_maps[i]);
		EXPECT_CHANGED(-ENOENT, swap_op(&value, 8, 0, 0));
		EXPECT_CHANGED(-ENOENT, swap_op(&value, 8, 0, TTLMAP_EXISTING));
		EXPECT_CHANGED(-ENOENT, swap_op(&value, 4, 0, 0));
		ASSERT_RC(0, set_expired(self->map, KEY));
		EXPECT_CHANGED(-ENOENT, swap_op(&value, 8, 0, 0));
		EXPECT_STAT(0, canceled);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(ops, swap_by_a_value_of_another_length)
{
	u64 longer[2] = { VALUE, 0 };

	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-ECANCELED, swap_op(longer, 16, 0, 0));
	EXPECT_CHANGED(-ECANCELED, swap_op(&value, 7, 0, 0));
	EXPECT_CHANGED(-ECANCELED, swap_op(&value, 8, 0, 0), arg.arg_len = 0);
	EXPECT_VALUE(VALUE);
	EXPECT_STAT(3, canceled);
}

TEST_F(ops, swap_an_empty_value)
{
	struct ttlmap_op set = op_update(&key, 8, NULL, 0, 0, 0);

	MAP(0);
	ASSERT_RC(0, map_op(self->map, &set));
	EXPECT_CHANGED(-ECANCELED, swap_op(&value, 8, 0, 0));
	EXPECT_CHANGED(0, swap_op(&value, 8, 0, 0), arg.arg_len = 0);
	EXPECT_VALUE(new_value);
}

TEST_F(ops, swap_and_the_ttl)
{
	for (size_t i = 0; i < ARRAY_SIZE(swap_maps); i++) {
		MAP_WITH_KEY(swap_maps[i]);
		EXPECT_CHANGED(0, swap_op(&value, 8, LONG_NS, TTLMAP_TTL_KEEP));
		EXPECT_LEFT(SHORT_NS);
		EXPECT_CHANGED(0, swap_op(&new_value, 8, LONG_NS, TTLMAP_TTL_EXTEND));
		EXPECT_LEFT(LONG_NS);
		EXPECT_CHANGED(0, swap_op(&new_value, 8, SHORT_NS, TTLMAP_TTL_EXTEND));
		EXPECT_LEFT(LONG_NS);
		close(self->map);
	}
	self->map = -1;
}

TEST_F(ops, swap_with_a_condition_out_of_bounds)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-E2BIG, swap_op(&value, VALUE_MAX + 1, 0, 0));
	EXPECT_CHANGED(-E2BIG, swap_op(&value, ~0U, 0, 0));
	EXPECT_CHANGED(-EFAULT, swap_op(&value, 8, 0, 0), arg.arg = 0);
	EXPECT_CHANGED(-EFAULT, swap_op(&value, 8, 0, 0), arg.arg = BAD_ADDRESS);
	EXPECT_CHANGED(-ERANGE, swap_op(&value, 8, TTLMAP_TTL_MAX + 1, 0));
	EXPECT_VALUE(VALUE);
}

static struct ttlmap_op swap_version_op(u64 version, u32 flags)
{
	return on_condition(update_op(&new_value, SHORT_NS, flags), NULL, 0, version);
}

TEST_F(ops, swap_by_version)
{
	struct ttlmap_op op;
	u64 first, second;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &first);
	op = swap_version_op(first + 1, 0);
	EXPECT_RC(-ECANCELED, RUN(op));
	EXPECT_EQ(first, op.version) TH_LOG("the version that is there is returned");
	EXPECT_VALUE(VALUE);
	op = swap_version_op(first, 0);
	EXPECT_RC(0, RUN(op));
	peek(self->map, &second);
	EXPECT_EQ(second, op.version) TH_LOG("the version that it has got is returned");
	EXPECT_NE(first, second);
	EXPECT_VALUE(new_value);
	EXPECT_CHANGED(-ECANCELED, swap_version_op(first, 0));
	EXPECT_CHANGED(0, swap_version_op(second, TTLMAP_EXISTING));
	EXPECT_STAT(2, canceled);
}

TEST_F(ops, swap_by_version_never_inserts)
{
	MAP(TTLMAP_F_VERSIONS);
	EXPECT_CHANGED(-ENOENT, swap_version_op(1, 0));
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, swap_by_value_returns_the_version)
{
	struct ttlmap_op op = swap_op(&wrong_value, 8, 0, 0);
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	EXPECT_RC(-ECANCELED, RUN(op));
	EXPECT_EQ(version, op.version);
	op = swap_op(&value, 8, 0, 0);
	EXPECT_RC(0, RUN(op));
	peek(self->map, &version);
	EXPECT_EQ(version, op.version);
}

TEST_F(ops, swap_by_both)
{
	struct ttlmap_op update = update_op(&new_value, 0, 0);
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	EXPECT_CHANGED(-ECANCELED, on_condition(update, &wrong_value, 8, version));
	EXPECT_CHANGED(-ECANCELED, on_condition(update, &value, 8, version + 1));
	EXPECT_VALUE(VALUE);
	EXPECT_CHANGED(0, on_condition(update, &value, 8, version));
	EXPECT_VALUE(new_value);
	EXPECT_STAT(2, canceled);
}

/* Whatever comes and goes, no version is seen twice. */
TEST_F(ops, versions_are_unique)
{
	u64 seen[500];

	MAP(TTLMAP_F_VERSIONS);
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		struct ttlmap_op op = update_op(&value, 0, 0);

		if (i % 3 == 2)
			EXPECT_RC(0, u64_delete(self->map, KEY));
		EXPECT_RC(0, RUN(op));
		seen[i] = op.version;
		EXPECT_NE(0, op.version);
		for (size_t j = 0; j < i; j++)
			ASSERT_NE(seen[j], seen[i]);
	}
}

/* ---- conditional delete */

static struct ttlmap_op delete_if(const void *expected, u32 len, u64 version)
{
	return on_condition(op_delete(&key, 8), expected, len, version);
}

TEST_F(ops, delete_if_value)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-ECANCELED, delete_if(&wrong_value, 8, 0));
	EXPECT_CHANGED(-ECANCELED, delete_if(&value, 7, 0));
	EXPECT_LEFT(SHORT_NS);
	EXPECT_CHANGED(0, delete_if(&value, 8, 0));
	EXPECT_CHANGED(-ENOENT, delete_if(&value, 8, 0));
	EXPECT_STAT(1, deletes);
	EXPECT_EQ(2, self->stat.canceled);
}

TEST_F(ops, delete_if_version)
{
	struct ttlmap_op op;
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	op = delete_if(NULL, 0, version + 1);
	EXPECT_RC(-ECANCELED, RUN(op));
	EXPECT_EQ(version, op.version);
	EXPECT_CHANGED(-ECANCELED, delete_if(&wrong_value, 8, version));
	EXPECT_CHANGED(0, delete_if(&value, 8, version));
	EXPECT_CHANGED(-ENOENT, delete_if(NULL, 0, version));
}

/* What has expired is soon gone by itself: whoever is quicker removes it. */
TEST_F(ops, delete_if_expired)
{
	int deleted = 0, tries;

	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-ECANCELED, op_delete(&key, 8), arg.flags = TTLMAP_IF_EXPIRED);
	EXPECT_CHANGED(-ENOENT, op_delete(&absent, 8), arg.flags = TTLMAP_IF_EXPIRED);
	for (tries = 0; tries < 1000 && !deleted; tries++) {
		struct ttlmap_op op = op_delete(&key, 8);
		int rc;

		op.flags = TTLMAP_IF_EXPIRED;
		ASSERT_RC(0, u64_set(self->map, KEY, VALUE, 1, 0));
		rc = RUN(op);
		deleted = !rc;
		ASSERT_TRUE(!rc || rc == -ENOENT) TH_LOG("seen %s", rc_name(rc));
	}
	EXPECT_TRUE(deleted) TH_LOG("none was deleted in %d tries", tries);
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, delete_what_has_expired)
{
	MAP(TTLMAP_F_VERSIONS);
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, op_delete(&key, 8));
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, delete_if(&value, 8, 0));
	EXPECT_CHANGED(-ENOENT, delete_if(NULL, 0, 1));
	EXPECT_STAT(0, deletes);
}

TEST_F(ops, delete_takes_no_more_than_it_needs)
{
	struct ttlmap_op valid = op_delete(&key, 8);

	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_IF_EXPIRED, valid);
	EXPECT_CHANGED(-EINVAL, valid, arg.value = (uintptr_t)&value);
	EXPECT_CHANGED(-EINVAL, valid, arg.value_len = 8);
	EXPECT_CHANGED(-EINVAL, valid, arg.ttl_ns = 1);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, valid, arg.arg_len = 1);
	EXPECT_CHANGED(-E2BIG, delete_if(&value, VALUE_MAX + 1, 0));
	EXPECT_CHANGED(-EFAULT, delete_if((void *)BAD_ADDRESS, 8, 0));
	EXPECT_KEY_CHECKED(valid);
	EXPECT_VALUE(VALUE);
}

TEST_F(ops, delete_if_version_needs_versions)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-EINVAL, delete_if(NULL, 0, 1));
	EXPECT_VALUE(VALUE);
}

/* ---- add */

static struct ttlmap_op add(u64 what, u64 ttl_ns, u32 flags)
{
	return op_add(&key, 8, what, ttl_ns, flags);
}

TEST_F(ops, add_starts_and_goes_on)
{
	struct ttlmap_op first = add(5, SHORT_NS, 0), second = add(37, LONG_NS, 0);

	MAP(TTLMAP_F_COUNTERS);
	EXPECT_RC(0, RUN(first));
	EXPECT_EQ(5, first.arg);
	EXPECT_RC(0, RUN(second));
	EXPECT_EQ(42, second.arg);
	EXPECT_VALUE(42);
	EXPECT_LEFT(SHORT_NS);
	EXPECT_STAT(1, inserts);
	EXPECT_EQ(1, self->stat.adds);
}

TEST_F(ops, add_wraps_around)
{
	struct ttlmap_op op = add(3, 0, 0);

	MAP(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(0, add(~0ULL - 1, 0, 0));
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(1, op.arg);
	EXPECT_CHANGED(0, add(-2, 0, 0));
	EXPECT_VALUE(~0ULL);
	EXPECT_CHANGED(0, add(0, 0, 0));
	EXPECT_VALUE(~0ULL);
}

TEST_F(ops, add_to_what_was_written)
{
	MAP_WITH_KEY(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(0, add(2, 0, TTLMAP_EXISTING));
	EXPECT_VALUE(VALUE + 2);
	EXPECT_CHANGED(0, update_op(&new_value, SHORT_NS, 0));
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_VALUE(new_value + 1);
}

TEST_F(ops, add_existing)
{
	MAP(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(-ENOENT, add(1, 0, TTLMAP_EXISTING));
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, add_to_what_has_expired)
{
	MAP(TTLMAP_F_COUNTERS);
	ASSERT_RC(0, set_expired(self->map, KEY));
	EXPECT_CHANGED(-ENOENT, add(1, SHORT_NS, TTLMAP_EXISTING));
	EXPECT_CHANGED(0, add(1, SHORT_NS, 0));
	EXPECT_VALUE(1);
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, add_starts_with_a_ttl_in_range)
{
	ASSERT_FD(self->map, make_limited(TTLMAP_F_COUNTERS));
	EXPECT_CHANGED(-ERANGE, add(1, 1, 0));
	EXPECT_CHANGED(-ERANGE, add(1, TTLMAP_TTL_NEVER, 0));
	EXPECT_CHANGED(-ERANGE, add(1, TTLMAP_TTL_MAX + 1, 0));
	EXPECT_EQ(0, map_entries(self->map));
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_LEFT(SHORT_NS);
}

TEST_F(ops, add_counts_as_use)
{
	ASSERT_FD(self->map, make(TTLMAP_F_COUNTERS, 3));
	ASSERT_RC(0, u64_set(self->map, KEY, VALUE, 0, 0));
	ASSERT_RC(0, u64_fill(self->map, 100, 2, 0));
	EXPECT_CHANGED(0, add(1, 0, 0));
	ASSERT_RC(0, u64_fill(self->map, 200, 2, 0));
	EXPECT_VALUE(VALUE + 1);
}

TEST_F(ops, add_to_a_full_map)
{
	ASSERT_FD(self->map, make(TTLMAP_F_COUNTERS | TTLMAP_F_NO_EVICT, 3));
	ASSERT_RC(0, u64_fill(self->map, 100, 3, 0));
	EXPECT_CHANGED(-ENOSPC, add(1, 0, 0));
	ASSERT_RC(0, u64_delete(self->map, 100));
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_VALUE(2);
	EXPECT_STAT(1, refused);
}

TEST_F(ops, add_where_all_maps_are_at_their_limit)
{
	u64 limit = parameter_read("max_bytes");

	MAP(TTLMAP_F_COUNTERS);
	ASSERT_RC(0, parameter_write("max_bytes", 1));
	EXPECT_CHANGED(-EDQUOT, add(1, 0, 0));
	EXPECT_CHANGED(-EDQUOT, update_op(&value, 0, 0));
	ASSERT_RC(0, parameter_write("max_bytes", limit));
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_STAT(2, no_memory);
	EXPECT_EQ(1, self->stat.entries);
}

TEST_F(ops, add_needs_counters)
{
	MAP_WITH_KEY(0);
	EXPECT_CHANGED(-EINVAL, add(1, 0, 0));
	EXPECT_CHANGED(-EINVAL, op_add(&absent, 8, 1, 0, 0));
	EXPECT_VALUE(VALUE);
}

TEST_F(ops, add_takes_no_more_than_it_needs)
{
	MAP_WITH_KEY(TTLMAP_F_COUNTERS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(TTLMAP_EXISTING | TTLMAP_OWNED, add(1, 0, 0));
	EXPECT_CHANGED(-EINVAL, add(1, 0, 0), arg.value = (uintptr_t)&value);
	EXPECT_CHANGED(-EINVAL, add(1, 0, 0), arg.value_len = 8);
	EXPECT_CHANGED(-EINVAL, add(1, 0, 0), arg.arg_len = 8);
	EXPECT_KEY_CHECKED(add(1, 0, 0));
	EXPECT_VALUE(VALUE);
}

TEST_F(ops, add_owned_needs_owners)
{
	MAP(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(-EINVAL, add(1, 0, TTLMAP_OWNED));
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, counters_are_eight_bytes)
{
	MAP(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(-EINVAL, update_op(&value, 0, 0), arg.value_len = 7);
	EXPECT_CHANGED(-EINVAL, update_op(&value, 0, 0), arg.value_len = 0);
	EXPECT_CHANGED(-E2BIG, update_op(&value, 0, 0), arg.value_len = 9);
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(ops, pop_a_counter)
{
	struct ttlmap_op op = op_pop(&key, 8, &self->room, 8);

	MAP_WITH_KEY(TTLMAP_F_COUNTERS);
	EXPECT_CHANGED(0, add(3, 0, 0));
	EXPECT_RC(0, RUN(op));
	EXPECT_EQ(VALUE + 3, self->room);
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_VALUE(1);
}

/* ---- clear */

static struct ttlmap_op clear(void)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_CLEAR };
}

TEST_F(ops, clear_removes_all)
{
	ASSERT_FD(self->map, make(0, 20000));
	EXPECT_CHANGED(0, clear());
	ASSERT_RC(0, u64_fill(self->map, 100, 20000, 0));
	EXPECT_CHANGED(0, clear());
	EXPECT_STAT(20000, cleared);
	EXPECT_EQ(0, self->stat.entries + self->stat.deletes + self->stat.live_bytes);
	EXPECT_EQ(0, u64_count_present(self->map, 100, 20000));
	ASSERT_RC(0, u64_fill(self->map, 100, 20000, 0));
	EXPECT_EQ(20000, u64_count_present(self->map, 100, 20000));
}

TEST_F(ops, clear_takes_nothing)
{
	MAP_WITH_KEY(TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS);
	EXPECT_UNKNOWN_FLAGS(0, clear());
	EXPECT_CHANGED(-EINVAL, clear(), arg.key = (uintptr_t)&key);
	EXPECT_CHANGED(-EINVAL, clear(), arg.key_len = 8);
	EXPECT_CHANGED(-EINVAL, clear(), arg.value = (uintptr_t)&value);
	EXPECT_CHANGED(-EINVAL, clear(), arg.value_len = 8);
	EXPECT_CHANGED(-EINVAL, clear(), arg.ttl_ns = 1);
	EXPECT_CHANGED(-EINVAL, clear(), arg.arg = 1);
	EXPECT_CHANGED(-EINVAL, clear(), arg.arg_len = 1);
	EXPECT_CHANGED(-EINVAL, clear(), arg.version = 1);
	EXPECT_VALUE(VALUE);
}

/* ---- permissions */

static const struct {
	u32 op, flags;
	int read_only, write_only;	/* for a key that is there */
} permissions[] = {
	{ TTLMAP_OP_LOOKUP, 0, 0, -EBADF },
	{ TTLMAP_OP_LOOKUP, TTLMAP_PEEK, 0, -EBADF },
	{ TTLMAP_OP_LOOKUP, TTLMAP_TTL_REFRESH, -EBADF, -EBADF },
	{ TTLMAP_OP_UPDATE, 0, -EBADF, 0 },
	{ TTLMAP_OP_UPDATE, TTLMAP_IF_VALUE, -EBADF, 0 },
	{ TTLMAP_OP_DELETE, 0, -EBADF, 0 },
	{ TTLMAP_OP_DELETE, TTLMAP_IF_VERSION, -EBADF, 0 },
	{ TTLMAP_OP_DELETE, TTLMAP_IF_EXPIRED, -EBADF, -ECANCELED },
	{ TTLMAP_OP_TOUCH, 0, -EBADF, 0 },
	{ TTLMAP_OP_POP, 0, -EBADF, -EBADF },
	{ TTLMAP_OP_ADD, 0, -EBADF, -EBADF },
	{ TTLMAP_OP_CLEAR, 0, -EBADF, 0 },
};

/* A valid operation of a kind, on KEY with VALUE. */
static struct ttlmap_op valid_op(u32 op, u32 flags, u64 version, u64 *room)
{
	switch (op) {
	case TTLMAP_OP_LOOKUP:
		return lookup_op(room, flags);
	case TTLMAP_OP_UPDATE:
		return on_condition(update_op(&value, 0, flags),
				    flags & TTLMAP_IF_VALUE ? &value : NULL, 8, 0);
	case TTLMAP_OP_DELETE:
		return flags & TTLMAP_IF_VERSION ? delete_if(NULL, 0, version) :
			(struct ttlmap_op){ .op = op, .flags = flags,
					    .key = (uintptr_t)&key, .key_len = 8 };
	case TTLMAP_OP_TOUCH:
		return op_touch(&key, 8, 0, flags);
	case TTLMAP_OP_POP:
		return op_pop(&key, 8, room, 8);
	case TTLMAP_OP_ADD:
		return add(0, 0, flags);
	default:
		return clear();
	}
}

/* Through a descriptor that was opened for @open only. */
static int permitted(bool batch, u32 open, size_t i)
{
	u32 kind = permissions[i].op;
	struct ttlmap_create create = { .key_max = 8, .value_max = 8, .max_entries = 10,
		.flags = kind == TTLMAP_OP_ADD ? TTLMAP_F_COUNTERS : TTLMAP_F_VERSIONS,
		.mode = 0600, .name = NAME };
	int map = map_create(&create), other = map_open(NAME, open), rc;
	struct ttlmap_op op;
	u64 version, room;

	u64_set(map, KEY, VALUE, 0, 0);
	peek(map, &version);
	op = valid_op(kind, permissions[i].flags, version, &room);
	rc = other < 0 ? other : run(other, batch, &op);
	close(other);
	close(map);
	map_unlink(NAME);
	return rc;
}

TEST_F(ops, permissions)
{
	for (size_t i = 0; i < ARRAY_SIZE(permissions); i++) {
		EXPECT_RC(permissions[i].read_only,
			  permitted(variant->batch, TTLMAP_OPEN_READ, i),
			  "op %u, flags %u", permissions[i].op, permissions[i].flags);
		EXPECT_RC(permissions[i].write_only,
			  permitted(variant->batch, TTLMAP_OPEN_WRITE, i),
			  "op %u, flags %u", permissions[i].op, permissions[i].flags);
	}
}

/* ---- frozen maps */

TEST_F(ops, frozen_keys_do_not_come)
{
	MAP_WITH_KEY(TTLMAP_F_COUNTERS);
	ASSERT_RC(0, map_freeze(self->map));
	EXPECT_CHANGED(-EROFS, op_update(&absent, 8, &value, 8, 0, 0));
	EXPECT_CHANGED(-EROFS, op_update(&absent, 8, &value, 8, 0, TTLMAP_NEW));
	EXPECT_CHANGED(-EROFS, op_update(&absent, 8, &value, 8, 0, TTLMAP_TTL_KEEP));
	EXPECT_CHANGED(-EROFS, op_add(&absent, 8, 1, 0, 0));
	EXPECT_CHANGED(-ENOENT, op_update(&absent, 8, &value, 8, 0, TTLMAP_EXISTING));
	EXPECT_CHANGED(-ENOENT, op_add(&absent, 8, 1, 0, TTLMAP_EXISTING));
	EXPECT_CHANGED(-ENOENT, op_touch(&absent, 8, SHORT_NS, 0));
	EXPECT_EQ(1, map_entries(self->map));
}

TEST_F(ops, frozen_keys_do_not_go)
{
	u64 version;

	MAP_WITH_KEY(TTLMAP_F_VERSIONS);
	peek(self->map, &version);
	ASSERT_RC(0, map_freeze(self->map));
	EXPECT_CHANGED(-EROFS, op_delete(&key, 8));
	EXPECT_CHANGED(-EROFS, delete_if(&value, 8, 0));
	EXPECT_CHANGED(-EROFS, delete_if(NULL, 0, version));
	EXPECT_CHANGED(-EROFS, op_pop(&key, 8, &self->room, 8));
	EXPECT_CHANGED(-EROFS, clear());
	EXPECT_VALUE(VALUE);
	EXPECT_LEFT(SHORT_NS);
	EXPECT_STAT(0, deletes + self->stat.popped + self->stat.cleared);
}

TEST_F(ops, frozen_values_and_ttls_change)
{
	MAP_WITH_KEY(TTLMAP_F_COUNTERS);
	ASSERT_RC(0, map_freeze(self->map));
	EXPECT_CHANGED(0, update_op(&new_value, LONG_NS, 0));
	EXPECT_VALUE(new_value);
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(0, add(1, 0, 0));
	EXPECT_VALUE(new_value + 1);
	EXPECT_CHANGED(0, op_touch(&key, 8, SHORT_NS, 0));
	EXPECT_LEFT(SHORT_NS);
	EXPECT_CHANGED(0, lookup_op(&self->room, TTLMAP_TTL_REFRESH), arg.ttl_ns = LONG_NS);
	EXPECT_LEFT(LONG_NS);
	EXPECT_CHANGED(-ECANCELED, swap_op(&wrong_value, 8, 0, 0));
	EXPECT_CHANGED(-EEXIST, update_op(&value, 0, TTLMAP_NEW));
}

/* ---- counters are not versioned */

TEST(counters_have_no_versions)
{
	struct ttlmap_create create = MAP_8_8(10);

	create.flags = TTLMAP_F_COUNTERS | TTLMAP_F_VERSIONS;
	EXPECT_RC(-EINVAL, map_create(&create));
}

/* ---- all of them in one batch */

TEST(one_after_the_other)
{
	u64 sum = 0, last = 0, expected = 12, fresh = 40;
	struct ttlmap_op ops[] = {
		op_add(&key, 8, 5, SHORT_NS, 0),
		op_add(&key, 8, 7, 0, TTLMAP_EXISTING),
		op_lookup(&key, 8, &sum, 8),
		on_condition(op_update(&key, 8, &fresh, 8, 0, TTLMAP_TTL_KEEP), &expected, 8, 0),
		on_condition(op_update(&key, 8, &fresh, 8, 0, 0), &expected, 8, 0),
		op_update(&key, 8, &fresh, 8, 0, TTLMAP_NEW),
		op_touch(&key, 8, LONG_NS, 0),
		op_pop(&key, 8, &last, 8),
		op_lookup(&key, 8, &sum, 8),
		op_touch(&key, 8, LONG_NS, 0),
		op_delete(&key, 8),
		clear(),
	};
	const int want[] = { 0, 0, 0, 0, -ECANCELED, -EEXIST, 0, 0, -ENOENT, -ENOENT,
			     -ENOENT, 0 };
	u32 done = 0;
	int map;

	ASSERT_FD(map, make(TTLMAP_F_COUNTERS, 10));
	ASSERT_RC(0, map_batch(map, ops, ARRAY_SIZE(ops), &done));
	ASSERT_EQ(ARRAY_SIZE(ops), done);
	for (u32 i = 0; i < done; i++)
		EXPECT_RC(want[i], ops[i].result, "operation %u of the batch", i);
	EXPECT_EQ(5, ops[0].arg);
	EXPECT_EQ(12, ops[1].arg);
	EXPECT_EQ(12, sum);
	EXPECT_EQ(40, last);
	close(map);
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
}

TEST_HARNESS_MAIN
