// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>

#include "grammar.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

#define MEMBER(type, member)	offsetof(struct type, member),		\
				sizeof(((struct type *)0)->member)
#define MEMBER_OF(type, part, member, sort)				\
	{ #member, sort, part, MEMBER(type, member), 0 }
#define FLAGS_OF(type, part, member, known)				\
	{ #member, SORT_FLAGS, part, MEMBER(type, member), known }
#define OTHER(name, sort)	{ name, sort, PART_NONE, 0, 0, 0 }

#define EVERY_IOCTL							\
	OTHER("fd", SORT_SLOT), OTHER("grow", SORT_GROW), OTHER("tail", SORT_TAIL),	\
	OTHER("at", SORT_ARG), OTHER("fail", SORT_FAIL), OTHER("alarm", SORT_ALARM)

#define MAP_FLAGS	(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH |	\
			 TTLMAP_F_SLIDING | TTLMAP_F_COUNTERS | TTLMAP_F_VERSIONS |	\
			 TTLMAP_F_OWNERS | TTLMAP_F_RECLAIM | TTLMAP_F_PREALLOC |	\
			 TTLMAP_F_PRIVATE)
#define OP_FLAGS	(TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP |	\
			 TTLMAP_TTL_EXTEND | TTLMAP_TTL_REFRESH | TTLMAP_IF_VALUE |	\
			 TTLMAP_IF_VERSION | TTLMAP_IF_EXPIRED | TTLMAP_OWNED | TTLMAP_PEEK)
#define TUNE_WHAT	(TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_BYTES | TTLMAP_TUNE_TTL |	\
			 TTLMAP_TUNE_MIN_TTL | TTLMAP_TUNE_MAX_TTL |	\
			 TTLMAP_TUNE_JITTER | TTLMAP_TUNE_FLAGS | TTLMAP_TUNE_ALARMS)
#define EVENTS		((2U << TTLMAP_EVENT_ALARM) - (1U << TTLMAP_EVENT_EXPIRED))
#define OPEN_FLAGS	(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

static const struct field create_fields[] = {
	EVERY_IOCTL, OTHER("to", SORT_SLOT),
	FLAGS_OF(ttlmap_create, PART_ARG, flags, MAP_FLAGS),
	MEMBER_OF(ttlmap_create, PART_ARG, key_max, SORT_KEY_MAX),
	MEMBER_OF(ttlmap_create, PART_ARG, value_max, SORT_VALUE_MAX),
	MEMBER_OF(ttlmap_create, PART_ARG, mode, SORT_MODE),
	MEMBER_OF(ttlmap_create, PART_ARG, max_entries, SORT_ENTRIES),
	MEMBER_OF(ttlmap_create, PART_ARG, max_bytes, SORT_BYTES),
	MEMBER_OF(ttlmap_create, PART_ARG, default_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_create, PART_ARG, min_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_create, PART_ARG, max_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_create, PART_ARG, jitter_ns, SORT_TTL),
	MEMBER_OF(ttlmap_create, PART_ARG, name, SORT_NAME),
};

static const struct field open_fields[] = {
	EVERY_IOCTL, OTHER("to", SORT_SLOT),
	FLAGS_OF(ttlmap_open, PART_ARG, flags, OPEN_FLAGS),
	MEMBER_OF(ttlmap_open, PART_ARG, __reserved, SORT_ZERO),
	MEMBER_OF(ttlmap_open, PART_ARG, name, SORT_NAME),
};

static const struct field unlink_fields[] = {
	EVERY_IOCTL,
	MEMBER_OF(ttlmap_unlink, PART_ARG, flags, SORT_ZERO),
	MEMBER_OF(ttlmap_unlink, PART_ARG, __reserved, SORT_ZERO),
	MEMBER_OF(ttlmap_unlink, PART_ARG, name, SORT_NAME),
};

static const struct field list_fields[] = {
	EVERY_IOCTL,
	MEMBER_OF(ttlmap_list, PART_ARG, cursor, SORT_LAST),
	MEMBER_OF(ttlmap_list, PART_ARG, items, SORT_OUT),
	MEMBER_OF(ttlmap_list, PART_ARG, count, SORT_ITEMS),
	MEMBER_OF(ttlmap_list, PART_ARG, item_size, SORT_ITEM_SIZE),
};

#define OPERATION(part)							\
	MEMBER_OF(ttlmap_op, part, op, SORT_OP),			\
	FLAGS_OF(ttlmap_op, part, flags, OP_FLAGS),			\
	MEMBER_OF(ttlmap_op, part, key, SORT_KEY),			\
	MEMBER_OF(ttlmap_op, part, value, SORT_VALUE),			\
	MEMBER_OF(ttlmap_op, part, key_len, SORT_KEY_LEN),		\
	MEMBER_OF(ttlmap_op, part, value_len, SORT_VALUE_LEN),		\
	MEMBER_OF(ttlmap_op, part, ttl_ns, SORT_TTL),			\
	MEMBER_OF(ttlmap_op, part, result, SORT_ANY),			\
	MEMBER_OF(ttlmap_op, part, arg_len, SORT_VALUE_LEN),		\
	MEMBER_OF(ttlmap_op, part, version, SORT_LAST),			\
	MEMBER_OF(ttlmap_op, part, arg, SORT_ADDEND)

static const struct field op_fields[] = {
	EVERY_IOCTL, OPERATION(PART_ARG),
};

static const struct field batch_fields[] = {
	EVERY_IOCTL, OPERATION(PART_ELEMENT),
	MEMBER_OF(ttlmap_batch, PART_ARG, ops, SORT_OPS),
	MEMBER_OF(ttlmap_batch, PART_ARG, count, SORT_COUNT),
	MEMBER_OF(ttlmap_batch, PART_ARG, op_size, SORT_OP_SIZE),
	{ "batch_flags", SORT_ZERO, PART_ARG, MEMBER(ttlmap_batch, flags), 0 },
	OTHER("stride", SORT_STRIDE), OTHER("mix", SORT_SMALL),
};

static const struct field scan_fields[] = {
	EVERY_IOCTL,
	MEMBER_OF(ttlmap_scan, PART_ARG, cursor, SORT_LAST),
	MEMBER_OF(ttlmap_scan, PART_ARG, buf, SORT_OUT),
	MEMBER_OF(ttlmap_scan, PART_ARG, buf_len, SORT_ROOM),
	FLAGS_OF(ttlmap_scan, PART_ARG, flags, TTLMAP_SCAN_KEYS),
	MEMBER_OF(ttlmap_scan, PART_ARG, __reserved, SORT_ZERO),
};

static const struct field stat_fields[] = {
	EVERY_IOCTL,
};

static const struct field tune_fields[] = {
	EVERY_IOCTL,
	FLAGS_OF(ttlmap_tune, PART_ARG, what, TUNE_WHAT),
	FLAGS_OF(ttlmap_tune, PART_ARG, flags, MAP_FLAGS),
	MEMBER_OF(ttlmap_tune, PART_ARG, max_entries, SORT_ENTRIES),
	MEMBER_OF(ttlmap_tune, PART_ARG, max_bytes, SORT_BYTES),
	MEMBER_OF(ttlmap_tune, PART_ARG, default_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_tune, PART_ARG, min_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_tune, PART_ARG, max_ttl_ns, SORT_TTL),
	MEMBER_OF(ttlmap_tune, PART_ARG, jitter_ns, SORT_TTL),
	{ "stale_percent", SORT_BYTES, PART_ARG,
	  MEMBER(ttlmap_tune, alarms.threshold[TTLMAP_ALARM_STALE]), 0 },
	{ "hits_percent", SORT_BYTES, PART_ARG, MEMBER(ttlmap_tune, alarms.hits_percent), 0 },
	{ "window_ns", SORT_TTL, PART_ARG, MEMBER(ttlmap_tune, alarms.window_ns), 0 },
};

static const struct field freeze_fields[] = {
	EVERY_IOCTL,
	MEMBER_OF(ttlmap_freeze, PART_ARG, flags, SORT_ZERO),
	MEMBER_OF(ttlmap_freeze, PART_ARG, __reserved, SORT_ZERO),
};

static const struct field listen_fields[] = {
	EVERY_IOCTL,
	FLAGS_OF(ttlmap_listen, PART_ARG, events, EVENTS),
	FLAGS_OF(ttlmap_listen, PART_ARG, flags, TTLMAP_LISTEN_KEYS),
	MEMBER_OF(ttlmap_listen, PART_ARG, bytes, SORT_ROOM),
	MEMBER_OF(ttlmap_listen, PART_ARG, __reserved, SORT_ZERO),
};

/* Any number as a command, with whatever the argument's place holds. */
static const struct field raw_fields[] = {
	EVERY_IOCTL, OTHER("command", SORT_COMMAND),
};

static const struct field dup_fields[] = {
	OTHER("fd", SORT_SLOT), OTHER("to", SORT_SLOT),
};

static const struct field close_fields[] = {
	OTHER("fd", SORT_SLOT),
};

static const struct field read_fields[] = {
	OTHER("fd", SORT_SLOT), OTHER("room", SORT_ROOM),
};

static const struct field sleep_fields[] = {
	OTHER("us", SORT_USECS),
};

static const struct field user_fields[] = {
	OTHER("uid", SORT_USER),
};

static const struct field limit_fields[] = {
	OTHER("bytes", SORT_LIMIT),
};

#define FORM(name, command)	{ #name, command, name##_fields, LENGTH(name##_fields) }

const struct form forms[FORMS] = {
	[FORM_CREATE] = FORM(create, TTLMAP_IOC_CREATE),
	[FORM_OPEN] = FORM(open, TTLMAP_IOC_OPEN),
	[FORM_UNLINK] = FORM(unlink, TTLMAP_IOC_UNLINK),
	[FORM_LIST] = FORM(list, TTLMAP_IOC_LIST),
	[FORM_OP] = FORM(op, TTLMAP_IOC_OP),
	[FORM_BATCH] = FORM(batch, TTLMAP_IOC_BATCH),
	[FORM_SCAN] = FORM(scan, TTLMAP_IOC_SCAN),
	[FORM_STAT] = FORM(stat, TTLMAP_IOC_STAT),
	[FORM_TUNE] = FORM(tune, TTLMAP_IOC_TUNE),
	[FORM_FREEZE] = FORM(freeze, TTLMAP_IOC_FREEZE),
	[FORM_LISTEN] = FORM(listen, TTLMAP_IOC_LISTEN),
	[FORM_RAW] = FORM(raw, 0),
	[FORM_DUP] = FORM(dup, 0),
	[FORM_CLOSE] = FORM(close, 0),
	[FORM_READ] = FORM(read, 0),
	[FORM_FORK] = { .name = "fork" },
	[FORM_JOIN] = { .name = "join" },
	[FORM_SLEEP] = FORM(sleep, 0),
	[FORM_USER] = FORM(user, 0),
	[FORM_LIMIT] = FORM(limit, 0),
	[FORM_DEBUGFS] = { .name = "debugfs" },
};

const struct form *form_of(const struct call *call)
{
	return &forms[call->form];
}

/* Bytes of its structure. */
u32 form_size(const struct form *form)
{
	return _IOC_SIZE(form->command);
}

const struct shape shapes[] = {
	{ .op = TTLMAP_OP_LOOKUP, .out = true,
	  .flags = TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND | TTLMAP_PEEK },
	{ .op = TTLMAP_OP_UPDATE, .in = true, .ttl = true,
	  .flags = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND |
		   TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_OWNED },
	{ .op = TTLMAP_OP_DELETE,
	  .flags = TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_IF_EXPIRED },
	{ .op = TTLMAP_OP_TOUCH, .ttl = true, .flags = TTLMAP_TTL_EXTEND },
	{ .op = TTLMAP_OP_POP, .out = true },
	{ .op = TTLMAP_OP_ADD, .ttl = true, .flags = TTLMAP_EXISTING | TTLMAP_OWNED },
	{ .op = TTLMAP_OP_CLEAR },
};

const u32 n_shapes = LENGTH(shapes);

const struct shape *shape_of(u64 op)
{
	for (u32 i = 0; i < n_shapes; i++)
		if (shapes[i].op == op)
			return &shapes[i];
	return NULL;
}
