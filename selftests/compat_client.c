// SPDX-License-Identifier: GPL-2.0
/*
 * The 32-bit companion of compat_test: built with -m32 and the kernel's own
 * nolibc, so that it needs no C library of that kind. Runs the part that it is
 * told, on the maps that it inherits, and says by its exit status how it went.
 */
#include "compat.h"

#define NAME_OF_OTHER	"compat.other"

_Static_assert(sizeof(void *) == 4, "this is about 32-bit programs");

static int failed;

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		printf("# compat_client.c:%d: not so: %s\n", __LINE__, #condition); \
		failed = 1;						\
	}								\
} while (0)

#define CHECK_RC(want, call) do {					\
	int seen_ = (call);						\
									\
	if (seen_ != (want)) {						\
		printf("# compat_client.c:%d: %s is %d, expected %d\n", __LINE__, #call, \
		       seen_, (int)(want));				\
		failed = 1;						\
	}								\
} while (0)

static __u64 address(const void *at)
{
	return (unsigned long)at;
}

static int command(int fd, unsigned long number, void *arg)
{
	int rc = ioctl(fd, number, arg);

	return rc < 0 ? -errno : rc;
}

static int device(unsigned long number, void *arg)
{
	int fd = open("/dev/ttlmap", O_RDWR), rc;

	if (fd < 0)
		return -errno;
	rc = command(fd, number, arg);
	close(fd);
	return rc;
}

/* ---- operations */

static struct ttlmap_op keyed(__u32 what, const __u64 *key)
{
	return (struct ttlmap_op){ .op = what, .key = address(key), .key_len = sizeof(*key) };
}

static struct ttlmap_op valued(__u32 what, const __u64 *key, const __u64 *value)
{
	struct ttlmap_op op = keyed(what, key);

	op.value = address(value);
	op.value_len = sizeof(*value);
	return op;
}

static int run(struct ttlmap_op *op)
{
	return command(COMPAT_MAP, TTLMAP_IOC_OP, op);
}

static int set(__u64 key, __u64 value, __u64 ttl_ns, __u32 flags)
{
	struct ttlmap_op op = valued(TTLMAP_OP_UPDATE, &key, &value);

	op.ttl_ns = ttl_ns;
	op.flags = flags;
	return run(&op);
}

static int get(__u64 key, __u64 *value)
{
	struct ttlmap_op op = valued(TTLMAP_OP_LOOKUP, &key, value);

	return run(&op);
}

static int delete_if(__u64 key, __u32 flags, __u64 version)
{
	struct ttlmap_op op = keyed(TTLMAP_OP_DELETE, &key);

	op.flags = flags;
	op.version = version;
	return run(&op);
}

/* ---- parts */

static void part_layout(void)
{
	CHECK_RC(sizeof(compat_layout), write(COMPAT_REPORT, compat_layout, sizeof(compat_layout)));
}

/* What compat_test wrote is there. */
static void part_read(void)
{
	struct ttlmap_op op;
	__u64 key, value;

	for (key = 0; key < COMPAT_ENTRIES; key++) {
		value = ~0ULL;
		CHECK_RC(0, get(key, &value));
		CHECK(value == key);
	}
	CHECK_RC(-ENOENT, get(key, &value));
	key = 7;
	op = valued(TTLMAP_OP_LOOKUP, &key, &value);
	op.value_len = 4;
	CHECK_RC(-EMSGSIZE, run(&op));
	CHECK(op.value_len == 8);
	op = valued(TTLMAP_OP_LOOKUP, &key, &value);
	op.flags = TTLMAP_PEEK;
	CHECK_RC(0, run(&op));
	CHECK(op.ttl_ns == TTLMAP_TTL_NEVER);
	CHECK(op.version > 0);
}

/* Key 0 is changed, 1 comes and goes, and 2 to 5 are left, each its own value. */
static void part_write(void)
{
	__u64 key;

	for (key = 0; key < 6; key++)
		CHECK_RC(0, set(key, key, 0, TTLMAP_NEW));
	CHECK_RC(-EEXIST, set(0, 1, 0, TTLMAP_NEW));
	CHECK_RC(0, set(0, 0x123456789abcdefULL, 1ULL << 42, TTLMAP_EXISTING));
	CHECK_RC(0, delete_if(1, 0, 0));
	CHECK_RC(-ENOENT, delete_if(1, 0, 0));
}

static void part_touch(void)
{
	__u64 key = 1, value;
	struct ttlmap_op op;

	CHECK_RC(0, set(key, 1, 0, 0));
	op = keyed(TTLMAP_OP_TOUCH, &key);
	op.ttl_ns = 1ULL << 50;
	CHECK_RC(0, run(&op));
	CHECK(op.ttl_ns > 1ULL << 49 && op.ttl_ns <= 1ULL << 50);
	op = valued(TTLMAP_OP_LOOKUP, &key, &value);
	op.flags = TTLMAP_TTL_REFRESH;
	op.ttl_ns = 1ULL << 52;
	CHECK_RC(0, run(&op));
	CHECK(op.ttl_ns > 1ULL << 51 && op.ttl_ns <= 1ULL << 52);
	op.ttl_ns = TTLMAP_TTL_MAX + 1;
	CHECK_RC(-ERANGE, run(&op));
}

static void part_pop(void)
{
	__u64 key = 1, value = 0;
	struct ttlmap_op op = valued(TTLMAP_OP_POP, &key, &value);

	CHECK_RC(0, set(key, 1ULL << 33, 0, 0));
	CHECK_RC(0, run(&op));
	CHECK(value == 1ULL << 33);
	op = valued(TTLMAP_OP_POP, &key, &value);
	CHECK_RC(-ENOENT, run(&op));
}

static int swap(__u64 key, __u64 expected, __u64 value)
{
	struct ttlmap_op op = valued(TTLMAP_OP_UPDATE, &key, &value);

	op.flags = TTLMAP_IF_VALUE;
	op.arg = address(&expected);
	op.arg_len = sizeof(expected);
	return run(&op);
}

static void part_conditions(void)
{
	__u64 key = 1, value;
	struct ttlmap_op op;

	CHECK_RC(0, set(key, 10, 0, 0));
	CHECK_RC(-ECANCELED, swap(key, 11, 12));
	CHECK_RC(0, swap(key, 10, 12));
	op = valued(TTLMAP_OP_LOOKUP, &key, &value);
	CHECK_RC(0, run(&op));
	CHECK(value == 12);
	CHECK_RC(-ECANCELED, delete_if(key, TTLMAP_IF_VERSION, op.version + 1));
	CHECK_RC(-ECANCELED, delete_if(key, TTLMAP_IF_EXPIRED, 0));
	CHECK_RC(0, delete_if(key, TTLMAP_IF_VERSION, op.version));
}

/* Its entry is gone with it. */
static void part_owned(void)
{
	CHECK_RC(0, set(77, 77, 0, TTLMAP_OWNED));
}

static void part_clear(void)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_CLEAR };

	CHECK_RC(0, set(1, 1, 0, 0));
	CHECK_RC(0, run(&op));
}

static void part_add(void)
{
	__u64 key = 0, last = 0;
	struct ttlmap_op op;
	int i;

	for (i = 0; i < COMPAT_ADDS; i++) {
		op = keyed(TTLMAP_OP_ADD, &key);
		op.arg = 1ULL << 32;
		if (command(COMPAT_COUNTERS, TTLMAP_IOC_OP, &op))
			break;
		CHECK(op.arg > last);
		last = op.arg;
	}
	CHECK_RC(COMPAT_ADDS, i);
}

/* Every other key is read, the others are written; the last one is wrong. */
static void part_batch(void)
{
	static struct ttlmap_op ops[COMPAT_ENTRIES + 1];
	static __u64 keys[COMPAT_ENTRIES], values[COMPAT_ENTRIES];
	struct ttlmap_batch batch = { .ops = address(ops), .count = COMPAT_ENTRIES + 1,
				      .op_size = sizeof(ops[0]) };
	int i;

	for (i = 0; i < COMPAT_ENTRIES; i++) {
		keys[i] = i;
		values[i] = i % 2 ? i + (1ULL << 40) : 0;
		ops[i] = valued(i % 2 ? TTLMAP_OP_UPDATE : TTLMAP_OP_LOOKUP, &keys[i], &values[i]);
	}
	ops[i].op = 99;
	CHECK_RC(0, command(COMPAT_MAP, TTLMAP_IOC_BATCH, &batch));
	CHECK(batch.done == COMPAT_ENTRIES + 1);
	CHECK_RC(-EINVAL, ops[i].result);
	while (i--) {
		CHECK_RC(0, ops[i].result);
		CHECK(values[i] == (i % 2 ? i + (1ULL << 40) : (__u64)i));
	}
}

static unsigned int check_records(const __u64 *buf, __u32 bytes, __u8 *seen)
{
	const struct ttlmap_record *record = (const void *)buf;
	unsigned int count = 0;
	const __u64 *data;

	while ((const char *)record < (const char *)buf + bytes) {
		data = (const void *)((const char *)record + record->head);
		CHECK(record->key_len == 8 && record->value_len == 8);
		CHECK(data[0] == data[1] && data[0] < COMPAT_ENTRIES);
		if (data[0] < COMPAT_ENTRIES)
			CHECK(!seen[data[0]]++);
		record = (const void *)((const char *)record + record->size);
		count++;
	}
	return count;
}

static void part_scan(void)
{
	static __u8 seen[COMPAT_ENTRIES];
	static __u64 buf[256];
	struct ttlmap_scan scan = { };
	unsigned int total = 0;

	do {
		scan = (struct ttlmap_scan){ .cursor = scan.cursor, .buf = address(buf),
					     .buf_len = sizeof(buf) };
		CHECK_RC(0, command(COMPAT_MAP, TTLMAP_IOC_SCAN, &scan));
		total += check_records(buf, scan.bytes, seen);
	} while (!scan.done && !failed);
	CHECK_RC(COMPAT_ENTRIES, total);
}

static void part_stat(void)
{
	struct ttlmap_stat stat = { };

	CHECK_RC(0, command(COMPAT_MAP, TTLMAP_IOC_STAT, &stat));
	CHECK(stat.entries == COMPAT_ENTRIES);
	CHECK(stat.key_max == 8 && stat.value_max == 8);
	CHECK(stat.flags == (TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS));
	CHECK(stat.resident_bytes == stat.live_bytes + stat.stale_bytes + stat.retired_bytes +
				     stat.table_bytes);
}

static void part_tune(void)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_TTL,
				    .max_entries = 5000000000ULL };

	CHECK_RC(-EINVAL, command(COMPAT_MAP, TTLMAP_IOC_TUNE, &tune));
	tune.max_entries = 54321;
	tune.default_ttl_ns = 1ULL << 45;
	CHECK_RC(0, command(COMPAT_MAP, TTLMAP_IOC_TUNE, &tune));
}

static void part_freeze(void)
{
	struct ttlmap_freeze freeze = { .flags = 1 };

	CHECK_RC(-EINVAL, command(COMPAT_MAP, TTLMAP_IOC_FREEZE, &freeze));
	freeze.flags = 0;
	CHECK_RC(0, command(COMPAT_MAP, TTLMAP_IOC_FREEZE, &freeze));
	CHECK_RC(-EROFS, set(COMPAT_ENTRIES, 1, 0, 0));
	CHECK_RC(0, set(1, 1, 0, 0));
}

static int make(const char *name)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 8, .mode = 0640,
					.max_entries = 1ULL << 31 };

	memcpy(create.name, name, strlen(name));
	if (!*name)
		create.mode = 0;
	return device(TTLMAP_IOC_CREATE, &create);
}

static int find(const char *name)
{
	struct ttlmap_open find = { .flags = TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE };

	memcpy(find.name, name, strlen(name));
	return device(TTLMAP_IOC_OPEN, &find);
}

/* Ask for one name at a time. */
static int listed(const char *name)
{
	struct ttlmap_list_item item;
	struct ttlmap_list list = { .items = address(&item), .item_size = sizeof(item) };
	int found = 0;

	do {
		list.count = 1;
		CHECK_RC(0, device(TTLMAP_IOC_LIST, &list));
		if (list.count && !strcmp((char *)item.name, name)) {
			CHECK(item.max_entries == 1ULL << 31 && item.mode == 0640);
			found++;
		}
	} while (list.count && !failed);
	return found;
}

/* Leaves a map of a name with key 5, and no other. */
static void part_names(void)
{
	struct ttlmap_unlink unlink = { .name = NAME_OF_OTHER };
	__u64 key = 5;
	struct ttlmap_op op = valued(TTLMAP_OP_UPDATE, &key, &key);
	int map = make(COMPAT_NAME), anonymous = make("");

	CHECK(map >= 0 && anonymous >= 0);
	CHECK_RC(-EEXIST, make(COMPAT_NAME));
	CHECK_RC(0, command(map, TTLMAP_IOC_OP, &op));
	close(map);
	map = find(COMPAT_NAME);
	CHECK(map >= 0);
	op = valued(TTLMAP_OP_LOOKUP, &key, &key);
	CHECK_RC(0, command(map, TTLMAP_IOC_OP, &op));
	CHECK_RC(-ENOENT, command(anonymous, TTLMAP_IOC_OP, &op));
	CHECK(make(NAME_OF_OTHER) >= 0);
	CHECK_RC(1, listed(COMPAT_NAME));
	CHECK_RC(1, listed(NAME_OF_OTHER));
	CHECK_RC(0, device(TTLMAP_IOC_UNLINK, &unlink));
	CHECK_RC(-ENOENT, find(NAME_OF_OTHER));
	CHECK_RC(0, listed(NAME_OF_OTHER));
}

/* A 64-bit pointer is taken as it is, and not cut to what would be good. */
static void part_errors(void)
{
	__u64 key = 1, value = 1;
	struct ttlmap_op op = valued(TTLMAP_OP_UPDATE, &key, &value);
	struct ttlmap_batch batch = { .ops = address(&op) + (1ULL << 32), .count = 1,
				      .op_size = sizeof(op) };

	op.key += 1ULL << 32;
	CHECK_RC(-EFAULT, run(&op));
	op = valued(TTLMAP_OP_UPDATE, &key, &value);
	op.value += 1ULL << 63;
	CHECK_RC(-EFAULT, run(&op));
	CHECK_RC(-EFAULT, command(COMPAT_MAP, TTLMAP_IOC_BATCH, &batch));
	CHECK_RC(-EFAULT, command(COMPAT_MAP, TTLMAP_IOC_OP, (void *)0xfffff000UL));
	CHECK_RC(-EFAULT, command(COMPAT_MAP, TTLMAP_IOC_OP, NULL));
	CHECK_RC(-ENOTTY, command(COMPAT_MAP, _IO(TTLMAP_IOC_MAGIC, 0x7f), NULL));
	CHECK_RC(-ENOTTY, device(TTLMAP_IOC_OP, &op));
	CHECK_RC(-ENOTTY, device(_IO('x', 0), NULL));
	op.op = 99;
	CHECK_RC(-EINVAL, run(&op));
}

static const struct {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "layout", part_layout }, { "read", part_read }, { "write", part_write },
	{ "touch", part_touch }, { "pop", part_pop }, { "conditions", part_conditions },
	{ "owned", part_owned }, { "clear", part_clear }, { "add", part_add },
	{ "batch", part_batch }, { "scan", part_scan }, { "stat", part_stat },
	{ "tune", part_tune }, { "freeze", part_freeze }, { "names", part_names },
	{ "errors", part_errors },
};

int main(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!strcmp(argv[1], parts[i].name)) {
			parts[i].run();
			return failed;
		}
	}
	printf("# compat_client: there is no such part\n");
	return 2;
}
