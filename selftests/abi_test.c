// SPDX-License-Identifier: GPL-2.0
/*
 * Every promise and every errno of <linux/ttlmap.h>, one at a time, each with
 * input that is otherwise valid. After each call that fails, the map and the
 * set of maps are compared with what they were before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "harness.h"

#define KEY_MAX		16
#define VALUE_MAX	64
#define CAPACITY	64
#define NAME		"abi.test"
#define OTHER_UID	1000
#define OTHER_GID	1001
#define PAGE		4096

static const char present[] = "present";
static const char absent[] = "absent";
static const char value[] = "value of the key";

static struct ttlmap_create valid_create(void)
{
	return (struct ttlmap_create){ .key_max = KEY_MAX, .value_max = VALUE_MAX,
				       .max_entries = CAPACITY };
}

static struct ttlmap_create named_create(const char *name)
{
	struct ttlmap_create arg = valid_create();

	arg.mode = 0600;
	memcpy(arg.name, name, strnlen(name, TTLMAP_NAME_SIZE));
	return arg;
}

static struct ttlmap_op valid_lookup(void *room)
{
	return op_lookup(present, sizeof(present), room, VALUE_MAX);
}

static struct ttlmap_op valid_update(void)
{
	return op_update(absent, sizeof(absent), value, sizeof(value), 0, 0);
}

static struct ttlmap_op valid_delete(void)
{
	return op_delete(present, sizeof(present));
}

/* ---- what must not change when a call fails */

struct snapshot {
	u64 content;		/* the same in whatever order entries come */
	u64 entries;
	u64 changes;
	int names;
	int maps;
};

static u64 digest(const void *data, size_t len, u64 sum)
{
	const u8 *byte = data;

	while (len--)
		sum = mix64(sum ^ *byte++) + 1;
	return sum;
}

static u64 map_content(int map)
{
	static u64 buf[65536];
	struct ttlmap_scan scan = { };
	u64 sum = 0;

	do {
		if (map_scan(map, &scan, buf, sizeof(buf), 0))
			return ~0ULL;
		for_each_record(record, buf, scan.bytes)
			sum += digest(record_value(record), record->value_len,
				      digest(record_key(record), record->key_len, 1));
	} while (!scan.done);
	return sum;
}

static struct snapshot snapshot_take(int map)
{
	struct ttlmap_stat stat;

	map_stat(map, &stat);
	return (struct snapshot){
		.content = map_content(map),
		.entries = stat.entries,
		.changes = stat.inserts + stat.replaces + stat.deletes + stat.evicted +
			   stat.expired,
		.names = named_maps(),
		.maps = live_maps(),
	};
}

#define EXPECT_UNCHANGED(map, before) do {				\
	struct snapshot was_ = (before), is_ = snapshot_take(map);	\
									\
	EXPECT_EQ(was_.content, is_.content) TH_LOG("content changed");	\
	EXPECT_EQ(was_.entries, is_.entries) TH_LOG("entries changed");	\
	EXPECT_EQ(was_.changes, is_.changes) TH_LOG("counts changed");	\
	EXPECT_EQ(was_.names, is_.names) TH_LOG("names changed");	\
	EXPECT_EQ(was_.maps, is_.maps) TH_LOG("number of maps changed"); \
} while (0)

/* A call that must fail with @want and change nothing. */
#define EXPECT_FAILS(want, call, ...) do {				\
	struct snapshot before_ = snapshot_take(self->map);		\
									\
	EXPECT_RC(-(want), call, __VA_ARGS__);				\
	EXPECT_UNCHANGED(self->map, before_);				\
} while (0)

/* The same, for a valid argument @make that the statements @... spoil. */
#define EXPECT_SPOILT(want, fd, command, type, make, ...) do {		\
	type arg = make;						\
	__VA_ARGS__;							\
	struct snapshot before_ = snapshot_take(self->map);		\
	int rc_ = map_ioctl(fd, command, &arg);				\
									\
	EXPECT_EQ(-(want), rc_)						\
		TH_LOG("%s with %s: expected %s, seen %s", #command,	\
		       #__VA_ARGS__, rc_name(-(want)), rc_name(rc_));	\
	EXPECT_UNCHANGED(self->map, before_);				\
} while (0)

#define CREATE_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->device, TTLMAP_IOC_CREATE,		\
		      struct ttlmap_create, valid_create(), __VA_ARGS__)
#define OPEN_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->device, TTLMAP_IOC_OPEN,		\
		      struct ttlmap_open, valid_open(), __VA_ARGS__)
#define UNLINK_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->device, TTLMAP_IOC_UNLINK,		\
		      struct ttlmap_unlink, valid_unlink(), __VA_ARGS__)
#define OP_FAILS(want, make, ...)					\
	EXPECT_SPOILT(want, self->map, TTLMAP_IOC_OP,			\
		      struct ttlmap_op, make, __VA_ARGS__)

FIXTURE(abi) {
	int device;
	int map;	/* anonymous, holds the key "present" */
	char room[VALUE_MAX];
};

FIXTURE_SETUP(abi)
{
	struct ttlmap_create arg = valid_create();
	struct ttlmap_op op = op_update(present, sizeof(present), value,
					sizeof(value), HOUR_NS, 0);

	ASSERT_FD(self->device, device_open());
	ASSERT_FD(self->map, map_create(&arg));
	ASSERT_RC(0, map_op(self->map, &op));
}

FIXTURE_TEARDOWN(abi)
{
	close(self->map);
	close(self->device);
}

/* ---- create */

#define EXPECT_CREATES(...) do {					\
	struct ttlmap_create arg = valid_create();			\
	__VA_ARGS__;							\
	int fd_ = map_create(&arg);					\
									\
	EXPECT_LE(0, fd_)						\
		TH_LOG("create with %s: expected a map, seen %s",	\
		       #__VA_ARGS__, rc_name(fd_));			\
	close(fd_);							\
} while (0)

TEST_F(abi, create_takes_the_limits)
{
	EXPECT_CREATES(arg.key_max = 1);
	EXPECT_CREATES(arg.key_max = TTLMAP_KEY_MAX);
	EXPECT_CREATES(arg.value_max = 0);
	EXPECT_CREATES(arg.value_max = TTLMAP_VALUE_MAX);
	EXPECT_CREATES(arg.max_entries = 1);
	EXPECT_CREATES(arg.max_entries = TTLMAP_ENTRIES_MAX);
	EXPECT_CREATES(arg.max_bytes = 1 << 20);
	EXPECT_CREATES(arg.default_ttl_ns = TTLMAP_TTL_MAX);
	EXPECT_CREATES(arg.default_ttl_ns = 1);
	EXPECT_CREATES(arg.default_ttl_ns = 5, arg.min_ttl_ns = 5, arg.max_ttl_ns = 5);
	EXPECT_CREATES(arg.flags = TTLMAP_F_NO_EVICT | TTLMAP_F_SIPHASH);
	EXPECT_CREATES(arg.flags = TTLMAP_F_REQUIRE_TTL, arg.default_ttl_ns = 1);
}

TEST_F(abi, create_einval)
{
	for (int bit = 10; bit < 32; bit++)
		CREATE_FAILS(EINVAL, arg.flags = 1U << bit);
	CREATE_FAILS(EINVAL, arg.flags = TTLMAP_F_COUNTERS, arg.value_max = 7);
	CREATE_FAILS(EINVAL, arg.flags = TTLMAP_F_COUNTERS | TTLMAP_F_VERSIONS, arg.value_max = 8);
	CREATE_FAILS(EINVAL, arg.flags = TTLMAP_F_RECLAIM | TTLMAP_F_NO_EVICT);
	CREATE_FAILS(EINVAL, arg.key_max = 0);
	CREATE_FAILS(EINVAL, arg.key_max = TTLMAP_KEY_MAX + 1);
	CREATE_FAILS(EINVAL, arg.value_max = TTLMAP_VALUE_MAX + 1);
	CREATE_FAILS(EINVAL, arg.max_entries = 0);
	CREATE_FAILS(EINVAL, arg.max_entries = TTLMAP_ENTRIES_MAX + 1);
	CREATE_FAILS(EINVAL, arg.max_entries = ~0ULL);
	CREATE_FAILS(EINVAL, arg.mode = 0600);
	CREATE_FAILS(EINVAL, arg = named_create(NAME), arg.mode = 01600);
	CREATE_FAILS(EINVAL, arg = named_create(NAME), arg.mode = ~0U);
}

TEST_F(abi, create_erange)
{
	CREATE_FAILS(ERANGE, arg.default_ttl_ns = TTLMAP_TTL_MAX + 1);
	CREATE_FAILS(ERANGE, arg.default_ttl_ns = 4, arg.min_ttl_ns = 5);
	CREATE_FAILS(ERANGE, arg.default_ttl_ns = 6, arg.max_ttl_ns = 5);
}

static const char *const bad_names[] = {
	".hidden", "-option", "a/b", "a b", "a\nb", "tab\there", "a*", "\x80", "caf\xc3\xa9",
};

TEST_F(abi, create_bad_names)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++)
		CREATE_FAILS(EINVAL, arg = named_create(bad_names[i]));
	CREATE_FAILS(EINVAL, memset(arg.name, 'a', TTLMAP_NAME_SIZE));
	CREATE_FAILS(EINVAL, arg = named_create(NAME), arg.name[63] = 'x');
	CREATE_FAILS(EINVAL, arg = named_create(NAME), arg.name[sizeof(NAME)] = 'x');
	CREATE_FAILS(EINVAL, arg.name[5] = 'x');
}

TEST_F(abi, create_longest_and_all_letters)
{
	char longest[TTLMAP_NAME_SIZE] = { };
	const char *names[] = { longest, "a", "0", "_", "abcdefghijklmnopqrstuvwxyz._:@+-",
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" };

	memset(longest, 'n', TTLMAP_NAME_SIZE - 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int fd;

		ASSERT_FD(fd, map_create_named(names[i], 0600, CAPACITY));
		close(fd);
		ASSERT_FD(fd, map_open(names[i], TTLMAP_OPEN_READ));
		close(fd);
		EXPECT_RC(0, map_unlink(names[i]));
	}
}

TEST_F(abi, create_eexist)
{
	int fd;

	ASSERT_FD(fd, map_create_named(NAME, 0600, CAPACITY));
	CREATE_FAILS(EEXIST, arg = named_create(NAME));
	EXPECT_RC(0, map_unlink(NAME));
	close(fd);
	ASSERT_FD(fd, map_create_named(NAME, 0600, CAPACITY));
	EXPECT_RC(0, map_unlink(NAME));
	close(fd);
}

/* Leaves exactly the descriptors that are open now. */
static void no_more_descriptors(struct rlimit *before)
{
	int fd = dup(0);
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, before);
	limit = *before;
	limit.rlim_cur = fd;
	close(fd);
	setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_F(abi, create_and_open_emfile)
{
	struct ttlmap_create create = named_create(NAME);
	struct ttlmap_open open_arg = { .flags = TTLMAP_OPEN_READ };
	struct snapshot before = snapshot_take(self->map);
	struct rlimit limit;
	int rc, fd;

	no_more_descriptors(&limit);
	rc = map_ioctl(self->device, TTLMAP_IOC_CREATE, &create);
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT_RC(-EMFILE, rc);
	EXPECT_UNCHANGED(self->map, before);

	ASSERT_FD(fd, map_create(&create));
	memcpy(open_arg.name, create.name, TTLMAP_NAME_SIZE);
	before = snapshot_take(self->map);
	no_more_descriptors(&limit);
	rc = map_ioctl(self->device, TTLMAP_IOC_OPEN, &open_arg);
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT_RC(-EMFILE, rc);
	EXPECT_UNCHANGED(self->map, before);
	close(fd);
	EXPECT_RC(0, map_unlink(NAME));
}

TEST_F(abi, descriptors_close_on_exec)
{
	int fd;

	ASSERT_FD(fd, map_create_named(NAME, 0600, CAPACITY));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	close(fd);
	ASSERT_FD(fd, map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	close(fd);
	EXPECT_RC(0, map_unlink(NAME));
}

/* ---- open and unlink */

static struct ttlmap_open valid_open(void)
{
	return (struct ttlmap_open){ .flags = TTLMAP_OPEN_READ, .name = NAME };
}

static struct ttlmap_unlink valid_unlink(void)
{
	return (struct ttlmap_unlink){ .name = NAME };
}

FIXTURE(named) {
	int device;
	int map;
};

FIXTURE_SETUP(named)
{
	map_unlink(NAME);
	ASSERT_FD(self->device, device_open());
	ASSERT_FD(self->map, map_create_named(NAME, 0600, CAPACITY));
}

FIXTURE_TEARDOWN(named)
{
	close(self->map);
	close(self->device);
	map_unlink(NAME);
}

TEST_F(named, open_errors)
{
	OPEN_FAILS(EINVAL, arg.flags = 0);
	for (int bit = 2; bit < 32; bit++)
		OPEN_FAILS(EINVAL, arg.flags |= 1U << bit);
	OPEN_FAILS(EINVAL, arg.__reserved = 1);
	OPEN_FAILS(EINVAL, memset(arg.name, 0, sizeof(arg.name)));
	OPEN_FAILS(EINVAL, arg.name[0] = '.');
	OPEN_FAILS(EINVAL, arg.name[sizeof(NAME)] = 'x');
	OPEN_FAILS(EINVAL, memset(arg.name, 'a', sizeof(arg.name)));
	OPEN_FAILS(ENOENT, arg.name[0]++);
}

TEST_F(named, unlink_errors)
{
	UNLINK_FAILS(EINVAL, arg.flags = 1);
	UNLINK_FAILS(EINVAL, arg.__reserved = 1);
	UNLINK_FAILS(EINVAL, memset(arg.name, 0, sizeof(arg.name)));
	UNLINK_FAILS(EINVAL, arg.name[0] = '-');
	UNLINK_FAILS(EINVAL, arg.name[sizeof(NAME)] = 'x');
	UNLINK_FAILS(ENOENT, arg.name[0]++);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_RC(-ENOENT, map_unlink(NAME));
	EXPECT_RC(-ENOENT, map_open(NAME, TTLMAP_OPEN_READ));
}

TEST_F(named, descriptors_permit_what_they_were_opened_for)
{
	struct ttlmap_stat stat;
	struct ttlmap_scan scan = { };
	u64 buf[64], seen;
	int reader, writer;

	ASSERT_FD(reader, map_open(NAME, TTLMAP_OPEN_READ));
	ASSERT_FD(writer, map_open(NAME, TTLMAP_OPEN_WRITE));
	EXPECT_RC(0, u64_set(writer, 1, 10, 0, 0));
	EXPECT_RC(-EBADF, u64_get(writer, 1, &seen));
	EXPECT_RC(-EBADF, map_stat(writer, &stat));
	EXPECT_RC(-EBADF, map_scan(writer, &scan, buf, sizeof(buf), 0));
	EXPECT_RC(0, u64_get(reader, 1, &seen));
	EXPECT_EQ(10, seen);
	EXPECT_RC(0, map_stat(reader, &stat));
	scan.cursor = 0;
	EXPECT_RC(0, map_scan(reader, &scan, buf, sizeof(buf), 0));
	EXPECT_FAILS(EBADF, u64_set(reader, 2, 20, 0, 0));
	EXPECT_FAILS(EBADF, u64_delete(reader, 1));
	close(reader);
	close(writer);
}

TEST_F(named, batch_gives_each_operation_its_own_ebadf)
{
	u64 keys[] = { 1, 2 }, seen = 0;
	struct ttlmap_op ops[] = {
		op_update(&keys[0], 8, &keys[0], 8, 0, 0),
		op_lookup(&keys[0], 8, &seen, 8),
	};
	int reader, writer;
	u32 done;

	ASSERT_FD(reader, map_open(NAME, TTLMAP_OPEN_READ));
	ASSERT_FD(writer, map_open(NAME, TTLMAP_OPEN_WRITE));
	EXPECT_RC(0, map_batch(writer, ops, 2, &done));
	EXPECT_EQ(2, done);
	EXPECT_RC(0, ops[0].result);
	EXPECT_RC(-EBADF, ops[1].result);
	ops[0].key = (uintptr_t)&keys[1];
	EXPECT_RC(0, map_batch(reader, ops, 2, &done));
	EXPECT_EQ(2, done);
	EXPECT_RC(-EBADF, ops[0].result);
	EXPECT_RC(0, ops[1].result);
	EXPECT_EQ(1, seen);
	EXPECT_EQ(1, map_entries(self->map));
	close(reader);
	close(writer);
}

/* ---- list */

#define LIST_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->device, TTLMAP_IOC_LIST, struct ttlmap_list, \
		      ((struct ttlmap_list){ .items = (uintptr_t)items,	\
			.count = 4, .item_size = sizeof(items[0]) }), __VA_ARGS__)

TEST_F(named, list_errors)
{
	struct ttlmap_list_item items[4];

	LIST_FAILS(EINVAL, arg.count = 0);
	LIST_FAILS(EINVAL, arg.item_size = 0);
	LIST_FAILS(EINVAL, arg.item_size = sizeof(items[0]) - 8);
	LIST_FAILS(EFAULT, arg.items = 0);
	LIST_FAILS(EFAULT, arg.items = 0xffff888000000000ULL);
}

TEST_F(named, list_describes_a_map)
{
	struct ttlmap_list_item item;
	struct ttlmap_list list = { .items = (uintptr_t)&item, .count = 1,
				    .item_size = sizeof(item) };
	struct ttlmap_stat stat;

	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	ASSERT_RC(0, map_stat(self->map, &stat));
	ASSERT_RC(0, device_ioctl(TTLMAP_IOC_LIST, &list));
	ASSERT_EQ(1, list.count);
	EXPECT_EQ(stat.id, item.id);
	EXPECT_EQ(1, item.entries);
	EXPECT_EQ(CAPACITY, item.max_entries);
	EXPECT_EQ(0, item.uid);
	EXPECT_EQ(0, item.gid);
	EXPECT_EQ(0600, item.mode);
	EXPECT_EQ(0, item.flags);
	EXPECT_STREQ(NAME, (char *)item.name);
	ASSERT_RC(0, device_ioctl(TTLMAP_IOC_LIST, &list));
	EXPECT_EQ(0, list.count);
}

static void many_names(int how_many, bool create)
{
	for (int i = 0; i < how_many; i++) {
		char name[32];

		snprintf(name, sizeof(name), "many-%d", i);
		if (create)
			close(map_create_named(name, 0, 1));
		else
			map_unlink(name);
	}
}

TEST_F(named, list_in_order_each_once)
{
	for (u32 room = 1; room < 40; room += 6) {
		struct ttlmap_list_item items[40];
		struct ttlmap_list list = { .items = (uintptr_t)items,
					    .item_size = sizeof(items[0]) };
		u64 last = 0;
		int total = 0;

		many_names(30, true);
		do {
			list.count = room;
			ASSERT_RC(0, device_ioctl(TTLMAP_IOC_LIST, &list));
			ASSERT_LE(list.count, room);
			for (u32 i = 0; i < list.count; i++) {
				EXPECT_LT(last, items[i].id) TH_LOG("ids must rise");
				last = items[i].id;
			}
			total += list.count;
		} while (list.count);
		EXPECT_EQ(31, total) TH_LOG("with room for %u a call", room);
		many_names(30, false);
	}
}

TEST_F(named, list_items_longer_than_the_kernels)
{
	struct { struct ttlmap_list_item known; u64 later[3]; } items[2];
	struct ttlmap_list list = { .items = (uintptr_t)items, .count = 2,
				    .item_size = sizeof(items[0]) };

	memset(items, 0, sizeof(items));
	many_names(1, true);
	ASSERT_RC(0, device_ioctl(TTLMAP_IOC_LIST, &list));
	many_names(1, false);
	ASSERT_EQ(2, list.count);
	EXPECT_STREQ(NAME, (char *)items[0].known.name);
	EXPECT_STREQ("many-0", (char *)items[1].known.name);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, items[0].later[i] | items[1].later[i]);
}

/* ---- one operation */

TEST_F(abi, op_unknown)
{
	OP_FAILS(EINVAL, valid_lookup(self->room), arg.op = 0);
	OP_FAILS(EINVAL, valid_update(), arg.op = TTLMAP_OP_CLEAR + 1);
	OP_FAILS(EINVAL, valid_delete(), arg.op = ~0U);
}

TEST_F(abi, op_fields_without_use)
{
	OP_FAILS(EINVAL, valid_lookup(self->room), arg.arg = 1);
	OP_FAILS(EINVAL, valid_lookup(self->room), arg.arg_len = 1);
	OP_FAILS(EINVAL, valid_update(), arg.arg = 1);
	OP_FAILS(EINVAL, valid_update(), arg.arg_len = 1);
	OP_FAILS(EINVAL, valid_delete(), arg.arg = 1);
	OP_FAILS(EINVAL, valid_delete(), arg.arg_len = 1);
}

/* Bits that the operation does not know, or that this map has no use for. */
#define FLAGS_FAIL(known, ...)							\
	for (int bit = 0; bit < 32; bit++)					\
		if (!((known) & (1UL << bit)))					\
			OP_FAILS(EINVAL, __VA_ARGS__, arg.flags = 1U << bit)

TEST_F(abi, op_flags)
{
	FLAGS_FAIL(TTLMAP_TTL_REFRESH | TTLMAP_PEEK, valid_lookup(self->room));
	FLAGS_FAIL(TTLMAP_IF_VALUE | TTLMAP_IF_EXPIRED, valid_delete());
	FLAGS_FAIL(TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND |
		   TTLMAP_IF_VALUE, valid_update());
}

TEST_F(abi, op_contradictions)
{
	OP_FAILS(EINVAL, valid_update(), arg.flags = TTLMAP_NEW | TTLMAP_EXISTING);
	OP_FAILS(EINVAL, valid_update(),
		 arg.flags = TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND);
	OP_FAILS(EINVAL, valid_delete(), arg.value_len = 1);
	OP_FAILS(EINVAL, valid_delete(), arg.ttl_ns = 1);
}

TEST_F(abi, op_lengths)
{
	static const char long_key[KEY_MAX + 1], long_value[VALUE_MAX + 1];

	OP_FAILS(EINVAL, valid_lookup(self->room), arg.key_len = 0);
	OP_FAILS(EINVAL, valid_update(), arg.key_len = 0);
	OP_FAILS(EINVAL, valid_delete(), arg.key_len = 0);
	OP_FAILS(E2BIG, valid_lookup(self->room),
		 arg.key = (uintptr_t)long_key, arg.key_len = KEY_MAX + 1);
	OP_FAILS(E2BIG, valid_update(),
		 arg.key = (uintptr_t)long_key, arg.key_len = KEY_MAX + 1);
	OP_FAILS(E2BIG, valid_delete(),
		 arg.key = (uintptr_t)long_key, arg.key_len = ~0U);
	OP_FAILS(E2BIG, valid_update(),
		 arg.value = (uintptr_t)long_value, arg.value_len = VALUE_MAX + 1);
	OP_FAILS(E2BIG, valid_update(), arg.value_len = ~0U);
}

TEST_F(abi, op_enoent_and_eexist)
{
	OP_FAILS(ENOENT, op_lookup(absent, sizeof(absent), self->room, VALUE_MAX), (void)0);
	OP_FAILS(ENOENT, op_delete(absent, sizeof(absent)), (void)0);
	OP_FAILS(ENOENT, valid_update(), arg.flags = TTLMAP_EXISTING);
	OP_FAILS(EEXIST, op_update(present, sizeof(present), "", 0, 0, TTLMAP_NEW), (void)0);
}

TEST_F(abi, op_result_is_the_calls_own)
{
	struct ttlmap_op op = valid_lookup(self->room);

	op.result = 77;
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_EQ(0, op.result);
	EXPECT_EQ(sizeof(value), op.value_len);
	EXPECT_EQ(0, memcmp(self->room, value, sizeof(value)));
	EXPECT_LT(0, op.ttl_ns);
	EXPECT_GE(HOUR_NS, op.ttl_ns);
	op = op_lookup(absent, sizeof(absent), self->room, VALUE_MAX);
	EXPECT_RC(-ENOENT, map_op(self->map, &op));
	EXPECT_RC(-ENOENT, op.result);
}

TEST_F(abi, lookup_emsgsize)
{
	for (u32 room = 0; room < sizeof(value); room++) {
		struct ttlmap_op op = valid_lookup(self->room);

		memset(self->room, 0x55, VALUE_MAX);
		op.value_len = room;
		EXPECT_RC(-EMSGSIZE, map_op(self->map, &op));
		EXPECT_EQ(sizeof(value), op.value_len);
		EXPECT_LT(0, op.ttl_ns);
		EXPECT_GE(HOUR_NS, op.ttl_ns);
		for (int i = 0; i < VALUE_MAX; i++) {
			ASSERT_EQ(0x55, self->room[i]) TH_LOG("copied with room %u", room);
		}
	}
}

TEST_F(abi, lookup_copies_the_value_alone)
{
	struct ttlmap_op op = valid_lookup(self->room);

	memset(self->room, 0x55, VALUE_MAX);
	EXPECT_RC(0, map_op(self->map, &op));
	for (size_t i = sizeof(value); i < VALUE_MAX; i++) {
		EXPECT_EQ(0x55, self->room[i]) TH_LOG("byte %zu after the value", i);
	}
}

TEST_F(abi, nothing_needs_no_pointer)
{
	struct ttlmap_op op = op_update(absent, sizeof(absent), NULL, 0, 0, 0);

	EXPECT_RC(0, map_op(self->map, &op));
	op = op_lookup(absent, sizeof(absent), NULL, 0);
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_EQ(0, op.value_len);
	EXPECT_EQ(TTLMAP_TTL_NEVER, op.ttl_ns);
}

TEST_F(abi, ttl_erange_at_the_abis_limit)
{
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = TTLMAP_TTL_MAX + 1);
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = TTLMAP_TTL_NEVER - 1);
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = 1ULL << 63);
	struct ttlmap_op op = valid_update();

	op.ttl_ns = TTLMAP_TTL_MAX;
	EXPECT_RC(0, map_op(self->map, &op));
	op = op_lookup(absent, sizeof(absent), self->room, VALUE_MAX);
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_GE(TTLMAP_TTL_MAX, op.ttl_ns);
	EXPECT_LT(TTLMAP_TTL_MAX - HOUR_NS, op.ttl_ns);
}

TEST_F(abi, ttl_erange_at_the_maps_limits)
{
	struct ttlmap_create create = valid_create();
	int other = self->map;

	create.default_ttl_ns = 2 * HOUR_NS;
	create.min_ttl_ns = HOUR_NS;
	create.max_ttl_ns = 3 * HOUR_NS;
	ASSERT_FD(self->map, map_create(&create));
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = 1);
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = HOUR_NS - 1);
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = 3 * HOUR_NS + 1);
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = TTLMAP_TTL_NEVER);
	for (u64 ttl = 0; ttl <= 3 * HOUR_NS; ttl += HOUR_NS) {
		struct ttlmap_op op = valid_update();

		op.ttl_ns = ttl;
		EXPECT_RC(0, map_op(self->map, &op));
	}
	close(self->map);
	self->map = other;
}

TEST_F(abi, ttl_required)
{
	struct ttlmap_create create = valid_create();
	struct ttlmap_op op = valid_update();
	int other = self->map;

	create.flags = TTLMAP_F_REQUIRE_TTL;
	create.default_ttl_ns = HOUR_NS;
	ASSERT_FD(self->map, map_create(&create));
	OP_FAILS(ERANGE, valid_update(), arg.ttl_ns = TTLMAP_TTL_NEVER);
	EXPECT_RC(0, map_op(self->map, &op));
	close(self->map);
	/* Without a default each write needs one. */
	create.default_ttl_ns = 0;
	ASSERT_FD(self->map, map_create(&create));
	OP_FAILS(ERANGE, valid_update(), (void)0);
	op.ttl_ns = 1;
	EXPECT_RC(0, map_op(self->map, &op));
	close(self->map);
	self->map = other;
}

TEST_F(abi, enospc)
{
	struct ttlmap_create create = valid_create();
	struct ttlmap_stat stat;
	int other = self->map;

	create.flags = TTLMAP_F_NO_EVICT;
	create.max_entries = 1;
	ASSERT_FD(self->map, map_create(&create));
	struct ttlmap_op op = op_update(present, sizeof(present), value, 1, 0, 0);

	ASSERT_RC(0, map_op(self->map, &op));
	OP_FAILS(ENOSPC, valid_update(), (void)0);
	EXPECT_RC(0, map_op(self->map, &op), "replacing needs no room");
	ASSERT_RC(0, map_stat(self->map, &stat));
	EXPECT_EQ(1, stat.refused);
	close(self->map);
	self->map = other;
}

TEST_F(abi, enospc_entry_larger_than_the_map)
{
	struct ttlmap_create create = valid_create();
	int other = self->map;

	create.value_max = 100000;
	create.max_bytes = 50000;
	ASSERT_FD(self->map, map_create(&create));
	static const char large[100000];

	OP_FAILS(ENOSPC, valid_update(),
		 arg.value = (uintptr_t)large, arg.value_len = sizeof(large));
	close(self->map);
	self->map = other;
}

/* ---- pointers */

/* Two pages, the second of which may not be touched; returns its start. */
static char *guarded_page(int protection)
{
	char *area = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		exit(KSFT_FAIL);
	memset(area, 0, 2 * PAGE);
	mprotect(area + PAGE, PAGE, protection);
	return area + PAGE;
}

#define BAD_POINTERS	7

/* Addresses where two bytes or more can neither be read nor written. */
static void bad_pointers(u64 bad[BAD_POINTERS])
{
	char *guard = guarded_page(PROT_NONE);

	bad[0] = 0;
	bad[1] = 8;
	bad[2] = (uintptr_t)guard;
	bad[3] = (uintptr_t)guard - 1;
	bad[4] = 0x8000000000000000ULL;
	bad[5] = 0xffff888000000000ULL;
	bad[6] = ~0ULL - 3;
}

TEST_F(abi, efault_keys)
{
	u64 bad[BAD_POINTERS];

	bad_pointers(bad);
	for (int i = 0; i < BAD_POINTERS; i++) {
		OP_FAILS(EFAULT, valid_lookup(self->room), arg.key = bad[i]);
		OP_FAILS(EFAULT, valid_update(), arg.key = bad[i]);
		OP_FAILS(EFAULT, valid_delete(), arg.key = bad[i]);
	}
}

TEST_F(abi, efault_values)
{
	u64 bad[BAD_POINTERS], read_only = (uintptr_t)guarded_page(PROT_READ);

	bad_pointers(bad);
	for (int i = 0; i < BAD_POINTERS; i++) {
		OP_FAILS(EFAULT, valid_lookup(self->room), arg.value = bad[i]);
		OP_FAILS(EFAULT, valid_update(), arg.value = bad[i]);
	}
	OP_FAILS(EFAULT, valid_lookup(self->room), arg.value = read_only);
	OP_FAILS(EFAULT, valid_lookup(self->room), arg.value = read_only - 1);
}

TEST_F(abi, efault_arguments)
{
	u64 bad[BAD_POINTERS];

	bad_pointers(bad);
	for (int i = 0; i < BAD_POINTERS; i++) {
		void *arg = (void *)(uintptr_t)bad[i];

		EXPECT_FAILS(EFAULT, map_ioctl(self->device, TTLMAP_IOC_CREATE, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->device, TTLMAP_IOC_OPEN, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->device, TTLMAP_IOC_UNLINK, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->device, TTLMAP_IOC_LIST, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_OP, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_BATCH, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_SCAN, arg));
		EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_STAT, arg));
	}
}

/* An argument that can be read but not written. */
static void *read_only_copy(const void *from, size_t size)
{
	char *page = guarded_page(PROT_READ | PROT_WRITE);

	memcpy(page, from, size);
	mprotect(page, PAGE, PROT_READ);
	return page;
}

TEST_F(abi, efault_read_only_arguments)
{
	u64 buf[64];
	struct ttlmap_scan scan = { .buf = (uintptr_t)buf, .buf_len = sizeof(buf) };
	struct ttlmap_stat stat = { };
	struct ttlmap_list_item item;
	struct ttlmap_list list = { .items = (uintptr_t)&item, .count = 1,
				    .item_size = sizeof(item) };

	EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_SCAN,
				       read_only_copy(&scan, sizeof(scan))));
	EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_STAT,
				       read_only_copy(&stat, sizeof(stat))));
	EXPECT_FAILS(EFAULT, map_ioctl(self->device, TTLMAP_IOC_LIST,
				       read_only_copy(&list, sizeof(list))));
}

TEST_F(abi, efault_scan_buffer)
{
	u64 bad[BAD_POINTERS], read_only = (uintptr_t)guarded_page(PROT_READ);
	struct ttlmap_scan scan = { .buf_len = 1024 };

	bad_pointers(bad);
	bad[3] -= bad[3] & 7;
	bad[6] -= bad[6] & 7;
	for (int i = 0; i < BAD_POINTERS; i++) {
		scan.buf = bad[i];
		EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_SCAN, &scan));
	}
	scan.buf = read_only;
	EXPECT_FAILS(EFAULT, map_ioctl(self->map, TTLMAP_IOC_SCAN, &scan));
}

/* ---- batches */

#define BATCH_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->map, TTLMAP_IOC_BATCH, struct ttlmap_batch, \
		      ((struct ttlmap_batch){ .ops = (uintptr_t)ops,	\
			.count = 2, .op_size = sizeof(ops[0]) }), __VA_ARGS__)

TEST_F(abi, batch_errors)
{
	struct ttlmap_op ops[] = { valid_update(), valid_delete() };
	u64 bad[BAD_POINTERS];

	BATCH_FAILS(EINVAL, arg.flags = 1);
	BATCH_FAILS(EINVAL, arg.flags = 1U << 31);
	BATCH_FAILS(EINVAL, arg.op_size = 0);
	BATCH_FAILS(EINVAL, arg.op_size = sizeof(ops[0]) - 8);
	BATCH_FAILS(E2BIG, arg.count = TTLMAP_BATCH_MAX + 1);
	BATCH_FAILS(E2BIG, arg.count = ~0U);
	bad_pointers(bad);
	for (int i = 0; i < BAD_POINTERS; i++)
		BATCH_FAILS(EFAULT, arg.ops = bad[i]);
}

/* The result of an operation in a batch is that of the operation alone. */
static int alone(int map, struct ttlmap_op op)
{
	return map_op(map, &op);
}

TEST_F(abi, batch_half_of_which_is_wrong)
{
	static const char long_key[KEY_MAX + 1], third[] = "third", fourth[] = "fourth";
	char room[VALUE_MAX];
	struct ttlmap_op wrong[] = {
		op_lookup(absent, sizeof(absent), room, VALUE_MAX),
		op_update(present, sizeof(present), "", 0, 0, TTLMAP_NEW),
		op_update(third, sizeof(third), "", 0, TTLMAP_TTL_MAX + 1, 0),
		op_update(long_key, sizeof(long_key), "", 0, 0, 0),
		op_update((void *)8, 8, "", 0, 0, 0),
		op_lookup(present, sizeof(present), room, 1),
		{ .op = 99 },
	};
	struct ttlmap_op ops[2 * ARRAY_SIZE(wrong)];
	char keys[ARRAY_SIZE(wrong)];
	u32 done;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		keys[i] = 'a' + i;
		ops[2 * i] = wrong[i];
		ops[2 * i + 1] = op_update(&keys[i], 1, fourth, sizeof(fourth), 0, 0);
	}
	EXPECT_RC(0, map_batch(self->map, ops, ARRAY_SIZE(ops), &done));
	EXPECT_EQ(ARRAY_SIZE(ops), done);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_RC(alone(self->map, wrong[i]), ops[2 * i].result);
		EXPECT_NE(0, ops[2 * i].result);
		EXPECT_RC(0, ops[2 * i + 1].result);
		EXPECT_RC(0, alone(self->map, op_lookup(&keys[i], 1, room, VALUE_MAX)));
	}
	EXPECT_EQ(1 + ARRAY_SIZE(wrong), map_entries(self->map));
}

TEST_F(abi, batch_in_order)
{
	char room[VALUE_MAX] = { };
	struct ttlmap_op ops[] = {
		valid_update(),
		op_lookup(absent, sizeof(absent), room, VALUE_MAX),
		op_delete(absent, sizeof(absent)),
		op_lookup(absent, sizeof(absent), self->room, VALUE_MAX),
	};
	u32 done;

	EXPECT_RC(0, map_batch(self->map, ops, ARRAY_SIZE(ops), &done));
	EXPECT_EQ(4, done);
	EXPECT_RC(0, ops[0].result);
	EXPECT_RC(0, ops[1].result);
	EXPECT_EQ(0, memcmp(room, value, sizeof(value)));
	EXPECT_RC(0, ops[2].result);
	EXPECT_RC(-ENOENT, ops[3].result);
}

TEST_F(abi, batch_of_which_half_can_be_read)
{
	char *guard = guarded_page(PROT_NONE);
	struct ttlmap_op *ops = (void *)(guard - 3 * sizeof(*ops));
	u32 done;

	for (int i = 0; i < 3; i++)
		ops[i] = op_update(absent + i, 1, value, 1, 0, 0);
	EXPECT_RC(0, map_batch(self->map, ops, 6, &done));
	EXPECT_EQ(3, done);
	for (int i = 0; i < 3; i++)
		EXPECT_RC(0, ops[i].result);
	EXPECT_EQ(4, map_entries(self->map));

	/* The next one can be read in part only. */
	ops = (void *)(guard - 5 * sizeof(*ops) / 2);
	for (int i = 0; i < 2; i++)
		ops[i] = op_delete(absent + i, 1);
	EXPECT_RC(0, map_batch(self->map, ops, 6, &done));
	EXPECT_EQ(2, done);
	EXPECT_EQ(2, map_entries(self->map));
}

TEST_F(abi, batch_that_cannot_be_written)
{
	struct ttlmap_op ops[4];
	u32 done = 0;
	int rc;

	for (int i = 0; i < 4; i++)
		ops[i] = op_update(absent + i, 1, value, 1, 0, 0);
	rc = map_batch(self->map, read_only_copy(ops, sizeof(ops)), 4, &done);
	if (rc) {
		EXPECT_RC(-EFAULT, rc);
		done = 0;
	}
	EXPECT_EQ(1 + done, map_entries(self->map))
		TH_LOG("what was carried out must be said: %s, done %u", rc_name(rc), done);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* A signal in the middle: @done says exactly what was carried out. */
TEST_F(abi, batch_interrupted)
{
	static struct ttlmap_op ops[TTLMAP_BATCH_MAX];
	static u64 keys[TTLMAP_BATCH_MAX];
	struct sigaction action = { .sa_handler = on_alarm };
	struct ttlmap_create create = MAP_8_8(TTLMAP_BATCH_MAX);
	bool interrupted = false;

	sigaction(SIGALRM, &action, NULL);
	for (u32 i = 0; i < TTLMAP_BATCH_MAX; i++) {
		keys[i] = i;
		ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, 0);
	}
	for (int usec = 200; !interrupted && usec < 200000; usec += usec / 4) {
		struct itimerval timer = { .it_value = { .tv_usec = usec } };
		u32 done = 0;
		int map, rc;

		ASSERT_FD(map, map_create(&create));
		setitimer(ITIMER_REAL, &timer, NULL);
		rc = map_batch(map, ops, TTLMAP_BATCH_MAX, &done);
		if (rc) {
			EXPECT_RC(-EINTR, rc);
			done = 0;
		}
		EXPECT_EQ(done, map_entries(map)) TH_LOG("%s", rc_name(rc));
		EXPECT_EQ(done, u64_count_present(map, 0, done));
		interrupted = !rc && done < TTLMAP_BATCH_MAX;
		close(map);
	}
	EXPECT_TRUE(interrupted) TH_LOG("no batch was ever cut short by a signal");
}

/* ---- scan */

#define SCAN_FAILS(want, ...)						\
	EXPECT_SPOILT(want, self->map, TTLMAP_IOC_SCAN, struct ttlmap_scan, \
		      ((struct ttlmap_scan){ .buf = (uintptr_t)buf,	\
			.buf_len = sizeof(buf) }), __VA_ARGS__)

TEST_F(abi, scan_errors)
{
	u64 buf[64];

	for (int bit = 1; bit < 32; bit++)
		SCAN_FAILS(EINVAL, arg.flags = 1U << bit);
	SCAN_FAILS(EINVAL, arg.__reserved = 1);
	for (int i = 1; i < 8; i++)
		SCAN_FAILS(EINVAL, arg.buf += i, arg.buf_len -= 8);
	SCAN_FAILS(EMSGSIZE, arg.buf_len = 0);
	SCAN_FAILS(EMSGSIZE, arg.buf_len = sizeof(struct ttlmap_record));
}

/* ---- how structures grow */

struct call {
	const char *name;
	unsigned long command;
	u32 size;
	enum { ON_DEVICE, ON_MAP, ON_NEW_MAP } on;
	void *arg;
};

/* Bytes that it had at first: those that have grown take as much still. */
static u32 first_size(const struct call *call)
{
	if (call->command == TTLMAP_IOC_STAT)
		return offsetof(struct ttlmap_stat, unread_bytes);
	if (call->command == TTLMAP_IOC_TUNE)
		return offsetof(struct ttlmap_tune, alarms);
	return call->size;
}

static unsigned long resized(unsigned long command, u32 size)
{
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command), size);
}

#define CALLS	11

/* One valid call of each kind, each of which can be repeated. */
static void valid_calls(struct call calls[CALLS], void *room)
{
	static u64 buf[64];
	static struct ttlmap_list_item item;
	static struct ttlmap_create create;
	static struct ttlmap_open open_arg;
	static struct ttlmap_unlink unlink_arg;
	static struct ttlmap_list list;
	static struct ttlmap_op op, in_batch;
	static struct ttlmap_batch batch;
	static struct ttlmap_scan scan;
	static struct ttlmap_tune tune;
	static struct ttlmap_listen listen;
	static struct ttlmap_freeze freeze;
	static struct ttlmap_stat stat;

	create = valid_create();
	open_arg = valid_open();
	unlink_arg = valid_unlink();
	list = (struct ttlmap_list){ .items = (uintptr_t)&item, .count = 1,
				     .item_size = sizeof(item) };
	in_batch = valid_lookup(room);
	op = in_batch;
	batch = (struct ttlmap_batch){ .ops = (uintptr_t)&in_batch, .count = 1,
				       .op_size = sizeof(in_batch) };
	scan = (struct ttlmap_scan){ .buf = (uintptr_t)buf, .buf_len = sizeof(buf) };
	tune = (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES, .max_entries = CAPACITY };
	listen = (struct ttlmap_listen){ .events = 1 << TTLMAP_EVENT_DELETED };
	const struct call all[CALLS] = {
		{ "create", TTLMAP_IOC_CREATE, sizeof(create), ON_DEVICE, &create },
		{ "open", TTLMAP_IOC_OPEN, sizeof(open_arg), ON_DEVICE, &open_arg },
		{ "unlink", TTLMAP_IOC_UNLINK, sizeof(unlink_arg), ON_DEVICE, &unlink_arg },
		{ "list", TTLMAP_IOC_LIST, sizeof(list), ON_DEVICE, &list },
		{ "op", TTLMAP_IOC_OP, sizeof(op), ON_MAP, &op },
		{ "batch", TTLMAP_IOC_BATCH, sizeof(batch), ON_MAP, &batch },
		{ "scan", TTLMAP_IOC_SCAN, sizeof(scan), ON_MAP, &scan },
		{ "tune", TTLMAP_IOC_TUNE, sizeof(tune), ON_MAP, &tune },
		{ "listen", TTLMAP_IOC_LISTEN, sizeof(listen), ON_NEW_MAP, &listen },
		{ "freeze", TTLMAP_IOC_FREEZE, sizeof(freeze), ON_NEW_MAP, &freeze },
		{ "stat", TTLMAP_IOC_STAT, sizeof(stat), ON_MAP, &stat },
	};
	memcpy(calls, all, sizeof(all));
}

/* Does @call with @size bytes, of which byte @garbage (if any) is not zero. */
static int call_sized(const struct call *call, int device, int map, u32 size,
		      u32 garbage)
{
	static u8 area[16384];
	int fds[] = { [ON_DEVICE] = device, [ON_MAP] = map, [ON_NEW_MAP] = -1 }, rc;

	memset(area, 0, sizeof(area));
	memcpy(area, call->arg, size < call->size ? size : call->size);
	if (garbage)
		area[garbage] = 1;
	fds[ON_NEW_MAP] = map_create_named(NAME, 0600, 1);
	rc = map_ioctl(fds[call->on], resized(call->command, size), area);
	map_unlink(NAME);
	close(fds[ON_NEW_MAP]);
	if (rc > 0) {
		close(rc);
		rc = 0;
	}
	for (u32 i = call->size; !rc && i < sizeof(area); i++)
		if (area[i])
			return -EOVERFLOW;
	return rc;
}

TEST_F(abi, structures_shorter)
{
	struct call calls[CALLS];

	valid_calls(calls, self->room);
	for (int i = 0; i < CALLS; i++)
		for (u32 size = 0; size < first_size(&calls[i]); size += 4)
			EXPECT_FAILS(EINVAL,
				     call_sized(&calls[i], self->device, self->map, size, 0),
				     "%s with %u bytes", calls[i].name, size);
}

TEST_F(abi, structures_longer_with_zeros)
{
	static const u32 longer[] = { 0, 4, 8, 64, 1024, 3072 };
	struct call calls[CALLS];

	valid_calls(calls, self->room);
	for (int i = 0; i < CALLS; i++)
		for (size_t j = 0; j < ARRAY_SIZE(longer); j++) {
			int rc = call_sized(&calls[i], self->device, self->map,
					    calls[i].size + longer[j], 0);

			EXPECT_RC(0, rc, "%s, %u bytes longer", calls[i].name,
				  longer[j]);
		}
}

/* STAT only writes: it does not look at what it finds, and leaves zeros. */
TEST_F(abi, structures_longer_with_garbage)
{
	static const u32 longer[] = { 4, 8, 64, 1024, 3072 };
	struct call calls[CALLS];

	valid_calls(calls, self->room);
	for (int i = 0; i < CALLS - 1; i++)
		for (size_t j = 0; j < ARRAY_SIZE(longer); j++) {
			u32 size = calls[i].size + longer[j];

			EXPECT_FAILS(E2BIG, call_sized(&calls[i], self->device,
						       self->map, size, size - 1),
				"%s with %u bytes", calls[i].name, size);
			EXPECT_FAILS(E2BIG, call_sized(&calls[i], self->device, self->map,
						       size, calls[i].size),
				"%s with %u bytes", calls[i].name, size);
		}
}

TEST_F(abi, longer_results_end_in_zeros)
{
	struct call calls[CALLS], *stat = &calls[CALLS - 1];
	u32 size = sizeof(struct ttlmap_stat) + 64;

	valid_calls(calls, self->room);
	ASSERT_STREQ("stat", stat->name);
	EXPECT_RC(0, call_sized(stat, self->device, self->map, size, size - 1));
	EXPECT_RC(0, call_sized(stat, self->device, self->map, size, size - 64));
}

struct later_op {
	struct ttlmap_op known;
	u64 later[2];
};

TEST_F(abi, operations_longer)
{
	struct later_op ops[3] = { };
	struct ttlmap_batch batch = { .ops = (uintptr_t)ops, .count = 3,
				      .op_size = sizeof(ops[0]) };

	for (int i = 0; i < 3; i++)
		ops[i].known = op_update(absent + i, 1, value, 1, 0, 0);
	ops[1].later[1] = 1ULL << 63;
	EXPECT_RC(0, map_ioctl(self->map, TTLMAP_IOC_BATCH, &batch));
	EXPECT_EQ(3, batch.done);
	EXPECT_RC(0, ops[0].known.result);
	EXPECT_RC(-E2BIG, ops[1].known.result);
	EXPECT_RC(0, ops[2].known.result);
	EXPECT_EQ(3, map_entries(self->map));
	EXPECT_EQ(1ULL << 63, ops[1].later[1]);
}

/* ---- descriptors and commands */

TEST_F(abi, enotty)
{
	char arg[512] = { };

	for (unsigned int nr = 0; nr < 256; nr++) {
		bool device = nr <= _IOC_NR(TTLMAP_IOC_LIST);
		bool map = nr >= _IOC_NR(TTLMAP_IOC_OP) && nr <= _IOC_NR(TTLMAP_IOC_LISTEN);
		unsigned int cmd = _IOC(_IOC_READ | _IOC_WRITE, TTLMAP_IOC_MAGIC, nr, 64);

		if (!device)
			EXPECT_RC(-ENOTTY, map_ioctl(self->device, cmd, arg),
				  "command %#x on the device", nr);
		if (!map)
			EXPECT_RC(-ENOTTY, map_ioctl(self->map, cmd, arg),
				  "command %#x on a map", nr);
	}
	EXPECT_RC(-ENOTTY, map_ioctl(self->map, _IOWR('t', 0x20, struct ttlmap_op), arg));
	EXPECT_RC(-ENOTTY, map_ioctl(self->device, TCGETS, arg));
}

TEST_F(abi, other_system_calls_say_no)
{
	char byte = 0;
	void *area;

	EXPECT_EQ(-1, read(self->device, &byte, 1));
	EXPECT_EQ(-1, write(self->device, &byte, 1));
	EXPECT_EQ(-1, read(self->map, &byte, 1));
	EXPECT_EQ(-1, write(self->map, &byte, 1));
	area = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->map, 0);
	EXPECT_EQ(MAP_FAILED, area);
}

TEST_F(abi, stat_describes_the_map)
{
	struct ttlmap_create create = named_create(NAME);
	struct ttlmap_stat stat;
	int map;

	create.flags = TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH;
	create.mode = 0640;
	create.max_bytes = 1 << 20;
	create.default_ttl_ns = 7;
	create.min_ttl_ns = 5;
	create.max_ttl_ns = 9;
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(create.flags, stat.flags);
	EXPECT_EQ(create.key_max, stat.key_max);
	EXPECT_EQ(create.value_max, stat.value_max);
	EXPECT_EQ(create.mode, stat.mode);
	EXPECT_EQ(create.max_entries, stat.max_entries);
	EXPECT_EQ(create.max_bytes, stat.max_bytes);
	EXPECT_EQ(7, stat.default_ttl_ns);
	EXPECT_EQ(5, stat.min_ttl_ns);
	EXPECT_EQ(9, stat.max_ttl_ns);
	EXPECT_STREQ(NAME, (char *)stat.name);
	EXPECT_RC(0, map_unlink(NAME));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_STREQ("", (char *)stat.name);
	close(map);
}

/* ---- permissions: as somebody who is not root and in no other group */

struct attempt {
	u32 mode;
	uid_t owner, user;
	gid_t group;
	gid_t users_group;
	int read, write;
};

static int open_for(void *flags)
{
	int map = map_open(NAME, *(u32 *)flags);

	if (map < 0)
		return map;
	close(map);
	return 0;
}

static int create_named_there(void *mode)
{
	int map = map_create_named(NAME, *(u32 *)mode, CAPACITY);

	if (map < 0)
		return map;
	close(map);
	return 0;
}

static int unlink_there(void *unused)
{
	(void)unused;
	return map_unlink(NAME);
}

FIXTURE(users) {
	struct stat device;
};

FIXTURE_SETUP(users)
{
	map_unlink(NAME);
	ASSERT_EQ(0, stat(DEVICE, &self->device));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
}

FIXTURE_TEARDOWN(users)
{
	map_unlink(NAME);
	chmod(DEVICE, self->device.st_mode & 07777);
}

TEST_F(users, device_mode_decides)
{
	u32 mode = 0600;

	ASSERT_EQ(0, chmod(DEVICE, 0600));
	EXPECT_RC(-EACCES, as_user(OTHER_UID, OTHER_GID, create_named_there, &mode));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_RC(0, as_user(OTHER_UID, OTHER_GID, create_named_there, &mode));
}

TEST_F(users, mode_bits)
{
	static const struct attempt attempts[] = {
		/* mode, owner, user, group, user's group: reading, writing */
		{ 0600, 2000, OTHER_UID, 2000, OTHER_GID, -EACCES, -EACCES },
		{ 0604, 2000, OTHER_UID, 2000, OTHER_GID, 0, -EACCES },
		{ 0602, 2000, OTHER_UID, 2000, OTHER_GID, -EACCES, 0 },
		{ 0606, 2000, OTHER_UID, 2000, OTHER_GID, 0, 0 },
		{ 0640, 2000, OTHER_UID, OTHER_GID, OTHER_GID, 0, -EACCES },
		{ 0620, 2000, OTHER_UID, OTHER_GID, OTHER_GID, -EACCES, 0 },
		{ 0606, 2000, OTHER_UID, OTHER_GID, OTHER_GID, -EACCES, -EACCES },
		{ 0600, OTHER_UID, OTHER_UID, 2000, OTHER_GID, 0, 0 },
		{ 0400, OTHER_UID, OTHER_UID, 2000, OTHER_GID, 0, -EACCES },
		{ 0266, OTHER_UID, OTHER_UID, 2000, OTHER_GID, -EACCES, 0 },
		{ 0066, OTHER_UID, OTHER_UID, 2000, OTHER_GID, -EACCES, -EACCES },
		{ 0000, 2000, OTHER_UID, 2000, OTHER_GID, -EACCES, -EACCES },
	};
	u32 read_flag = TTLMAP_OPEN_READ, write_flag = TTLMAP_OPEN_WRITE;
	u32 both = TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE;

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		struct attempt a = attempts[i];

		ASSERT_RC(0, as_user(a.owner, a.group, create_named_there, &a.mode));
		EXPECT_RC(a.read, as_user(a.user, a.users_group, open_for, &read_flag),
			  "attempt %zu, mode %o", i, a.mode);
		EXPECT_RC(a.write, as_user(a.user, a.users_group, open_for, &write_flag),
			  "attempt %zu, mode %o", i, a.mode);
		EXPECT_RC(a.read ?: a.write, as_user(a.user, a.users_group, open_for, &both));
		ASSERT_RC(0, map_unlink(NAME));
	}
}

TEST_F(users, unlink_eperm)
{
	u32 mode = 0666;

	ASSERT_RC(0, create_named_there(&mode));
	EXPECT_RC(-EPERM, as_user(OTHER_UID, OTHER_GID, unlink_there, NULL));
	EXPECT_EQ(1, named_maps());
	EXPECT_RC(0, map_unlink(NAME));
	ASSERT_RC(0, as_user(OTHER_UID, OTHER_GID, create_named_there, &mode));
	EXPECT_RC(-EPERM, as_user(2000, OTHER_GID, unlink_there, NULL));
	EXPECT_RC(0, as_user(OTHER_UID, OTHER_GID, unlink_there, NULL));
	ASSERT_RC(0, as_user(OTHER_UID, OTHER_GID, create_named_there, &mode));
	EXPECT_RC(0, map_unlink(NAME), "CAP_FOWNER");
}

TEST_F(users, owner_is_the_effective_user)
{
	u32 mode = 0604;
	struct ttlmap_stat stat;
	int map;

	ASSERT_RC(0, as_user(OTHER_UID, OTHER_GID, create_named_there, &mode));
	ASSERT_FD(map, map_open(NAME, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(OTHER_UID, stat.uid);
	EXPECT_EQ(OTHER_GID, stat.gid);
	EXPECT_EQ(mode, stat.mode);
	close(map);
}

/* ---- network namespaces */

static int in_another_namespace(void *unused)
{
	int map;

	(void)unused;
	if (unshare(CLONE_NEWNET))
		return -errno;
	if (named_maps())
		return -EISNAM;
	if (map_open(NAME, TTLMAP_OPEN_READ) != -ENOENT || map_unlink(NAME) != -ENOENT)
		return -ENOTUNIQ;
	map = map_create_named(NAME, 0600, CAPACITY);
	if (map < 0)
		return map;
	close(map);
	map = map_create_named("only.there", 0600, CAPACITY);
	return map < 0 ? map : named_maps() == 2 ? 0 : -ECHRNG;
}

TEST_F(users, names_belong_to_a_network_namespace)
{
	struct ttlmap_stat stat;
	int map, before;

	ASSERT_FD(map, map_create_named(NAME, 0600, CAPACITY));
	before = live_maps();
	EXPECT_RC(0, as_user(0, 0, in_another_namespace, NULL));
	EXPECT_RC(-ENOENT, map_open("only.there", TTLMAP_OPEN_READ));
	EXPECT_EQ(1, named_maps());
	EXPECT_TRUE(eventually(live_maps() == before))
		TH_LOG("maps of a namespace that ended: %d before, %d now",
		       before, live_maps());
	EXPECT_RC(0, map_stat(map, &stat));
	close(map);
}

/* ---- limits over all maps */

#define MANY	64

static int create_and_count(void *count)
{
	int maps[MANY], made = 0, rc = 0;

	while (made < MANY && (maps[made] = map_create_named("", 0, 1)) >= 0)
		made++;
	rc = made < MANY ? maps[made] : 0;
	for (int i = 0; i < made; i++)
		close(maps[i]);
	if (made != *(int *)count)
		return -(100 + made);
	return rc;
}

TEST_F(users, edquot_maps_of_a_user)
{
	u64 before = parameter_read("max_maps_per_user");
	int limit = 5, other;

	ASSERT_LT(0, before);
	ASSERT_RC(0, parameter_write("max_maps_per_user", limit));
	EXPECT_RC(-EDQUOT, as_user(OTHER_UID, OTHER_GID, create_and_count, &limit));
	EXPECT_RC(-EDQUOT, as_user(OTHER_UID, OTHER_GID, create_and_count, &limit),
		  "closing gave the room back");
	EXPECT_RC(-EDQUOT, as_user(OTHER_UID + 1, OTHER_GID, create_and_count, &limit),
		  "each user has the limit for itself");
	ASSERT_RC(0, parameter_write("max_maps_per_user", before));
	other = MANY;
	EXPECT_RC(0, as_user(OTHER_UID, OTHER_GID, create_and_count, &other));
}

TEST_F(users, edquot_maps_in_all)
{
	u64 before = parameter_read("max_maps");
	int limit = 7, now;

	ASSERT_LT(0, before);
	ASSERT_TRUE(eventually(live_maps() == 0)) TH_LOG("maps of earlier tests remain");
	now = live_maps();
	ASSERT_RC(0, parameter_write("max_maps", now + limit));
	EXPECT_RC(-EDQUOT, as_user(OTHER_UID, OTHER_GID, create_and_count, &limit));
	ASSERT_RC(0, parameter_write("max_maps", before));
}

TEST_F(users, edquot_bytes_in_all)
{
	u64 before = parameter_read("max_bytes"), key = 0;
	struct ttlmap_create create = MAP_8_8(1 << 20);
	struct ttlmap_stat stat;
	int map, rc = 0;

	ASSERT_LT(0, before);
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &stat));
	ASSERT_RC(0, parameter_write("max_bytes", stat.resident_bytes + (1 << 20)));
	for (; !rc && key < 1 << 20; key++)
		rc = u64_set(map, key, key, 0, 0);
	EXPECT_RC(-EDQUOT, rc);
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(key - 1, stat.entries);
	EXPECT_EQ(1, stat.no_memory);
	EXPECT_EQ(0, stat.evicted);
	EXPECT_EQ(key - 1, u64_count_present(map, 0, key));
	ASSERT_RC(0, parameter_write("max_bytes", before));
	EXPECT_RC(0, u64_set(map, key, 1, 0, 0));
	close(map);
}

TEST_HARNESS_MAIN
