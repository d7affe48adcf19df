// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include "../mapfd.h"
#include "../names.h"
#include "fixture.h"

KUNIT_DEFINE_ACTION_WRAPPER(close_file, __fput_sync, struct file *);

static struct file *open_map(struct kunit *test, struct ttlmap *map, unsigned int flags)
{
	struct file *file;

	kref_get(&map->refs);
	file = tm_mapfd(map, flags);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_file, file), 0);
	return file;
}

static long ioctl(struct file *file, unsigned int cmd, const void __user *arg)
{
	return file->f_op->unlocked_ioctl(file, cmd, (unsigned long)arg);
}

/* The argument of a command in user memory: zeros up to the end of a page. */
static void __user *argument(struct kunit *test, const void *arg, size_t size)
{
	void __user *to = tm_test_user(test, PAGE_SIZE);

	KUNIT_ASSERT_EQ(test, copy_to_user(to, arg, size), 0);
	return to;
}

static const unsigned int commands[] = {
	TTLMAP_IOC_OP, TTLMAP_IOC_BATCH, TTLMAP_IOC_SCAN, TTLMAP_IOC_STAT, TTLMAP_IOC_TUNE,
	TTLMAP_IOC_FREEZE, TTLMAP_IOC_LISTEN,
};

/* As short as it may be: those that have grown take what they were at first. */
static unsigned int shortest(unsigned int cmd)
{
	if (cmd == TTLMAP_IOC_STAT)
		return offsetofend(struct ttlmap_stat, expire_lag_max_ns);
	if (cmd == TTLMAP_IOC_TUNE)
		return offsetofend(struct ttlmap_tune, jitter_ns);
	return _IOC_SIZE(cmd);
}

static unsigned int sized(unsigned int cmd, unsigned int size)
{
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

static void unknown_commands_are_none_of_ours(struct kunit *test)
{
	struct file *file = open_map(test, tm_test_map(test, 0, 10), O_RDWR);

	KUNIT_EXPECT_EQ(test, ioctl(file, _IO('x', 0x20), NULL), -ENOTTY);
	KUNIT_EXPECT_EQ(test, ioctl(file, _IO(TTLMAP_IOC_MAGIC, 0x1f), NULL), -ENOTTY);
	KUNIT_EXPECT_EQ(test, ioctl(file, _IO(TTLMAP_IOC_MAGIC, 0x27), NULL), -ENOTTY);
}

static void short_structures_are_refused_and_long_ones_looked_through(struct kunit *test)
{
	struct file *file = open_map(test, tm_test_map(test, 0, 10), O_RDWR);
	u8 __user *arg = tm_test_user(test, PAGE_SIZE);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		unsigned int cmd = commands[i], size = _IOC_SIZE(cmd);

		KUNIT_EXPECT_EQ(test, ioctl(file, sized(cmd, shortest(cmd) - 1), arg),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, ioctl(file, sized(cmd, 0), arg), -EINVAL);
		if (cmd == TTLMAP_IOC_STAT)
			continue;
		KUNIT_ASSERT_EQ(test, put_user((u8)1, arg + size), 0);
		KUNIT_EXPECT_EQ(test, ioctl(file, sized(cmd, size + 1), arg), -E2BIG);
		KUNIT_ASSERT_EQ(test, put_user((u8)0, arg + size), 0);
		KUNIT_EXPECT_EQ(test, ioctl(file, sized(cmd, PAGE_SIZE + 1), arg), -E2BIG);
		KUNIT_EXPECT_EQ(test, ioctl(file, cmd, arg + PAGE_SIZE), -EFAULT);
	}
}

/* Those who were built before it grew get what they know, and no byte more. */
static void statistics_are_answered_as_far_as_they_are_known(struct kunit *test)
{
	unsigned int size = shortest(TTLMAP_IOC_STAT);
	struct file *file = open_map(test, tm_test_map(test, 0, 10), O_RDWR);
	u8 __user *arg = tm_test_user(test, PAGE_SIZE);
	u8 beyond;

	KUNIT_EXPECT_LT(test, size, _IOC_SIZE(TTLMAP_IOC_STAT));
	KUNIT_ASSERT_EQ(test, put_user((u8)0xaa, arg + size), 0);
	KUNIT_EXPECT_EQ(test, ioctl(file, sized(TTLMAP_IOC_STAT, size), arg), 0);
	KUNIT_ASSERT_EQ(test, get_user(beyond, arg + size), 0);
	KUNIT_EXPECT_EQ(test, beyond, 0xaa);
}

static void operation_is_answered_in_its_structure(struct kunit *test)
{
	struct file *file = open_map(test, tm_test_map(test, 0, 10), O_RDWR);
	u64 __user *key = tm_test_user(test, PAGE_SIZE);
	struct ttlmap_op op = {
		.op = TTLMAP_OP_DELETE, .key = (uintptr_t)key, .key_len = sizeof(*key),
	};
	void __user *arg = argument(test, &op, sizeof(op));

	KUNIT_ASSERT_EQ(test, put_user(7ULL, key), 0);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_OP, arg), -ENOENT);
	KUNIT_ASSERT_EQ(test, copy_from_user(&op, arg, sizeof(op)), 0);
	KUNIT_EXPECT_EQ(test, op.result, -ENOENT);
}

/* So that it can be read, but its end, which is zeros, cannot be written. */
static void __user *partly_read_only(struct kunit *test, const void *arg, size_t size)
{
	void __user *to = tm_test_user_before(test, PAGE_SIZE, PROT_READ) + PAGE_SIZE;

	size_t tail = size / 3;

	to -= size - tail;
	KUNIT_ASSERT_EQ(test, copy_to_user(to, arg, size - tail), 0);
	return to;
}

static void what_cannot_be_answered_is_not_begun(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct file *file = open_map(test, map, O_RDWR);
	struct ttlmap_op op = { .op = TTLMAP_OP_CLEAR };
	struct ttlmap_batch batch = {
		.ops = (uintptr_t)argument(test, &op, sizeof(op)), .count = 1,
		.op_size = sizeof(op),
	};

	tm_test_fill(test, map, 0, 3);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_OP, partly_read_only(test, &op, sizeof(op))),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 3);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_BATCH,
				    partly_read_only(test, &batch, sizeof(batch))), -EFAULT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&map->entries), 3);
}

static void batch_arguments_are_checked(struct kunit *test)
{
	struct file *file = open_map(test, tm_test_map(test, 0, 10), O_RDWR);
	static const struct {
		struct ttlmap_batch batch;
		long result;
	} cases[] = {
		{ { .op_size = sizeof(struct ttlmap_op), .flags = 1 }, -EINVAL },
		{ { .op_size = sizeof(struct ttlmap_op) - 1 }, -EINVAL },
		{ { .op_size = PAGE_SIZE + 1 }, -E2BIG },
		{ { .op_size = sizeof(struct ttlmap_op), .count = TTLMAP_BATCH_MAX + 1 }, -E2BIG },
		{ { .op_size = sizeof(struct ttlmap_op) }, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		void __user *arg = argument(test, &cases[i].batch, sizeof(cases[i].batch));

		KUNIT_EXPECT_EQ_MSG(test, ioctl(file, TTLMAP_IOC_BATCH, arg), cases[i].result,
				    "case %u", i);
	}
}

static void commands_mind_how_the_descriptor_was_opened(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct file *reader = open_map(test, map, O_RDONLY);
	struct file *writer = open_map(test, map, O_WRONLY);
	void __user *arg = tm_test_user(test, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, ioctl(writer, TTLMAP_IOC_SCAN, arg), -EBADF);
	KUNIT_EXPECT_EQ(test, ioctl(writer, TTLMAP_IOC_STAT, arg), -EBADF);
	KUNIT_EXPECT_EQ(test, ioctl(reader, TTLMAP_IOC_TUNE, arg), -EBADF);
	KUNIT_EXPECT_EQ(test, ioctl(reader, TTLMAP_IOC_FREEZE, arg), -EBADF);
	KUNIT_EXPECT_EQ(test, ioctl(reader, TTLMAP_IOC_STAT, arg), 0);
	KUNIT_EXPECT_EQ(test, ioctl(reader, TTLMAP_IOC_SCAN, arg), 0);
	KUNIT_EXPECT_FALSE(test, map->frozen);
}

static void only_owners_change_what_a_map_is(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct file *file = open_map(test, map, O_RDWR);
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 5 };
	struct ttlmap_freeze freeze = { .flags = 1 };
	void __user *to_tune = argument(test, &tune, sizeof(tune));
	void __user *to_freeze = argument(test, &freeze, sizeof(freeze));

	map->uid = INVALID_UID;
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_TUNE, to_tune), -EPERM);
	map->uid = GLOBAL_ROOT_UID;
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_TUNE, to_tune), 0);
	KUNIT_EXPECT_EQ(test, map->limits.max_entries, 5);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_FREEZE, to_freeze), -EINVAL);
	KUNIT_EXPECT_FALSE(test, map->frozen);
	KUNIT_ASSERT_EQ(test, clear_user(to_freeze, sizeof(freeze)), 0);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_FREEZE, to_freeze), 0);
	KUNIT_EXPECT_TRUE(test, map->frozen);
}

static void scan_tells_the_room_it_needs(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct file *file = open_map(test, map, O_RDWR);
	struct ttlmap_scan scan = {};
	void __user *arg = argument(test, &scan, sizeof(scan));

	tm_test_fill(test, map, 0, 1);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_SCAN, arg), -EMSGSIZE);
	KUNIT_ASSERT_EQ(test, copy_from_user(&scan, arg, sizeof(scan)), 0);
	KUNIT_EXPECT_EQ(test, scan.bytes, sizeof(struct ttlmap_record) + 16);
}

static void stat_knows_the_descriptor(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_OWNERS, 10);
	struct file *file = open_map(test, map, O_RDWR);
	struct ttlmap_stat stat = {};
	void __user *arg = argument(test, &stat, sizeof(stat));

	KUNIT_ASSERT_EQ(test, tm_test_insert_owned(file->private_data, 1), 0);
	tm_test_fill(test, map, 2, 1);
	KUNIT_EXPECT_EQ(test, ioctl(file, TTLMAP_IOC_STAT, arg), 0);
	KUNIT_ASSERT_EQ(test, copy_from_user(&stat, arg, sizeof(stat)), 0);
	KUNIT_EXPECT_EQ(test, stat.entries, 2);
	KUNIT_EXPECT_EQ(test, stat.my_entries, 1);
	KUNIT_EXPECT_EQ(test, stat.my_bytes, 64);
}

static void descriptor_survives_each_failed_allocation(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	unsigned int nth, refused = 0;
	bool failed = true;
	struct file *file;

	for (nth = 1; failed; nth++) {
		kref_get(&map->refs);
		tm_test_fail_allocation(test, nth);
		file = tm_mapfd(map, O_RDWR);
		failed = tm_test_allocation_failed();
		if (IS_ERR(file)) {
			KUNIT_ASSERT_EQ(test, PTR_ERR(file), -ENOMEM);
			tm_names_put(map);
			refused++;
		} else {
			__fput_sync(file);
		}
	}
	KUNIT_EXPECT_GE(test, refused, 2);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
}

static struct kunit_case mapfd_cases[] = {
	KUNIT_CASE(unknown_commands_are_none_of_ours),
	KUNIT_CASE(short_structures_are_refused_and_long_ones_looked_through),
	KUNIT_CASE(statistics_are_answered_as_far_as_they_are_known),
	KUNIT_CASE(operation_is_answered_in_its_structure),
	KUNIT_CASE(what_cannot_be_answered_is_not_begun),
	KUNIT_CASE(batch_arguments_are_checked),
	KUNIT_CASE(commands_mind_how_the_descriptor_was_opened),
	KUNIT_CASE(only_owners_change_what_a_map_is),
	KUNIT_CASE(scan_tells_the_room_it_needs),
	KUNIT_CASE(stat_knows_the_descriptor),
	KUNIT_CASE(descriptor_survives_each_failed_allocation),
	{}
};

static struct kunit_suite mapfd_suite = {
	.name = "ttlmap_mapfd",
	.init = tm_fakes_init,
	.test_cases = mapfd_cases,
};

kunit_test_suite(mapfd_suite);
