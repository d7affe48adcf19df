// SPDX-License-Identifier: GPL-2.0
/*
 * A program of whichever header it is built with; CLIENT is what it is called then.
 * It knows nothing that the first ABI did not have. Where LATER is not 0, the header has
 * more at the end of each structure, and the program also asks for what today's kernel
 * cannot know.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/ttlmap.h>

#include "client.h"

#define NAME	"abi1.client"
#define ENTRIES	3

/* The line of the first thing that was wrong. */
static int wrong;

static void check(bool holds, int line)
{
	if (!holds && !wrong)
		wrong = line;
}

#define CHECK(condition)	check(condition, __LINE__)

static int call(int fd, unsigned long command, void *arg)
{
	int rc = ioctl(fd, command, arg);

	return rc < 0 ? -errno : rc;
}

/* Today's kernel cannot do what is asked for by the last field of a later header. */
static void check_too_much(int fd, unsigned long command, const void *arg)
{
	size_t size = _IOC_SIZE(command);
	char more[1024];

	if (!LATER)
		return;
	memcpy(more, arg, size);
	more[size - 1] = 1;
	CHECK(call(fd, command, more) == -E2BIG);
}

static struct ttlmap_op op_of(__u32 what, const __u64 *key, __u64 *value)
{
	return (struct ttlmap_op){ .op = what, .key = (uintptr_t)key, .key_len = sizeof(*key),
				   .value = (uintptr_t)value,
				   .value_len = value ? sizeof(*value) : 0 };
}

static void use_names(int device, int *map)
{
	struct ttlmap_create create = { .flags = TTLMAP_F_VERSIONS, .key_max = 8, .value_max = 8,
					.mode = 0600, .max_entries = 10, .name = NAME };
	struct ttlmap_open open = { .flags = TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE, .name = NAME };
	struct ttlmap_list_item items[2] = { };
	struct ttlmap_list list = { .items = (uintptr_t)items, .count = 2,
				    .item_size = sizeof(items[0]) };
	int made;

	check_too_much(device, TTLMAP_IOC_CREATE, &create);
	made = call(device, TTLMAP_IOC_CREATE, &create);
	CHECK(made >= 0);
	check_too_much(device, TTLMAP_IOC_OPEN, &open);
	*map = call(device, TTLMAP_IOC_OPEN, &open);
	CHECK(*map >= 0);
	close(made);
	check_too_much(device, TTLMAP_IOC_LIST, &list);
	CHECK(!call(device, TTLMAP_IOC_LIST, &list));
	CHECK(list.count == 1 && !strcmp((char *)items[0].name, NAME));
	CHECK(items[0].max_entries == 10 && items[0].mode == 0600);
}

static void use_operations(int map)
{
	__u64 keys[ENTRIES] = { 0, 1, 2 }, value = 0;
	struct ttlmap_op ops[ENTRIES], op;
	struct ttlmap_batch batch = { .ops = (uintptr_t)ops, .count = ENTRIES,
				      .op_size = sizeof(ops[0]) };

	for (int i = 0; i < ENTRIES; i++)
		ops[i] = op_of(TTLMAP_OP_UPDATE, &keys[i], &keys[i]);
	check_too_much(map, TTLMAP_IOC_BATCH, &batch);
	CHECK(!call(map, TTLMAP_IOC_BATCH, &batch));
	CHECK(batch.done == ENTRIES && !ops[0].result && !ops[2].result && ops[2].version);
	op = op_of(TTLMAP_OP_LOOKUP, &keys[2], &value);
	check_too_much(map, TTLMAP_IOC_OP, &op);
	CHECK(!call(map, TTLMAP_IOC_OP, &op));
	CHECK(value == 2 && op.version == ops[2].version && op.ttl_ns == TTLMAP_TTL_NEVER);
}

static void use_scan(int map)
{
	__u64 room[64], seen = 0;
	struct ttlmap_scan scan = { .buf = (uintptr_t)room, .buf_len = sizeof(room) };
	const char *at = (const char *)room, *end;

	check_too_much(map, TTLMAP_IOC_SCAN, &scan);
	CHECK(!call(map, TTLMAP_IOC_SCAN, &scan));
	CHECK(scan.done && scan.count == ENTRIES);
	for (end = at + scan.bytes; at < end; at += ((const struct ttlmap_record *)at)->size) {
		const struct ttlmap_record *record = (const void *)at;
		const __u64 *data = (const void *)(at + record->head);

		CHECK(data[0] < ENTRIES && data[0] == data[1]);
		seen |= 1 << data[0];
	}
	CHECK(seen == (1 << ENTRIES) - 1);
}

static void use_limits(int map)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_ALARMS,
				    .max_entries = 20,
				    .alarms = { .threshold[TTLMAP_ALARM_STALE] = 50 } };
	struct ttlmap_stat stat;

	check_too_much(map, TTLMAP_IOC_TUNE, &tune);
	CHECK(!call(map, TTLMAP_IOC_TUNE, &tune));
	memset(&stat, 0xff, sizeof(stat));
	CHECK(!call(map, TTLMAP_IOC_STAT, &stat));
	CHECK(stat.max_entries == 20 && stat.entries == ENTRIES && stat.inserts == ENTRIES);
	CHECK(!strcmp((char *)stat.name, NAME) && !stat.alarms_raised);
	/* What it does not know is nothing. */
	CHECK(!LATER || !((char *)&stat)[sizeof(stat) - 1]);
}

static void use_events(int map)
{
	struct ttlmap_listen listen = { .events = 1 << TTLMAP_EVENT_DELETED };
	__u64 room[64] = { }, key = 1;
	const struct ttlmap_event *event = (const void *)room;
	struct ttlmap_op op = op_of(TTLMAP_OP_DELETE, &key, NULL);
	const __u64 *data;

	check_too_much(map, TTLMAP_IOC_LISTEN, &listen);
	CHECK(!call(map, TTLMAP_IOC_LISTEN, &listen));
	CHECK(!call(map, TTLMAP_IOC_OP, &op));
	CHECK(read(map, room, sizeof(room)) == (ssize_t)event->size);
	data = (const void *)((const char *)event + event->head);
	CHECK(event->event == TTLMAP_EVENT_DELETED && data[0] == key && data[1] == key);
}

static void use_end(int device, int map)
{
	struct ttlmap_freeze freeze = { };
	struct ttlmap_unlink unlink = { .name = NAME };
	__u64 key = 1;
	struct ttlmap_op op = op_of(TTLMAP_OP_UPDATE, &key, &key);

	check_too_much(map, TTLMAP_IOC_FREEZE, &freeze);
	CHECK(!call(map, TTLMAP_IOC_FREEZE, &freeze));
	CHECK(call(map, TTLMAP_IOC_OP, &op) == -EROFS);
	check_too_much(device, TTLMAP_IOC_UNLINK, &unlink);
	CHECK(!call(device, TTLMAP_IOC_UNLINK, &unlink));
	CHECK(call(device, TTLMAP_IOC_UNLINK, &unlink) == -ENOENT);
}

int CLIENT(void)
{
	int device = open("/dev/ttlmap", O_RDWR | O_CLOEXEC), map = -1;

	CHECK(device >= 0);
	use_names(device, &map);
	use_operations(map);
	use_scan(map);
	use_limits(map);
	use_events(map);
	use_end(device, map);
	close(map);
	close(device);
	return wrong;
}
