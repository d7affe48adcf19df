// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/uaccess.h>

#include "../batch.h"
#include "fixture.h"

#define MANY	40	/* more than are read ahead */
#define LONG_KEYS	4
#define LONG_KEY	100	/* bytes, more than are read ahead */

/**
 * struct program - a program with a batch of operations
 * @owner: its descriptor
 * @batch: what it asks for
 * @ops: as they are in its memory
 * @keys: numbers, in its memory
 * @values: in its memory
 */
struct program {
	struct tm_owner owner;
	struct ttlmap_batch batch;
	struct ttlmap_op ops[MANY];
	u64 __user *keys;
	u64 __user *values;
};

static struct program *new_user(struct kunit *test, u32 which)
{
	struct program *user = kunit_kzalloc(test, sizeof(*user), GFP_KERNEL);
	u64 i;

	KUNIT_ASSERT_NOT_NULL(test, user);
	user->owner.map = tm_test_map(test, 0, 1000);
	user->owner.account = user->owner.map->account;
	spin_lock_init(&user->owner.lock);
	user->keys = tm_test_user(test, PAGE_SIZE);
	user->values = tm_test_user(test, PAGE_SIZE);
	user->batch.ops = (uintptr_t)tm_test_user(test, PAGE_SIZE);
	user->batch.op_size = sizeof(struct ttlmap_op);
	user->batch.count = MANY;
	for (i = 0; i < MANY; i++) {
		KUNIT_ASSERT_EQ(test, put_user(i, &user->keys[i]), 0);
		KUNIT_ASSERT_EQ(test, put_user(i * i, &user->values[i]), 0);
		user->ops[i] = (struct ttlmap_op){
			.op = which, .result = 1, .value_len = sizeof(u64), .key_len = sizeof(u64),
			.key = (uintptr_t)&user->keys[i], .value = (uintptr_t)&user->values[i],
		};
	}
	return user;
}

static int run(struct program *user)
{
	void __user *ops = u64_to_user_ptr(user->batch.ops);
	size_t bytes = user->batch.count * sizeof(struct ttlmap_op);
	int err;

	if (copy_to_user(ops, user->ops, bytes))
		return -EFAULT;
	err = tm_batch(&user->owner, &user->batch, FMODE_READ | FMODE_WRITE);
	return copy_from_user(user->ops, ops, bytes) ? -EFAULT : err;
}

static void each_operation_has_its_own_result(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_UPDATE);
	unsigned int i;

	user->ops[3].op = 99;
	user->ops[20].flags = TTLMAP_EXISTING;
	KUNIT_EXPECT_EQ(test, run(user), 0);
	KUNIT_EXPECT_EQ(test, user->batch.done, MANY);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, user->ops[i].result,
				i == 3 ? -EINVAL : i == 20 ? -ENOENT : 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), MANY - 2);
}

static void lookups_find_what_they_would_alone(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_LOOKUP);
	u64 i, value;

	tm_test_fill(test, user->owner.map, 0, 30);
	KUNIT_EXPECT_EQ(test, run(user), 0);
	for (i = 0; i < MANY; i++) {
		KUNIT_EXPECT_EQ(test, user->ops[i].result, i < 30 ? 0 : -ENOENT);
		KUNIT_ASSERT_EQ(test, get_user(value, &user->values[i]), 0);
		KUNIT_EXPECT_EQ(test, value, i < 30 ? i : i * i);
	}
	KUNIT_EXPECT_EQ(test, tm_test_stat(user->owner.map, TM_HITS), 30);
}

static void keys_that_are_not_read_ahead_are_looked_up_all_the_same(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_LOOKUP);

	tm_test_fill(test, user->owner.map, 0, MANY);
	user->ops[1].key_len = 0;
	user->ops[2].key_len = TM_TEST_KEY_MAX + 1;
	user->ops[4].key = 8;
	user->ops[5].op = TTLMAP_OP_DELETE;
	user->ops[5].value = 0;
	user->ops[5].value_len = 0;
	KUNIT_EXPECT_EQ(test, run(user), 0);
	KUNIT_EXPECT_EQ(test, user->ops[0].result, 0);
	KUNIT_EXPECT_EQ(test, user->ops[1].result, -EINVAL);
	KUNIT_EXPECT_EQ(test, user->ops[2].result, -E2BIG);
	KUNIT_EXPECT_EQ(test, user->ops[3].result, 0);
	KUNIT_EXPECT_EQ(test, user->ops[4].result, -EFAULT);
	KUNIT_EXPECT_EQ(test, user->ops[5].result, 0);
	KUNIT_EXPECT_EQ(test, user->ops[6].result, 0);
	KUNIT_EXPECT_FALSE(test, tm_test_peek(user->owner.map, 5));
}

/* Keys that were read ahead into too little room would overwrite each other. */
static void long_keys_are_looked_up_whole(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = LONG_KEY, .value_max = 8, .max_entries = 10 },
	};
	struct program *user = new_user(test, TTLMAP_OP_LOOKUP);
	u8 __user *keys = tm_test_user(test, LONG_KEYS * LONG_KEY);
	u8 key[LONG_KEY];
	unsigned int i;

	user->owner.map = tm_test_map_of(test, &params);
	user->owner.account = user->owner.map->account;
	user->batch.count = LONG_KEYS;
	for (i = 0; i < LONG_KEYS; i++, keys += LONG_KEY) {
		const struct ttlmap_buf buf = { .data = key, .len = LONG_KEY };

		memset(key, i, LONG_KEY);
		KUNIT_ASSERT_EQ(test, copy_to_user(keys, key, LONG_KEY), 0);
		KUNIT_ASSERT_EQ(test, ttlmap_update(user->owner.map, buf, tm_test_buf(""), 0, 0,
						    GFP_KERNEL), 0);
		user->ops[i].key = (uintptr_t)keys;
		user->ops[i].key_len = LONG_KEY;
	}
	KUNIT_EXPECT_EQ(test, run(user), 0);
	for (i = 0; i < LONG_KEYS; i++)
		KUNIT_EXPECT_EQ(test, user->ops[i].result, 0);
}

static void batch_ends_where_memory_does(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_UPDATE);
	u32 fit = PAGE_SIZE / sizeof(struct ttlmap_op);
	unsigned int i;

	for (i = 0; i < MANY; i++)
		KUNIT_ASSERT_EQ(test, copy_to_user(u64_to_user_ptr(user->batch.ops) +
						   i * sizeof(struct ttlmap_op), &user->ops[i],
						   sizeof(struct ttlmap_op)), 0);
	user->batch.ops += PAGE_SIZE - fit / 2 * sizeof(struct ttlmap_op);
	user->batch.count = fit;
	KUNIT_EXPECT_EQ(test, tm_batch(&user->owner, &user->batch, FMODE_READ | FMODE_WRITE), 0);
	KUNIT_EXPECT_EQ(test, user->batch.done, fit / 2);
	user->batch.ops += fit / 2 * sizeof(struct ttlmap_op);
	KUNIT_EXPECT_EQ(test, tm_batch(&user->owner, &user->batch, FMODE_READ | FMODE_WRITE),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, user->batch.done, 0);
}

/* What an operation asks for beyond what this kernel knows is its own error. */
static void longer_operations_are_read_up_to_what_is_known(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_UPDATE);
	struct {
		struct ttlmap_op op;
		u64 more;
	} longer[2];
	void __user *ops = u64_to_user_ptr(user->batch.ops);

	memset(longer, 0, sizeof(longer));
	longer[0].op = user->ops[0];
	longer[1].op = user->ops[1];
	longer[0].more = 1;
	user->batch.op_size = sizeof(longer[0]);
	user->batch.count = 2;
	KUNIT_ASSERT_EQ(test, copy_to_user(ops, longer, sizeof(longer)), 0);
	KUNIT_EXPECT_EQ(test, tm_batch(&user->owner, &user->batch, FMODE_READ | FMODE_WRITE), 0);
	KUNIT_ASSERT_EQ(test, copy_from_user(longer, ops, sizeof(longer)), 0);
	KUNIT_EXPECT_EQ(test, user->batch.done, 2);
	KUNIT_EXPECT_EQ(test, longer[0].op.result, -E2BIG);
	KUNIT_EXPECT_EQ(test, longer[1].op.result, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->owner.map->entries), 1);
}

static void empty_batch_does_nothing(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_UPDATE);

	user->batch.count = 0;
	KUNIT_EXPECT_EQ(test, run(user), 0);
	KUNIT_EXPECT_EQ(test, user->batch.done, 0);
}

static void no_memory_for_a_batch_is_said(struct kunit *test)
{
	struct program *user = new_user(test, TTLMAP_OP_UPDATE);
	bool failed;
	int err;

	tm_test_fail_allocation(test, 1);
	err = tm_batch(&user->owner, &user->batch, FMODE_READ | FMODE_WRITE);
	failed = tm_test_allocation_failed();
	KUNIT_EXPECT_TRUE(test, failed);
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
}

static struct kunit_case batch_cases[] = {
	KUNIT_CASE(each_operation_has_its_own_result),
	KUNIT_CASE(lookups_find_what_they_would_alone),
	KUNIT_CASE(keys_that_are_not_read_ahead_are_looked_up_all_the_same),
	KUNIT_CASE(long_keys_are_looked_up_whole),
	KUNIT_CASE(batch_ends_where_memory_does),
	KUNIT_CASE(longer_operations_are_read_up_to_what_is_known),
	KUNIT_CASE(empty_batch_does_nothing),
	KUNIT_CASE(no_memory_for_a_batch_is_said),
	{}
};

static struct kunit_suite batch_suite = {
	.name = "ttlmap_batch",
	.init = tm_fakes_init,
	.test_cases = batch_cases,
};

kunit_test_suite(batch_suite);
