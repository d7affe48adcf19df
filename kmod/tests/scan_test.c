// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/uaccess.h>

#include "../scan.h"
#include "fixture.h"

#define MS	NSEC_PER_MSEC
#define ROOM	(256 * 1024)

struct reader {
	struct ttlmap *map;
	struct ttlmap_scan args;
	u8 *copy;
};

static struct reader *new_reader(struct kunit *test, struct ttlmap *map, u32 flags)
{
	struct reader *reader = kunit_kzalloc(test, sizeof(*reader), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, reader);
	reader->map = map;
	reader->copy = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, reader->copy);
	reader->args.buf = (uintptr_t)tm_test_user(test, ROOM);
	reader->args.buf_len = ROOM;
	reader->args.flags = flags;
	return reader;
}

/* One call; what it returned is copied where the test can look at it. */
static int scan(struct reader *reader)
{
	struct ttlmap_scan *args = &reader->args;
	int err;

	args->count = 0;
	args->bytes = 0;
	args->done = 0;
	err = tm_scan(reader->map, args);
	if (!err && copy_from_user(reader->copy, u64_to_user_ptr(args->buf), args->bytes))
		return -EFAULT;
	return err;
}

/* The keys of the records, counted; each may come once. */
static void mark(struct kunit *test, const struct reader *reader, unsigned long *seen)
{
	const struct ttlmap_record *record;
	u32 at = 0, n = 0;
	u64 number;

	for (; at < reader->args.bytes; at += record->size, n++) {
		record = (const void *)(reader->copy + at);
		memcpy(&number, (const u8 *)record + record->head, sizeof(number));
		KUNIT_ASSERT_FALSE(test, __test_and_set_bit(number, seen));
		KUNIT_ASSERT_EQ(test, record->size % 8, 0);
	}
	KUNIT_ASSERT_EQ(test, n, reader->args.count);
}

static void empty_map_is_done_at_once(struct kunit *test)
{
	struct reader *reader = new_reader(test, tm_test_map(test, 0, 1000), 0);

	KUNIT_EXPECT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, reader->args.done, 1);
	KUNIT_EXPECT_EQ(test, reader->args.count, 0);
	KUNIT_EXPECT_EQ(test, reader->args.cursor, 0);
}

static void record_is_the_entry(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_VERSIONS, 1000);
	struct reader *reader = new_reader(test, map, 0);
	const struct ttlmap_record *record = (const void *)reader->copy;

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "the value", 100 * MS, 0), 0);
	tm_test_clock_advance(MS);
	KUNIT_ASSERT_EQ(test, scan(reader), 0);
	KUNIT_ASSERT_EQ(test, reader->args.count, 1);
	KUNIT_EXPECT_EQ(test, record->size, sizeof(*record) + 8 + 16);
	KUNIT_EXPECT_EQ(test, reader->args.bytes, record->size);
	KUNIT_EXPECT_EQ(test, record->key_len, 3);
	KUNIT_EXPECT_EQ(test, record->value_len, 9);
	KUNIT_EXPECT_EQ(test, record->ttl_ns, 99 * MS);
	KUNIT_EXPECT_NE(test, record->version, 0);
	KUNIT_EXPECT_EQ(test, record->head, sizeof(*record));
	KUNIT_EXPECT_EQ(test, record->flags, 0);
	KUNIT_EXPECT_MEMEQ(test, (const u8 *)(record + 1), "key\0\0\0\0\0the value", 17);
	reader->args.flags = TTLMAP_SCAN_KEYS;
	KUNIT_ASSERT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, record->size, sizeof(*record) + 8);
	KUNIT_EXPECT_EQ(test, record->value_len, 9);
}

static void record_tells_of_its_use(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct tm_account *account = tm_account_open(&map->accounts, "a", 7);
	struct reader *reader = new_reader(test, map, 0);
	const struct ttlmap_record *record = (const void *)reader->copy;

	KUNIT_ASSERT_NOT_NULL(test, account);
	KUNIT_ASSERT_EQ(test, tm_test_insert_by(map, account, 1, 0), 0);
	tm_test_clock_advance(5 * NSEC_PER_SEC);
	KUNIT_ASSERT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, record->owner, account->id);
	KUNIT_EXPECT_EQ(test, record->flags, 0);
	KUNIT_EXPECT_GE(test, record->idle_ns, 4 * NSEC_PER_SEC);
	KUNIT_ASSERT_TRUE(test, tm_test_use(map, 1));
	KUNIT_ASSERT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, record->flags, TTLMAP_RECORD_READ);
	KUNIT_EXPECT_LT(test, record->idle_ns, NSEC_PER_SEC);
}

static void expired_entries_are_left_out(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct reader *reader = new_reader(test, map, 0);

	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 10 * MS), 0);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 2, 0), 0);
	tm_test_clock_advance(10 * MS);
	KUNIT_ASSERT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, reader->args.count, 1);
}

/* With little room at a time, and a table that changes all the while. */
static void every_entry_comes_once_whatever_happens(struct kunit *test)
{
	DECLARE_BITMAP(seen, 4000) = {};
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	struct reader *reader = new_reader(test, map, 0);
	unsigned int calls = 0;
	u64 i, more = 1000;

	tm_test_fill(test, map, 0, 1000);
	reader->args.buf_len = 1000;
	do {
		KUNIT_ASSERT_EQ(test, scan(reader), 0);
		mark(test, reader, seen);
		if (calls % 3 == 0 && more < 4000) {
			tm_test_fill(test, map, more, 300);
			more += 300;
		} else if (calls == 30) {
			for (i = 500; i < more; i++)
				tm_test_delete(map, i);
		}
		flush_delayed_work(&map->table.work);
		calls++;
	} while (!reader->args.done);
	KUNIT_EXPECT_GT(test, calls, 40);
	for (i = 0; i < 500; i++)
		KUNIT_EXPECT_TRUE(test, test_bit(i, seen));
}

static void room_for_not_even_one_is_too_little(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct reader *reader = new_reader(test, map, 0);

	KUNIT_ASSERT_EQ(test, tm_test_update(map, "key", "the value", 0, 0), 0);
	reader->args.buf_len = sizeof(struct ttlmap_record) + 23;
	KUNIT_EXPECT_EQ(test, scan(reader), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, reader->args.bytes, sizeof(struct ttlmap_record) + 24);
	reader->args.buf_len++;
	KUNIT_EXPECT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, reader->args.count, 1);
}

static void memory_that_is_not_there_is_a_fault(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct reader *reader = new_reader(test, map, 0);

	tm_test_fill(test, map, 0, 3);
	reader->args.buf += ROOM;
	KUNIT_EXPECT_EQ(test, scan(reader), -EFAULT);
	/* What was written before is returned first. */
	reader->args.buf -= sizeof(struct ttlmap_record) + 16;
	KUNIT_EXPECT_EQ(test, scan(reader), 0);
	KUNIT_EXPECT_EQ(test, reader->args.count, 1);
	KUNIT_EXPECT_EQ(test, scan(reader), 0);
}

static void arguments_are_checked(struct kunit *test)
{
	struct reader *reader = new_reader(test, tm_test_map(test, 0, 1000), 0);

	reader->args.flags = TTLMAP_SCAN_KEYS << 1;
	KUNIT_EXPECT_EQ(test, scan(reader), -EINVAL);
	reader->args.flags = 0;
	reader->args.__reserved = 1;
	KUNIT_EXPECT_EQ(test, scan(reader), -EINVAL);
	reader->args.__reserved = 0;
	reader->args.buf += 4;
	KUNIT_EXPECT_EQ(test, scan(reader), -EINVAL);
}

static void no_memory_for_a_scan_is_said(struct kunit *test)
{
	struct reader *reader = new_reader(test, tm_test_map(test, 0, 1000), 0);
	bool failed;
	int err;

	tm_test_fail_allocation(test, 1);
	err = scan(reader);
	failed = tm_test_allocation_failed();
	KUNIT_EXPECT_TRUE(test, failed);
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
}

static struct kunit_case scan_cases[] = {
	KUNIT_CASE(empty_map_is_done_at_once),
	KUNIT_CASE(record_is_the_entry),
	KUNIT_CASE(record_tells_of_its_use),
	KUNIT_CASE(expired_entries_are_left_out),
	KUNIT_CASE(every_entry_comes_once_whatever_happens),
	KUNIT_CASE(room_for_not_even_one_is_too_little),
	KUNIT_CASE(memory_that_is_not_there_is_a_fault),
	KUNIT_CASE(arguments_are_checked),
	KUNIT_CASE(no_memory_for_a_scan_is_said),
	{}
};

static struct kunit_suite scan_suite = {
	.name = "ttlmap_scan",
	.init = tm_fakes_init,
	.test_cases = scan_cases,
};

kunit_test_suite(scan_suite);
