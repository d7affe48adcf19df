// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "../ops.h"
#include "../tune.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC
#define BOTH	(FMODE_READ | FMODE_WRITE)

/**
 * struct program - a program with a descriptor
 * @owner: the descriptor
 * @key: a page of its memory
 * @value: another
 * @arg: a third
 */
struct program {
	struct tm_owner owner;
	void __user *key;
	void __user *value;
	void __user *arg;
};

static struct program *new_user(struct kunit *test, u32 flags)
{
	struct program *user = kunit_kzalloc(test, sizeof(*user), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, user);
	user->owner.map = tm_test_map(test, flags, 100);
	user->owner.account = user->owner.map->account;
	spin_lock_init(&user->owner.lock);
	user->key = tm_test_user(test, PAGE_SIZE);
	user->value = tm_test_user(test, PAGE_SIZE);
	user->arg = tm_test_user(test, PAGE_SIZE);
	return user;
}

/* Write a string to the program's memory. */
static u32 poke(struct kunit *test, void __user *to, const char *string)
{
	KUNIT_ASSERT_EQ(test, copy_to_user(to, string, strlen(string)), 0);
	return strlen(string);
}

/* Does the program's memory begin with this string? */
static bool peek(const void __user *from, const char *string)
{
	char buf[64];

	return !copy_from_user(buf, from, strlen(string)) && !memcmp(buf, string, strlen(string));
}

static struct ttlmap_op op_of(struct kunit *test, struct program *user, u32 which, const char *key)
{
	return (struct ttlmap_op){
		.op = which, .key = (uintptr_t)user->key, .key_len = poke(test, user->key, key),
	};
}

static struct ttlmap_op update_of(struct kunit *test, struct program *user, const char *key,
				  const char *value)
{
	struct ttlmap_op op = op_of(test, user, TTLMAP_OP_UPDATE, key);

	op.value = (uintptr_t)user->value;
	op.value_len = poke(test, user->value, value);
	return op;
}

static struct ttlmap_op read_of(struct kunit *test, struct program *user, u32 which,
				const char *key)
{
	struct ttlmap_op op = op_of(test, user, which, key);

	op.value = (uintptr_t)user->value;
	op.value_len = 64;
	return op;
}

static int run(struct program *user, struct ttlmap_op *op)
{
	return tm_op(&user->owner, op, NULL, BOTH);
}

static void store(struct kunit *test, struct program *user, const char *key, const char *value)
{
	struct ttlmap_op op = update_of(test, user, key, value);

	KUNIT_ASSERT_EQ(test, run(user, &op), 0);
}

static void unknown_operations_are_refused(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op = op_of(test, user, 0, "key");

	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.op = TTLMAP_OP_CLEAR + 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.op = U32_MAX;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
}

static void descriptor_has_to_be_open_for_it(struct kunit *test)
{
	static const struct {
		u32 op, flags;
		fmode_t needs;
	} cases[] = {
		{ TTLMAP_OP_LOOKUP, 0, FMODE_READ },
		{ TTLMAP_OP_LOOKUP, TTLMAP_TTL_REFRESH, BOTH },
		{ TTLMAP_OP_UPDATE, 0, FMODE_WRITE },
		{ TTLMAP_OP_DELETE, 0, FMODE_WRITE },
		{ TTLMAP_OP_TOUCH, 0, FMODE_WRITE },
		{ TTLMAP_OP_POP, 0, BOTH },
		{ TTLMAP_OP_ADD, 0, BOTH },
		{ TTLMAP_OP_CLEAR, 0, FMODE_WRITE },
	};
	static const fmode_t modes[] = { 0, FMODE_READ, FMODE_WRITE, BOTH };
	struct program *user = new_user(test, 0);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (j = 0; j < ARRAY_SIZE(modes); j++) {
			struct ttlmap_op op = { .op = cases[i].op, .flags = cases[i].flags };
			int ret = tm_op(&user->owner, &op, NULL, modes[j]);
			bool open = (modes[j] & cases[i].needs) == cases[i].needs;

			KUNIT_EXPECT_EQ_MSG(test, ret == -EBADF, !open, "case %u, mode %u", i, j);
		}
	}
}

static void keys_are_checked(struct kunit *test)
{
	static const u32 which[] = {
		TTLMAP_OP_LOOKUP, TTLMAP_OP_UPDATE, TTLMAP_OP_DELETE, TTLMAP_OP_TOUCH,
		TTLMAP_OP_POP, TTLMAP_OP_ADD,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(which); i++) {
		bool adds = which[i] == TTLMAP_OP_ADD;
		struct program *user = new_user(test, adds ? TTLMAP_F_COUNTERS : 0);
		struct ttlmap_op op = op_of(test, user, which[i], "");

		KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
		op.key_len = TM_TEST_KEY_MAX + 1;
		KUNIT_EXPECT_EQ(test, run(user, &op), -E2BIG);
		op.key_len = TM_TEST_KEY_MAX;
		op.key += PAGE_SIZE - TM_TEST_KEY_MAX + 1;
		KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 0);
	}
}

static void long_keys_come_by_way_of_the_heap(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = TTLMAP_KEY_MAX, .value_max = 8, .max_entries = 10 },
	};
	struct program *user = new_user(test, 0);
	struct ttlmap_op op = op_of(test, user, TTLMAP_OP_UPDATE, "key");

	user->owner.map = tm_test_map_of(test, &params);
	user->owner.account = user->owner.map->account;
	op.key_len = TTLMAP_KEY_MAX;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	op.op = TTLMAP_OP_LOOKUP;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	op.op = TTLMAP_OP_DELETE;
	op.ttl_ns = 0;
	op.key_len--;
	KUNIT_EXPECT_EQ(test, run(user, &op), -ENOENT);
	op.key += PAGE_SIZE - TTLMAP_KEY_MAX + 2;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
}

static void lookup_brings_a_page_in(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	user->value = tm_test_user(test, PAGE_SIZE);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.value_len, 5);
	KUNIT_EXPECT_EQ(test, op.ttl_ns, TTLMAP_TTL_NEVER);
	KUNIT_EXPECT_TRUE(test, peek(user->value, "value"));
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_HITS), 1);
	/* Over two pages, of which the second is not there. */
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
	op.value += PAGE_SIZE - 2;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
}

static void lookup_says_what_it_found(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_F_VERSIONS);
	struct ttlmap_op op = update_of(test, user, "key", "value");
	u64 version;

	op.ttl_ns = 100 * MS;
	KUNIT_ASSERT_EQ(test, run(user, &op), 0);
	version = op.version;
	tm_test_clock_advance(MS);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
	op.value_len = 4;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, op.value_len, 5);
	KUNIT_EXPECT_EQ(test, op.ttl_ns, 99 * MS);
	KUNIT_EXPECT_EQ(test, op.version, version);
	op.ttl_ns = 0;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "other");
	KUNIT_EXPECT_EQ(test, run(user, &op), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_HITS), 2);
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_MISSES), 1);
	op.flags = TTLMAP_PEEK;
	KUNIT_EXPECT_EQ(test, run(user, &op), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_MISSES), 1);
}

static void lookup_may_start_the_ttl_anew(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op = update_of(test, user, "key", "value");

	op.ttl_ns = 100 * MS;
	KUNIT_ASSERT_EQ(test, run(user, &op), 0);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
	op.flags = TTLMAP_TTL_REFRESH;
	op.ttl_ns = 500 * MS;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.ttl_ns, 500 * MS);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
	op.flags = TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND;
	op.ttl_ns = 50 * MS;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.ttl_ns, 500 * MS);
	op.ttl_ns = TTLMAP_TTL_MAX + 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -ERANGE);
	op.ttl_ns = 0;
	op.flags |= TTLMAP_PEEK;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = TTLMAP_TTL_EXTEND;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_TOUCHES), 2);
}

static void update_faults_before_it_changes_anything(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	op = update_of(test, user, "key", "other");
	op.value += PAGE_SIZE - 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(user->owner.map, "key", "value"));
	op = update_of(test, user, "key", "other");
	op.flags = TTLMAP_PEEK;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = 0;
	op.value_len = TM_TEST_VALUE_MAX + 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -E2BIG);
}

static void conditions_come_from_user_memory(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "one");
	op = update_of(test, user, "key", "two");
	op.arg = (uintptr_t)user->arg;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = TTLMAP_IF_VALUE;
	op.arg_len = TM_TEST_VALUE_MAX + 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -E2BIG);
	op.arg_len = poke(test, user->arg, "one");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, run(user, &op), -ECANCELED);
	op.arg += PAGE_SIZE - 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
	KUNIT_EXPECT_TRUE(test, tm_test_holds(user->owner.map, "key", "two"));
	op = op_of(test, user, TTLMAP_OP_DELETE, "key");
	op.flags = TTLMAP_IF_VALUE;
	op.arg = (uintptr_t)user->arg;
	op.arg_len = poke(test, user->arg, "one");
	KUNIT_EXPECT_EQ(test, run(user, &op), -ECANCELED);
	op.arg_len = poke(test, user->arg, "two");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
}

static void delete_takes_nothing_it_has_no_use_for(struct kunit *test)
{
	struct program *user = new_user(test, 0), *counters = new_user(test, TTLMAP_F_COUNTERS);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	op = op_of(test, user, TTLMAP_OP_DELETE, "key");
	op.ttl_ns = 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.ttl_ns = 0;
	op.value_len = 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.value_len = 0;
	op.flags = TTLMAP_NEW;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = TTLMAP_IF_VERSION;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = 0;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	op = op_of(test, counters, TTLMAP_OP_DELETE, "key");
	op.flags = TTLMAP_IF_VALUE;
	KUNIT_EXPECT_EQ(test, run(counters, &op), -EINVAL);
}

static void touch_answers_with_what_is_left(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	op = op_of(test, user, TTLMAP_OP_TOUCH, "key");
	op.ttl_ns = 100 * MS;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.ttl_ns, 100 * MS);
	op.flags = TTLMAP_TTL_KEEP;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.flags = 0;
	op.arg_len = 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
}

static void pop_takes_and_gives(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	user->value = tm_test_user(test, PAGE_SIZE);
	op = read_of(test, user, TTLMAP_OP_POP, "key");
	op.value_len = 4;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EMSGSIZE);
	op = read_of(test, user, TTLMAP_OP_POP, "key");
	op.value += PAGE_SIZE - 1;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 1);
	op = read_of(test, user, TTLMAP_OP_POP, "key");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_TRUE(test, peek(user->value, "value"));
	op = read_of(test, user, TTLMAP_OP_POP, "key");
	KUNIT_EXPECT_EQ(test, run(user, &op), -ENOENT);
	op.flags = TTLMAP_PEEK;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_POPPED), 1);
}

static void frozen_map_lets_nothing_be_popped(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	tm_freeze(user->owner.map);
	op = read_of(test, user, TTLMAP_OP_POP, "key");
	KUNIT_EXPECT_EQ(test, run(user, &op), -EROFS);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 1);
}

static void counters_are_added_to_read_and_popped(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_F_COUNTERS);
	struct ttlmap_op op = op_of(test, user, TTLMAP_OP_ADD, "n");

	op.arg = 5;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.arg, 5);
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, op.arg, 10);
	op.flags = TTLMAP_NEW;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op = read_of(test, user, TTLMAP_OP_LOOKUP, "n");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_TRUE(test, peek(user->value, "\n"));
	op = read_of(test, user, TTLMAP_OP_POP, "n");
	op.value += PAGE_SIZE - 4;
	KUNIT_EXPECT_EQ(test, run(user, &op), -EFAULT);
	op = read_of(test, user, TTLMAP_OP_POP, "n");
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_TRUE(test, peek(user->value, "\n"));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 0);
}

static void owned_entries_are_bound_to_the_descriptor(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_F_OWNERS);
	struct ttlmap_op op = update_of(test, user, "key", "value");

	op.flags = TTLMAP_OWNED;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, user->owner.entries, 1);
	store(test, user, "other", "value");
	KUNIT_EXPECT_EQ(test, user->owner.entries, 1);
}

static void clear_takes_no_key(struct kunit *test)
{
	struct program *user = new_user(test, 0);
	struct ttlmap_op op;

	store(test, user, "key", "value");
	op = op_of(test, user, TTLMAP_OP_CLEAR, "key");
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op = (struct ttlmap_op){ .op = TTLMAP_OP_CLEAR, .version = 1 };
	KUNIT_EXPECT_EQ(test, run(user, &op), -EINVAL);
	op.version = 0;
	KUNIT_EXPECT_EQ(test, run(user, &op), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 0);
}

/* Each allocation of each operation fails in turn. */
static void operations_survive_each_failed_allocation(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_F_NO_EVICT);
	struct ttlmap *map = user->owner.map;
	struct ttlmap_op ops[3], op;
	unsigned int i, nth;
	bool failed;
	int err;

	store(test, user, "key", "value");
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		failed = true;
		for (nth = 1; failed; nth++) {
			ops[0] = update_of(test, user, "key", "value");
			ops[0].flags = TTLMAP_IF_VALUE;
			ops[0].arg = (uintptr_t)user->arg;
			ops[0].arg_len = poke(test, user->arg, "value");
			ops[1] = read_of(test, user, TTLMAP_OP_LOOKUP, "key");
			ops[1].value = (uintptr_t)tm_test_user(test, PAGE_SIZE);
			ops[2] = op_of(test, user, TTLMAP_OP_DELETE, "key");
			ops[2].flags = TTLMAP_IF_VALUE;
			ops[2].arg = (uintptr_t)user->arg;
			ops[2].arg_len = 5;
			op = ops[i];
			tm_test_fail_allocation(test, nth);
			err = run(user, &op);
			failed = tm_test_allocation_failed();
			KUNIT_ASSERT_TRUE(test, !err || (failed && (err == -ENOMEM ||
								    err == -EFAULT)));
			if (err)
				KUNIT_ASSERT_TRUE(test, tm_test_holds(map, "key", "value"));
			else
				store(test, user, "key", "value");
		}
		KUNIT_EXPECT_GT(test, nth, 2);
	}
}

static struct kunit_case ops_cases[] = {
	KUNIT_CASE(unknown_operations_are_refused),
	KUNIT_CASE(descriptor_has_to_be_open_for_it),
	KUNIT_CASE(keys_are_checked),
	KUNIT_CASE(long_keys_come_by_way_of_the_heap),
	KUNIT_CASE(lookup_brings_a_page_in),
	KUNIT_CASE(lookup_says_what_it_found),
	KUNIT_CASE(lookup_may_start_the_ttl_anew),
	KUNIT_CASE(update_faults_before_it_changes_anything),
	KUNIT_CASE(conditions_come_from_user_memory),
	KUNIT_CASE(delete_takes_nothing_it_has_no_use_for),
	KUNIT_CASE(touch_answers_with_what_is_left),
	KUNIT_CASE(pop_takes_and_gives),
	KUNIT_CASE(frozen_map_lets_nothing_be_popped),
	KUNIT_CASE(counters_are_added_to_read_and_popped),
	KUNIT_CASE(owned_entries_are_bound_to_the_descriptor),
	KUNIT_CASE(clear_takes_no_key),
	KUNIT_CASE(operations_survive_each_failed_allocation),
	{}
};

static struct kunit_suite ops_suite = {
	.name = "ttlmap_ops",
	.init = tm_fakes_init,
	.test_cases = ops_cases,
};

kunit_test_suite(ops_suite);
