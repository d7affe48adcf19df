// SPDX-License-Identifier: GPL-2.0
/*
 * User memory that faults.  Whatever a call copies from or to user memory is put
 * across the border of two pages, byte by byte, and one of them cannot be used:
 * the call fails with EFAULT and nothing has changed, or says how far it came.
 * Where the page is only not there yet, the call succeeds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "state.h"

#define NAME		"usercopy.test"
#define PAGE		4096UL
#define KEY_LEN		300	/* too long for the kernel's stack */
#define VALUE_LEN	200
#define OTHERS		12	/* entries beside the one in question */
#define EDGE		64	/* bytes at both ends of which each is tried */
#define STEP		7	/* between those, and where the page is only late */
#define BATCH		5

/* ---- two pages, and what becomes of them */

enum page {
	LAZY,		/* is brought in by the first access */
	READ_ONLY,
	FORBIDDEN,
	ABSENT,
};

static const enum page bad_pages[] = { READ_ONLY, FORBIDDEN, ABSENT };

#define BAD_PAGES	(sizeof(bad_pages) / sizeof(bad_pages[0]))

/* Two pages of a file, between two that nobody may touch. */
struct window {
	char *base;
	int file;
};

static int window_open(struct window *window)
{
	window->file = memfd_create("usercopy", MFD_CLOEXEC);
	if (window->file < 0 || ftruncate(window->file, 2 * PAGE))
		return -errno;
	window->base = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return window->base == MAP_FAILED ? -errno : 0;
}

static void window_close(struct window *window)
{
	munmap(window->base, 4 * PAGE);
	close(window->file);
}

static int window_page(struct window *window, int index, enum page page)
{
	char *at = window->base + PAGE + index * PAGE;
	int protection = PROT_NONE;

	if (page == ABSENT)
		return munmap(at, PAGE) ? -errno : 0;
	if (page == READ_ONLY)
		protection = PROT_READ;
	if (page == LAZY)
		protection = PROT_READ | PROT_WRITE;
	at = mmap(at, PAGE, protection, MAP_SHARED | MAP_FIXED, window->file, index * PAGE);
	return at == MAP_FAILED ? -errno : 0;
}

/* Where something starts of which @before bytes are in the first page. */
static void *window_at(struct window *window, size_t before)
{
	return window->base + 2 * PAGE - before;
}

static int window_fill(struct window *window, size_t before, const void *data, size_t len)
{
	/* cppcheck-suppress ctunullpointer ; only where there is no length */
	ssize_t written = pwrite(window->file, data, len, PAGE - before);

	return written == (ssize_t)len ? 0 : -EIO;
}

static int window_read(struct window *window, size_t before, void *data, size_t len)
{
	ssize_t seen = pread(window->file, data, len, PAGE - before);

	return seen == (ssize_t)len ? 0 : -EIO;
}

/* ---- sweeps */

/**
 * struct copy - something that a call copies
 * @map: which has to stay as it was
 * @data: what is there beforehand
 * @len: of it
 * @in: the kernel reads it
 * @out: the kernel writes it
 * @call: the call, with it at a place
 * @again: undo what the call does when it succeeds, or NULL
 * @arg: for both
 */
struct copy {
	int map;
	const void *data;
	size_t len;
	bool in;
	bool out;
	int (*call)(void *arg, void *at);
	int (*again)(void *arg);
	void *arg;
};

static bool fails(const struct copy *copy, enum page page)
{
	return page == READ_ONLY ? copy->out : page != LAZY;
}

/* Page @index is as @page says, the other one lazy. */
static int run_at(struct window *window, const struct copy *copy, size_t before, int index,
		  enum page page)
{
	int rc = window_page(window, !index, LAZY);

	rc = rc ?: window_page(window, index, page);
	rc = rc ?: window_fill(window, before, copy->data, copy->len);
	return rc ?: copy->call(copy->arg, window_at(window, before));
}

/* Returns whether the call did what it should. */
static bool position(struct window *window, const struct copy *copy, size_t before, int index,
		     enum page page)
{
	static struct state was;
	int want = fails(copy, page) ? -EFAULT : 0, rc;
	bool same = true;

	if (want && state_take(copy->map, &was))
		return false;
	rc = run_at(window, copy, before, index, page);
	rc = rc > 0 ? 0 : rc;
	if (want && rc == want)
		same = state_is(copy->map, &was);
	if (rc != want || !same)
		ksft_print_msg("%zu of %zu bytes in the first page, page %d bad in way %d: %s%s\n",
			       before, copy->len, index, page, rc_name(rc),
			       same ? "" : ", but something has changed");
	if (!rc && copy->again)
		same = !copy->again(copy->arg);
	return rc == want && same;
}

/* The ways to be bad take turns, or all come at each byte. */
static bool bad_positions(struct window *window, const struct copy *copy, size_t before)
{
	bool good = true;

	for (size_t i = 0; good && i < BAD_PAGES; i++) {
		if (!long_run() && i != before % BAD_PAGES)
			continue;
		if (before < copy->len)
			good = position(window, copy, before, 1, bad_pages[i]);
		if (good && before)
			good = position(window, copy, before, 0, bad_pages[i]);
	}
	return good;
}

/* Each byte in turn; in the middle of what is long, some of them. */
static size_t next_position(const struct copy *copy, size_t before)
{
	if (long_run() || before < EDGE || before + EDGE + STEP > copy->len)
		return before + 1;
	return before + STEP;
}

/* A byte is the first that is bad, and the last. */
static bool sweep(const struct copy *copy)
{
	struct window window;
	bool good = !window_open(&window);

	for (size_t before = 0; good && before <= copy->len;
	     before = next_position(copy, before)) {
		if (long_run() || before % STEP == 0)
			good = position(&window, copy, before, 1, LAZY);
		good = good && bad_positions(&window, copy, before);
	}
	window_close(&window);
	return good;
}

/* ---- operations */

enum place {
	WHOLE,		/* the struct ttlmap_op */
	KEY,
	VALUE,
	ARG,
};

FIXTURE(op) {
	int map;
	struct ttlmap_op op;
	enum place place;
	u8 key[KEY_LEN];
	u8 value[VALUE_LEN];
	u8 room[VALUE_LEN];
};

typedef FIXTURE_DATA(op) op_t;

FIXTURE_VARIANT(op) {
	u32 op;
	u32 flags;
	u32 map_flags;
	bool short_key;
};

#define OP_VARIANT(variant, ...)					\
	FIXTURE_VARIANT_ADD(op, variant) { __VA_ARGS__ }

OP_VARIANT(lookup, .op = TTLMAP_OP_LOOKUP);
OP_VARIANT(lookup_short_key, .op = TTLMAP_OP_LOOKUP, .short_key = true);
OP_VARIANT(lookup_refresh, .op = TTLMAP_OP_LOOKUP, .flags = TTLMAP_TTL_REFRESH);
OP_VARIANT(lookup_counter, .op = TTLMAP_OP_LOOKUP, .map_flags = TTLMAP_F_COUNTERS);
OP_VARIANT(update, .op = TTLMAP_OP_UPDATE);
OP_VARIANT(update_owned, .op = TTLMAP_OP_UPDATE, .flags = TTLMAP_OWNED,
	   .map_flags = TTLMAP_F_OWNERS);
OP_VARIANT(update_prealloc, .op = TTLMAP_OP_UPDATE, .map_flags = TTLMAP_F_PREALLOC);
OP_VARIANT(update_if_value, .op = TTLMAP_OP_UPDATE, .flags = TTLMAP_IF_VALUE);
OP_VARIANT(update_counter_if_value, .op = TTLMAP_OP_UPDATE, .flags = TTLMAP_IF_VALUE,
	   .map_flags = TTLMAP_F_COUNTERS);
OP_VARIANT(delete, .op = TTLMAP_OP_DELETE);
OP_VARIANT(delete_if_value, .op = TTLMAP_OP_DELETE, .flags = TTLMAP_IF_VALUE);
OP_VARIANT(touch, .op = TTLMAP_OP_TOUCH);
OP_VARIANT(pop, .op = TTLMAP_OP_POP);
OP_VARIANT(pop_counter, .op = TTLMAP_OP_POP, .map_flags = TTLMAP_F_COUNTERS);
OP_VARIANT(add, .op = TTLMAP_OP_ADD, .map_flags = TTLMAP_F_COUNTERS);
OP_VARIANT(clear, .op = TTLMAP_OP_CLEAR);

static int set_others(int map, u32 value_len)
{
	u8 value[VALUE_LEN];
	int rc = 0;

	memset(value, 'o', sizeof(value));
	for (u64 key = 0; key < OTHERS && !rc; key++) {
		struct ttlmap_op op = op_update(&key, sizeof(key), value, value_len, 0, 0);

		rc = map_op(map, &op);
	}
	return rc;
}

static bool has_condition(u32 flags)
{
	return flags & TTLMAP_IF_VALUE;
}

static bool takes_value(u32 op)
{
	return op == TTLMAP_OP_UPDATE || op == TTLMAP_OP_LOOKUP || op == TTLMAP_OP_POP;
}

FIXTURE_SETUP(op)
{
	bool counters = variant->map_flags & TTLMAP_F_COUNTERS;
	u32 value_len = counters ? 8 : VALUE_LEN;
	struct ttlmap_create create = { .flags = variant->map_flags, .key_max = KEY_LEN,
		.value_max = value_len, .max_entries = 100 };
	struct ttlmap_op *op = &self->op;

	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, set_others(self->map, value_len));
	memset(self->key, 'k', sizeof(self->key));
	memset(self->value, 'v', sizeof(self->value));
	op->op = variant->op;
	op->flags = variant->flags;
	if (variant->op != TTLMAP_OP_CLEAR) {
		op->key = (uintptr_t)self->key;
		op->key_len = variant->short_key ? 20 : KEY_LEN;
	}
	if (takes_value(variant->op)) {
		op->value = (uintptr_t)(variant->op == TTLMAP_OP_UPDATE ? self->value : self->room);
		op->value_len = value_len;
	}
	if (has_condition(variant->flags)) {
		op->arg = (uintptr_t)self->value;
		op->arg_len = value_len;
	}
}

FIXTURE_TEARDOWN(op)
{
	close(self->map);
	EXPECT_TRUE(eventually(module_idle()));
}

/* The entry in question is there, with the value that everybody expects. */
static int put_back(void *arg)
{
	op_t *self = arg;
	u32 value_len = self->op.value_len ?: self->op.arg_len ?: 8;
	struct ttlmap_op op = op_update(self->key, self->op.key_len ?: KEY_LEN, self->value,
					value_len, 0,
					self->op.flags & TTLMAP_OWNED ? TTLMAP_OWNED : 0);
	int rc = map_op(self->map, &op);

	if (!rc && self->op.op == TTLMAP_OP_CLEAR)
		rc = set_others(self->map, 8);
	return rc;
}

static int call_op(void *arg, void *at)
{
	op_t *self = arg;
	struct ttlmap_op op = self->op;

	switch (self->place) {
	case WHOLE:
		return map_ioctl(self->map, TTLMAP_IOC_OP, at);
	case KEY:
		op.key = (uintptr_t)at;
		break;
	case VALUE:
		op.value = (uintptr_t)at;
		break;
	case ARG:
		op.arg = (uintptr_t)at;
		break;
	}
	return map_op(self->map, &op);
}

static bool sweep_op(op_t *self, enum place place, const void *data, size_t len)
{
	struct copy copy = { .map = self->map, .data = data, .len = len, .in = true,
		.call = call_op, .again = put_back, .arg = self };

	self->place = place;
	copy.out = place == WHOLE || (place == VALUE && self->op.op != TTLMAP_OP_UPDATE);
	return !put_back(self) && sweep(&copy);
}

TEST_F(op, itself)
{
	EXPECT_TRUE(sweep_op(self, WHOLE, &self->op, sizeof(self->op)));
}

TEST_F(op, what_it_points_to)
{
	if (self->op.key_len)
		EXPECT_TRUE(sweep_op(self, KEY, self->key, self->op.key_len));
	if (self->op.value_len)
		EXPECT_TRUE(sweep_op(self, VALUE, self->value, self->op.value_len));
	if (self->op.arg_len)
		EXPECT_TRUE(sweep_op(self, ARG, self->value, self->op.arg_len));
}

/* ---- commands that are no operations */

FIXTURE(command) {
	int map;
	int device;
	struct ttlmap_list_item items[3];
	u64 room[1024];
	struct ttlmap_op ops[4];
	u64 keys[4];
	union {
		struct ttlmap_create create;
		struct ttlmap_open open;
		struct ttlmap_unlink unlink;
		struct ttlmap_list list;
		struct ttlmap_batch batch;
		struct ttlmap_scan scan;
		struct ttlmap_stat stat;
		struct ttlmap_tune tune;
		struct ttlmap_freeze freeze;
		struct ttlmap_listen listen;
	} arg;
	unsigned long number;
};

typedef FIXTURE_DATA(command) command_t;

FIXTURE_SETUP(command)
{
	map_unlink(NAME);
	map_unlink(NAME ".2");
	ASSERT_FD(self->device, device_open());
	ASSERT_FD(self->map, map_create_named(NAME, 0600, 100));
	ASSERT_RC(0, set_others(self->map, 8));
}

FIXTURE_TEARDOWN(command)
{
	close(self->map);
	close(self->device);
	map_unlink(NAME ".2");
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(module_idle()));
}

static int call_command(void *arg, void *at)
{
	command_t *self = arg;
	bool device = _IOC_NR(self->number) < _IOC_NR(TTLMAP_IOC_OP);
	int rc = map_ioctl(device ? self->device : self->map, self->number, at);

	if (rc > 0)
		close(rc);
	/* cppcheck-suppress deallocret ; only whether it is negative counts from here on */
	return rc;
}

static int remove_second(void *arg)
{
	(void)arg;
	return map_unlink(NAME ".2");
}

static int make_second(void *arg)
{
	int map = map_create_named(NAME ".2", 0600, 100);

	(void)arg;
	if (map < 0)
		return map;
	close(map);
	return 0;
}

static bool sweep_command(command_t *self, unsigned long number,
			  int (*again)(void *arg))
{
	struct copy copy = { .map = self->map, .data = &self->arg, .len = _IOC_SIZE(number),
		.in = _IOC_DIR(number) & _IOC_WRITE, .out = _IOC_DIR(number) & _IOC_READ,
		.call = call_command, .again = again, .arg = self };

	self->number = number;
	return sweep(&copy);
}

TEST_F(command, create)
{
	self->arg.create = (struct ttlmap_create){ .key_max = 8, .value_max = 8,
		.max_entries = 100, .name = NAME ".2" };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_CREATE, remove_second));
}

TEST_F(command, open)
{
	self->arg.open = (struct ttlmap_open){ .flags = TTLMAP_OPEN_READ, .name = NAME };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_OPEN, NULL));
}

TEST_F(command, unlink)
{
	ASSERT_RC(0, make_second(NULL));
	self->arg.unlink = (struct ttlmap_unlink){ .name = NAME ".2" };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_UNLINK, make_second));
}

TEST_F(command, list)
{
	self->arg.list = (struct ttlmap_list){ .items = (uintptr_t)self->items, .count = 3,
		.item_size = sizeof(self->items[0]) };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_LIST, NULL));
}

TEST_F(command, batch)
{
	for (int i = 0; i < 4; i++) {
		self->keys[i] = i;
		self->ops[i] = op_update(&self->keys[i], 8, &self->keys[i], 8, 0, 0);
	}
	self->arg.batch = (struct ttlmap_batch){ .ops = (uintptr_t)self->ops, .count = 4,
		.op_size = sizeof(self->ops[0]) };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_BATCH, NULL));
}

TEST_F(command, scan)
{
	self->arg.scan = (struct ttlmap_scan){ .buf = (uintptr_t)self->room,
		.buf_len = sizeof(self->room) };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_SCAN, NULL));
}

TEST_F(command, stat)
{
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_STAT, NULL));
}

static int tune_back(void *arg)
{
	command_t *self = arg;

	return map_tune(self->map, (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES,
							 .max_entries = 100 });
}

TEST_F(command, tune)
{
	self->arg.tune = (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES, .max_entries = 200 };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_TUNE, tune_back));
}

static int use_instead(command_t *self, int map)
{
	int rc = map < 0 ? map : 0;

	if (rc)
		return rc;
	if (dup2(map, self->map) < 0)
		rc = -errno;
	close(map);
	return rc;
}

/* A map that was frozen stays so: another one comes in its place. */
static int thaw(void *arg)
{
	int rc = map_unlink(NAME);

	return rc ?: use_instead(arg, map_create_named(NAME, 0600, 100));
}

TEST_F(command, freeze)
{
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_FREEZE, thaw));
}

/* A descriptor that listens does so until it is closed. */
static int open_anew(void *arg)
{
	return use_instead(arg, map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
}

TEST_F(command, listen)
{
	self->arg.listen = (struct ttlmap_listen){ .events = 1U << TTLMAP_EVENT_DELETED };
	EXPECT_TRUE(sweep_command(self, TTLMAP_IOC_LISTEN, open_anew));
}

/* ---- calls that say how far they came */

FIXTURE(far) {
	struct window window;
	int map;
};

FIXTURE_SETUP(far)
{
	map_unlink(NAME);
	ASSERT_RC(0, window_open(&self->window));
	ASSERT_FD(self->map, map_create_named(NAME, 0600, 100));
	ASSERT_RC(0, u64_fill(self->map, 0, OTHERS, 0));
}

FIXTURE_TEARDOWN(far)
{
	window_close(&self->window);
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* The second page is bad, and the first @good bytes are in the other one. */
static void *cut_off(struct window *window, size_t good, enum page page, const void *data,
		     size_t len)
{
	if (window_page(window, 0, LAZY) || window_page(window, 1, page) ||
	    (len && window_fill(window, good, data, len)))
		return NULL;
	return window_at(window, good);
}

static int batch_at(int map, void *ops, u32 *done)
{
	*done = 0;
	return map_batch(map, ops, BATCH, done);
}

/*
 * An operation that cannot be read is not carried out, nor is any after it. One
 * whose result cannot be written was, and counts.
 */
TEST_F(far, batch)
{
	struct ttlmap_op ops[BATCH], seen[BATCH];
	u64 keys[BATCH];
	u32 done;

	for (size_t good = 0; good < sizeof(ops); good++) {
		for (enum page page = READ_ONLY; page <= ABSENT; page++) {
			u32 whole = good / sizeof(ops[0]);
			u32 want = whole + (page == READ_ONLY);
			void *at;

			for (int i = 0; i < BATCH; i++) {
				keys[i] = 1000 + i;
				ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, TTLMAP_NEW);
				ops[i].result = 1;
			}
			at = cut_off(&self->window, good, page, ops, sizeof(ops));
			ASSERT_NE(NULL, at);
			ASSERT_RC(want ? 0 : -EFAULT, batch_at(self->map, at, &done),
				  "%zu good bytes, page %d", good, page);
			ASSERT_EQ(want, done);
			ASSERT_EQ(want, u64_count_present(self->map, 1000, BATCH));
			ASSERT_RC(0, window_read(&self->window, good, seen, sizeof(seen)));
			for (u32 i = 0; i < BATCH; i++)
				if (i != whole)
					ASSERT_EQ(i > whole, seen[i].result);
			ASSERT_RC(0, u64_empty(self->map, 1000, BATCH));
		}
	}
}

/* What one of a batch points to is that one's own trouble. */
TEST_F(far, batch_pointers)
{
	for (int bad = 0; bad < BATCH; bad++) {
		u64 keys[BATCH];
		struct ttlmap_op ops[BATCH];
		void *at = cut_off(&self->window, 3, ABSENT, NULL, 0);

		ASSERT_NE(NULL, at);
		for (int i = 0; i < BATCH; i++) {
			keys[i] = i;
			ops[i] = op_lookup(&keys[i], 8, &keys[i], 8);
		}
		ops[bad].key = (uintptr_t)at;
		ops[(bad + 1) % BATCH].value = (uintptr_t)at;
		ASSERT_RC(0, map_batch(self->map, ops, BATCH, NULL));
		for (int i = 0; i < BATCH; i++)
			EXPECT_RC(i == bad || i == (bad + 1) % BATCH ? -EFAULT : 0, ops[i].result);
	}
}

/* How many whole records are in so many bytes. */
static u32 records_within(u64 *records, u32 bytes, u32 good)
{
	u32 count = 0, at = 0;

	for_each_record(record, records, bytes) {
		at += record->size;
		count += at <= good;
	}
	return count;
}

/* What was not returned is returned by the next call, and nothing twice. */
TEST_F(far, scan)
{
	static u64 all[512], part[512], rest[512];
	struct ttlmap_scan scan = { };
	u32 bytes;

	ASSERT_RC(0, map_scan(self->map, &scan, all, sizeof(all), 0));
	ASSERT_EQ(OTHERS, scan.count);
	bytes = scan.bytes;
	state_forget_reads(all, bytes);
	for (u32 good = 0; good < bytes; good += 8) {
		for (enum page page = READ_ONLY; page <= ABSENT; page++) {
			u32 want = records_within(all, bytes, good);
			void *at = cut_off(&self->window, good, page, NULL, 0);
			u32 first;

			ASSERT_NE(NULL, at);
			scan = (struct ttlmap_scan){ };
			ASSERT_RC(want ? 0 : -EFAULT,
				  map_scan(self->map, &scan, at, sizeof(all), 0),
				  "%u good bytes, page %d", good, page);
			if (!want)
				continue;
			ASSERT_EQ(want, scan.count);
			first = scan.bytes;
			ASSERT_RC(0, window_read(&self->window, good, part, first));
			ASSERT_RC(0, map_scan(self->map, &scan, rest, sizeof(rest), 0));
			ASSERT_EQ(OTHERS - want, scan.count);
			ASSERT_EQ(bytes, first + scan.bytes);
			state_forget_reads(part, first);
			state_forget_reads(rest, scan.bytes);
			ASSERT_EQ(0, memcmp(all, part, first));
			ASSERT_EQ(0, memcmp((char *)all + first, rest, scan.bytes));
		}
	}
}

/* The same of events. */
TEST_F(far, events)
{
	struct ttlmap_listen listen = { .events = 1U << TTLMAP_EVENT_DELETED };
	struct {
		struct ttlmap_event event;
		u64 key, value;
	} rest[3];

	ASSERT_RC(0, map_ioctl(self->map, TTLMAP_IOC_LISTEN, &listen));
	for (size_t good = 0; good < sizeof(rest); good++) {
		for (enum page page = READ_ONLY; page <= ABSENT; page++) {
			ssize_t want = good / sizeof(rest[0]) * sizeof(rest[0]);
			void *at = cut_off(&self->window, good, page, NULL, 0);

			ASSERT_NE(NULL, at);
			ASSERT_RC(0, u64_empty(self->map, 0, 3));
			ASSERT_RC(0, u64_fill(self->map, 0, 3, 0));
			ASSERT_EQ(want ?: -1, read(self->map, at, sizeof(rest)));
			if (!want)
				ASSERT_EQ(EFAULT, errno);
			ASSERT_EQ(sizeof(rest) - want, read(self->map, rest, sizeof(rest)));
			ASSERT_EQ(want / sizeof(rest[0]), rest[0].key);
			ASSERT_EQ(2, rest[(sizeof(rest) - want) / sizeof(rest[0]) - 1].key);
		}
	}
}

static void make_names(struct __test_metadata *_metadata, int count)
{
	for (int i = 0; i < count; i++) {
		char name[32];
		int map;

		snprintf(name, sizeof(name), NAME ".%d", i);
		ASSERT_FD(map, map_create_named(name, 0600, 10));
		close(map);
	}
}

static void remove_names(int count)
{
	for (int i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), NAME ".%d", i);
		map_unlink(name);
	}
}

static int list_at(struct ttlmap_list *list, void *items, u32 count)
{
	list->items = (uintptr_t)items;
	list->count = count;
	list->item_size = sizeof(struct ttlmap_list_item);
	return device_ioctl(TTLMAP_IOC_LIST, list);
}

TEST_F(far, list)
{
	struct ttlmap_list_item all[4], rest[4];
	struct ttlmap_list list = { };

	make_names(_metadata, 3);
	ASSERT_RC(0, list_at(&list, all, 4));
	ASSERT_EQ(4, list.count);
	for (size_t good = 0; good < sizeof(all); good++) {
		for (enum page page = READ_ONLY; page <= ABSENT; page++) {
			u32 want = good / sizeof(all[0]);
			void *at = cut_off(&self->window, good, page, NULL, 0);

			ASSERT_NE(NULL, at);
			list = (struct ttlmap_list){ };
			ASSERT_RC(want ? 0 : -EFAULT, list_at(&list, at, 4));
			if (!want)
				continue;
			ASSERT_EQ(want, list.count);
			ASSERT_RC(0, list_at(&list, rest, 4));
			ASSERT_EQ(4 - want, list.count);
			ASSERT_EQ(0, memcmp(&all[want], rest, list.count * sizeof(all[0])));
		}
	}
	remove_names(3);
}

/* ---- pages that others bring in, or take away */

/**
 * struct pager - answers faults in a page by hand
 * @uffd: where they are reported
 * @page: the page
 * @map: what is changed while whoever faulted waits
 * @change: done to it, or NULL
 * @faults: so many were answered
 */
struct pager {
	int uffd;
	char *page;
	int map;
	int (*change)(int map);
	int faults;
	int failed;
	pthread_t thread;
};

static int pager_answer(struct pager *pager)
{
	static char zeros[PAGE];
	struct uffdio_copy copy = { .dst = (uintptr_t)pager->page, .src = (uintptr_t)zeros,
		.len = PAGE };
	struct uffd_msg message;

	if (read(pager->uffd, &message, sizeof(message)) != sizeof(message))
		return -EIO;
	if (pager->change && pager->change(pager->map))
		return -EINVAL;
	pager->faults++;
	return ioctl(pager->uffd, UFFDIO_COPY, &copy) ? -errno : 0;
}

static void *pager_run(void *arg)
{
	struct pager *pager = arg;
	struct pollfd poll_fd = { .fd = pager->uffd, .events = POLLIN };

	while (!pager->failed && poll(&poll_fd, 1, -1) == 1)
		pager->failed = pager_answer(pager);
	return NULL;
}

static int pager_start(struct pager *pager)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register registered;

	pager->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pager->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (pager->page == MAP_FAILED || pager->uffd < 0 || ioctl(pager->uffd, UFFDIO_API, &api))
		return -errno;
	registered = (struct uffdio_register){ .mode = UFFDIO_REGISTER_MODE_MISSING,
		.range = { .start = (uintptr_t)pager->page, .len = PAGE } };
	if (ioctl(pager->uffd, UFFDIO_REGISTER, &registered))
		return -errno;
	return -pthread_create(&pager->thread, NULL, pager_run, pager);
}

static void pager_stop(struct pager *pager)
{
	pthread_cancel(pager->thread);
	pthread_join(pager->thread, NULL);
	close(pager->uffd);
	munmap(pager->page, PAGE);
}

/* The page is not there again. */
static void pager_drop(struct pager *pager)
{
	madvise(pager->page, PAGE, MADV_DONTNEED);
}

FIXTURE(paged) {
	int map;
	struct pager pager;
};

typedef FIXTURE_DATA(paged) paged_t;

FIXTURE_SETUP(paged)
{
	ASSERT_FD(self->map, map_create(&(struct ttlmap_create){ .key_max = 8,
					.value_max = 2000, .max_entries = 100 }));
	self->pager.map = self->map;
	ASSERT_RC(0, pager_start(&self->pager));
}

FIXTURE_TEARDOWN(paged)
{
	pager_stop(&self->pager);
	EXPECT_RC(0, self->pager.failed);
	close(self->map);
	EXPECT_TRUE(eventually(module_idle()));
}

/* Of the key 7, of a length and kind of byte that go together. */
static int set_seven(int map, char kind, u32 len)
{
	u64 key = 7;
	char value[2000];
	struct ttlmap_op op;

	memset(value, kind, sizeof(value));
	op = op_update(&key, 8, value, len, 0, 0);
	return map_op(map, &op);
}

static int make_it_long(int map)
{
	return set_seven(map, 'l', 2000);
}

static int make_it_short(int map)
{
	return set_seven(map, 's', 10);
}

static int delete_it(int map)
{
	int rc = u64_delete(map, 7);

	return rc == -ENOENT ? 0 : rc;
}

static bool all_of(const char *bytes, u32 len, char kind)
{
	for (u32 i = 0; i < len; i++)
		if (bytes[i] != kind)
			return false;
	return true;
}

static int read_seven(paged_t *self, struct ttlmap_op *op, u32 which, u32 room)
{
	static u64 key = 7;

	*op = op_lookup(&key, 8, self->pager.page, room);
	op->op = which;
	pager_drop(&self->pager);
	return map_op(self->map, op);
}

/* A lookup answers with what was there at some moment, and whole. */
TEST_F(paged, lookup_while_its_page_comes)
{
	struct ttlmap_op op;

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = make_it_long;
	ASSERT_RC(0, read_seven(self, &op, TTLMAP_OP_LOOKUP, 2000));
	EXPECT_TRUE(all_of(self->pager.page, op.value_len, op.value_len == 2000 ? 'l' : 'm'));

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = delete_it;
	ASSERT_RC(0, read_seven(self, &op, TTLMAP_OP_LOOKUP, 2000));
	EXPECT_EQ(1000, op.value_len);
	EXPECT_TRUE(all_of(self->pager.page, 1000, 'm'));
	EXPECT_EQ(2, self->pager.faults);
}

/* What is popped is what was there last. */
TEST_F(paged, pop_while_its_page_comes)
{
	struct ttlmap_op op;

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = make_it_long;
	ASSERT_RC(0, read_seven(self, &op, TTLMAP_OP_POP, 2000));
	EXPECT_EQ(2000, op.value_len);
	EXPECT_TRUE(all_of(self->pager.page, 2000, 'l'));

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = make_it_short;
	ASSERT_RC(0, read_seven(self, &op, TTLMAP_OP_POP, 2000));
	EXPECT_EQ(10, op.value_len);
	EXPECT_TRUE(all_of(self->pager.page, 10, 's'));

	/* It grows out of the room that there is. */
	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = make_it_long;
	EXPECT_RC(-EMSGSIZE, read_seven(self, &op, TTLMAP_OP_POP, 1000));
	EXPECT_EQ(2000, op.value_len);

	self->pager.change = delete_it;
	EXPECT_RC(-ENOENT, read_seven(self, &op, TTLMAP_OP_POP, 2000));
	EXPECT_EQ(4, self->pager.faults);
}

TEST_F(paged, update_while_its_value_comes)
{
	u64 key = 7;
	char value[1000];
	struct ttlmap_op op = op_update(&key, 8, self->pager.page, 1000, 0, TTLMAP_EXISTING);

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	pager_drop(&self->pager);
	self->pager.change = delete_it;
	EXPECT_RC(-ENOENT, map_op(self->map, &op));
	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	pager_drop(&self->pager);
	self->pager.change = make_it_long;
	EXPECT_RC(0, map_op(self->map, &op));
	op = op_lookup(&key, 8, value, sizeof(value));
	ASSERT_RC(0, map_op(self->map, &op));
	EXPECT_EQ(1000, op.value_len);
	EXPECT_TRUE(all_of(value, 1000, 0));
	EXPECT_EQ(2, self->pager.faults);
}

TEST_F(paged, scan_while_the_map_changes)
{
	struct ttlmap_scan scan = { };

	ASSERT_RC(0, set_seven(self->map, 'm', 1000));
	self->pager.change = make_it_long;
	pager_drop(&self->pager);
	ASSERT_RC(0, map_scan(self->map, &scan, self->pager.page, PAGE, 0));
	ASSERT_EQ(1, scan.count);
	EXPECT_EQ(2000, ((struct ttlmap_record *)self->pager.page)->value_len);
	EXPECT_EQ(1, scan.done);
	EXPECT_EQ(1, self->pager.faults);
}

/* ---- memory that comes and goes all the time */

struct flicker {
	struct window window;
	atomic_bool stop;
};

static void *flicker_run(void *arg)
{
	struct flicker *flicker = arg;

	for (unsigned int i = 0; !flicker->stop; i++)
		window_page(&flicker->window, 1, i % 2 ? LAZY : bad_pages[i / 2 % 3]);
	return NULL;
}

/* What is popped is either here or still there, whatever becomes of the page. */
TEST(popped_into_memory_that_goes)
{
	struct ttlmap_create create = MAP_8_8(100);
	struct flicker flicker = { };
	u64 key = 1, value, got = 0, failed = 0;
	pthread_t thread;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, window_open(&flicker.window));
	ASSERT_RC(0, window_page(&flicker.window, 0, LAZY));
	ASSERT_EQ(0, pthread_create(&thread, NULL, flicker_run, &flicker));
	while (got < 500 || failed < 500) {
		struct ttlmap_op op = op_pop(&key, 8, window_at(&flicker.window, 4), 8);
		int rc;

		ASSERT_RC(0, u64_set(map, key, 77, 0, 0));
		rc = map_op(map, &op);
		got += !rc;
		failed += rc == -EFAULT;
		ASSERT_TRUE(!rc || rc == -EFAULT) TH_LOG("%s", rc_name(rc));
		ASSERT_RC(rc ? 0 : -ENOENT, u64_get(map, key, &value));
	}
	flicker.stop = true;
	pthread_join(thread, NULL);
	window_close(&flicker.window);
	close(map);
	EXPECT_TRUE(eventually(module_idle()));
}

TEST_HARNESS_MAIN
