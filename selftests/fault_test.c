// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations and copies that fail.  Of each call the first, the second, the third
 * ... allocation fails, until one run of it meets no failure: it answers ENOMEM and
 * the map is as it was, or it does without.  The kernel fails at will here: this
 * needs CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC, CONFIG_FAULT_INJECTION_USERCOPY and
 * CONFIG_FAULT_INJECTION_STACKTRACE_FILTER.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "state.h"

#define NAME		"fault.test"
#define NEW_NAME	"fault.test.new"
#define OLD_NAME	"fault.test.old"
#define OTHERS		12	/* entries beside the one in question */
#define KEY_LEN		300	/* too long for the kernel's stack */
#define VALUE_MAX	100000	/* more than the slab allocator has */
#define VALUE_LEN	200
#define FAULTS_MOST	2000	/* then something is wrong */

/* ---- faults */

static int fault_write(const char *kind, const char *file, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind, file);
	return file_write(path, value);
}

/* A kind that requires what no stack has is neither met nor counted. */
static int fault_switch(const char *kind, bool on)
{
	int rc = fault_write(kind, "verbose", "0");

	rc = rc ?: fault_write(kind, "stacktrace-depth", on ? "32" : "0");
	return rc ?: fault_write(kind, "require-start", on ? "0" : "1");
}

static int faults_choose(bool allocations, bool copies)
{
	int rc = fault_switch("failslab", allocations);

	rc = rc ?: fault_switch("fail_page_alloc", allocations);
	rc = rc ?: fault_write("failslab", "ignore-gfp-wait", "N");
	rc = rc ?: fault_write("fail_page_alloc", "ignore-gfp-wait", "N");
	rc = rc ?: fault_write("fail_page_alloc", "ignore-gfp-highmem", "N");
	rc = rc ?: fault_write("fail_page_alloc", "min-order", "0");
	return rc ?: fault_switch("fail_usercopy", copies);
}

/**
 * struct faults - the faults of this thread
 * @fd: where the kernel is told which one is to happen
 * @injected: how many have, of this sweep
 */
struct faults {
	int fd;
	unsigned int injected;
};

/* What is not there yet would be brought in amidst the faults. */
static int faults_open(struct faults *faults)
{
	faults->injected = 0;
	faults->fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (faults->fd < 0 || mlockall(MCL_CURRENT | MCL_FUTURE))
		return -errno;
	return 0;
}

static void faults_arm(struct faults *faults, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(faults->fd, text, len, 0) != len)
		abort();
}

/* Has it happened? None is to come any more. */
static bool faults_disarm(struct faults *faults)
{
	char text[16] = "";
	bool left;

	/* Where copies fail, this one may be it. */
	left = pread(faults->fd, text, sizeof(text) - 1, 0) < 0 || strtoul(text, NULL, 10);
	while (pwrite(faults->fd, "0", 1, 0) != 1)
		left = true;
	faults->injected += !left;
	return !left;
}

/* ---- what is swept */

FIXTURE(sweep) {
	struct faults faults;
	int device, map, second;
	u64 id;
	struct ttlmap_create create;
	struct ttlmap_op op;
	u8 key[KEY_LEN], value[VALUE_MAX], room[VALUE_LEN];
	u8 *late;		/* a page that is not there yet */
};

typedef FIXTURE_DATA(sweep) sweep_t;

/*
 * @prepare: before each call, or NULL
 * @call: what is swept
 * @again: after one that succeeded, or NULL
 * @flags: of the map in question
 * @faults: it meets so many allocations at least
 */
FIXTURE_VARIANT(sweep) {
	int (*prepare)(sweep_t *self);
	int (*call)(sweep_t *self);
	int (*again)(sweep_t *self);
	u32 flags;
	unsigned int faults;
};

typedef FIXTURE_VARIANT(sweep) swept_t;

static u32 value_len(const sweep_t *self)
{
	return self->create.flags & TTLMAP_F_COUNTERS ? 8 : VALUE_LEN;
}

static int set_others(sweep_t *self)
{
	int rc = 0;

	for (u64 key = 0; key < OTHERS && !rc; key++) {
		struct ttlmap_op op = op_update(&key, 8, self->value, value_len(self), 0, 0);

		rc = map_op(self->map, &op);
	}
	return rc;
}

/* The entry in question, and those beside it, are there. */
static int fill(sweep_t *self)
{
	struct ttlmap_op op = op_update(self->key, KEY_LEN, self->value, value_len(self), 0, 0);

	return map_op(self->map, &op) ?: set_others(self);
}

static int empty(sweep_t *self)
{
	struct ttlmap_op op = op_delete(self->key, KEY_LEN);
	int rc = map_op(self->map, &op);

	return rc == -ENOENT ? 0 : rc;
}

static int call_create(sweep_t *self, u32 flags, const char *name)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 8, .value_max = 8,
		.max_entries = 20 };

	memcpy(create.name, name, strlen(name));
	self->second = map_ioctl(self->device, TTLMAP_IOC_CREATE, &create);
	return self->second < 0 ? self->second : 0;
}

static int close_second(sweep_t *self)
{
	int rc = close(self->second) ? -errno : 0;

	self->second = 0;
	return rc;
}

#define CREATE(variant, flags)						\
	static int create_##variant(sweep_t *self)			\
	{								\
		return call_create(self, flags, "");			\
	}								\
	FIXTURE_VARIANT_ADD(sweep, create_##variant) {			\
		.call = create_##variant, .again = close_second, .faults = 10 }

CREATE(plain, 0);
CREATE(counters, TTLMAP_F_COUNTERS | TTLMAP_F_NO_EVICT);
CREATE(tails, TTLMAP_F_OWNERS | TTLMAP_F_VERSIONS | TTLMAP_F_SLIDING | TTLMAP_F_PRIVATE);
CREATE(reclaim, TTLMAP_F_RECLAIM | TTLMAP_F_SIPHASH | TTLMAP_F_REQUIRE_TTL);
CREATE(prealloc, TTLMAP_F_PREALLOC);

static int create_named(sweep_t *self)
{
	return call_create(self, 0, NEW_NAME);
}

static int remove_second(sweep_t *self)
{
	return close_second(self) ?: map_unlink(NEW_NAME);
}

FIXTURE_VARIANT_ADD(sweep, create_named) {
	.call = create_named, .again = remove_second, .faults = 10 };

static int call_open(sweep_t *self)
{
	struct ttlmap_open open = { .flags = TTLMAP_OPEN_READ, .name = NAME };

	self->second = map_ioctl(self->device, TTLMAP_IOC_OPEN, &open);
	return self->second < 0 ? self->second : 0;
}

FIXTURE_VARIANT_ADD(sweep, open) { .call = call_open, .again = close_second, .faults = 2 };

static int call_unlink(sweep_t *self)
{
	struct ttlmap_unlink unlink = { .name = OLD_NAME };

	return map_ioctl(self->device, TTLMAP_IOC_UNLINK, &unlink);
}

static int make_old(sweep_t *self)
{
	int rc = call_create(self, 0, OLD_NAME);

	return rc ?: close_second(self);
}

FIXTURE_VARIANT_ADD(sweep, unlink) { .call = call_unlink, .again = make_old };

static int call_list(sweep_t *self)
{
	struct ttlmap_list_item items[4];
	struct ttlmap_list list = { .items = (uintptr_t)items, .count = 4,
		.item_size = sizeof(items[0]) };

	return map_ioctl(self->device, TTLMAP_IOC_LIST, &list);
}

FIXTURE_VARIANT_ADD(sweep, list) { .call = call_list };

/* ---- operations */

static struct ttlmap_op new_op(sweep_t *self, u32 which, u32 flags)
{
	struct ttlmap_op op = { .op = which, .flags = flags, .key = (uintptr_t)self->key,
		.key_len = KEY_LEN };

	if (flags & TTLMAP_IF_VALUE) {
		op.arg = (uintptr_t)self->value;
		op.arg_len = value_len(self);
	}
	return op;
}

static int update(sweep_t *self, u32 flags, u32 len)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_UPDATE, flags);

	op.value = (uintptr_t)self->value;
	op.value_len = len;
	return map_op(self->map, &op);
}

static int insert(sweep_t *self)
{
	return update(self, TTLMAP_NEW, value_len(self));
}

static int insert_large(sweep_t *self)
{
	return update(self, TTLMAP_NEW, VALUE_MAX);
}

static int insert_owned(sweep_t *self)
{
	return update(self, TTLMAP_OWNED, value_len(self));
}

static int replace(sweep_t *self)
{
	return update(self, TTLMAP_EXISTING, value_len(self));
}

static int swap(sweep_t *self)
{
	return update(self, TTLMAP_IF_VALUE, value_len(self));
}

FIXTURE_VARIANT_ADD(sweep, insert) { .prepare = empty, .call = insert, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, insert_large) { .prepare = empty, .call = insert_large, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, insert_owned) {
	.prepare = empty, .call = insert_owned, .flags = TTLMAP_F_OWNERS, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, insert_prealloc) {
	.prepare = empty, .call = insert, .flags = TTLMAP_F_PREALLOC };
FIXTURE_VARIANT_ADD(sweep, replace) { .prepare = fill, .call = replace, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, swap) { .prepare = fill, .call = swap, .faults = 2 };
FIXTURE_VARIANT_ADD(sweep, swap_counter) {
	.prepare = fill, .call = swap, .flags = TTLMAP_F_COUNTERS, .faults = 2 };

static int lookup(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_LOOKUP, 0);

	op.value = (uintptr_t)self->room;
	op.value_len = sizeof(self->room);
	return map_op(self->map, &op);
}

/* Into a page of a file that is in memory, but not in ours. */
static int lookup_late(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_LOOKUP, 0);

	op.value = (uintptr_t)self->late;
	op.value_len = sizeof(self->room);
	return map_op(self->map, &op);
}

static int make_late(sweep_t *self)
{
	return fill(self) ?: madvise(self->late, 4096, MADV_DONTNEED) ? -EINVAL : 0;
}

static int pop(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_POP, 0);

	op.value = (uintptr_t)self->room;
	op.value_len = sizeof(self->room);
	return map_op(self->map, &op);
}

static int touch(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_TOUCH, 0);

	return map_op(self->map, &op);
}

static int delete(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_DELETE, 0);

	return map_op(self->map, &op);
}

static int delete_if(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_DELETE, TTLMAP_IF_VALUE);

	return map_op(self->map, &op);
}

static int add(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_ADD, 0);

	op.arg = 7;
	return map_op(self->map, &op);
}

static int clear(sweep_t *self)
{
	return map_clear(self->map);
}

FIXTURE_VARIANT_ADD(sweep, lookup) { .prepare = fill, .call = lookup, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, lookup_late) { .prepare = make_late, .call = lookup_late, .faults = 2 };
FIXTURE_VARIANT_ADD(sweep, pop) { .prepare = fill, .call = pop, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, pop_counter) {
	.prepare = fill, .call = pop, .flags = TTLMAP_F_COUNTERS, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, touch) { .prepare = fill, .call = touch, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, delete) { .prepare = fill, .call = delete, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, delete_if) { .prepare = fill, .call = delete_if, .faults = 2 };
FIXTURE_VARIANT_ADD(sweep, add) {
	.prepare = fill, .call = add, .flags = TTLMAP_F_COUNTERS, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, add_new) {
	.prepare = empty, .call = add, .flags = TTLMAP_F_COUNTERS, .faults = 2 };
FIXTURE_VARIANT_ADD(sweep, clear) { .prepare = fill, .call = clear };

/* ---- other commands on a map */

/* All of it is done, or none. */
static int batch(sweep_t *self)
{
	struct ttlmap_op ops[3];
	u64 keys[3] = { 0, 1, 2 };
	int rc;

	for (int i = 0; i < 3; i++)
		ops[i] = op_lookup(&keys[i], 8, self->room, sizeof(self->room));
	rc = map_batch(self->map, ops, 3, NULL);
	for (int i = 0; i < 3 && !rc; i++)
		rc = ops[i].result;
	return rc;
}

static int scan(sweep_t *self)
{
	struct ttlmap_scan scan = { };
	u64 room[128];

	return map_scan(self->map, &scan, room, sizeof(room), TTLMAP_SCAN_KEYS);
}

static int take_stat(sweep_t *self)
{
	struct ttlmap_stat stat;

	return map_stat(self->map, &stat);
}

static int tune(sweep_t *self)
{
	return map_tune(self->map, (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES,
							 .max_entries = 150 });
}

static int tune_back(sweep_t *self)
{
	return map_tune(self->map, (struct ttlmap_tune){ .what = TTLMAP_TUNE_ENTRIES,
							 .max_entries = 200 });
}

static int tune_alarms(sweep_t *self)
{
	return map_tune(self->map, (struct ttlmap_tune){ .what = TTLMAP_TUNE_ALARMS });
}

static int freeze(sweep_t *self)
{
	return map_freeze(self->map);
}

FIXTURE_VARIANT_ADD(sweep, batch) { .prepare = fill, .call = batch, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, scan) { .prepare = fill, .call = scan, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, stat) { .prepare = fill, .call = take_stat };
FIXTURE_VARIANT_ADD(sweep, tune) { .call = tune, .again = tune_back };
FIXTURE_VARIANT_ADD(sweep, tune_alarms) { .call = tune_alarms };
FIXTURE_VARIANT_ADD(sweep, freeze) { .call = freeze };

/* ---- ends */

static int open_second(sweep_t *self)
{
	self->second = map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	return self->second < 0 ? self->second : 0;
}

/* One that could not listen is replaced: it is as good as new, but tells nothing of it. */
static int open_anew(sweep_t *self)
{
	int rc = self->second ? close_second(self) : 0;

	return rc ?: open_second(self);
}

static int call_listen(sweep_t *self)
{
	struct ttlmap_listen listen = { .events = 1U << TTLMAP_EVENT_DELETED };

	return map_ioctl(self->second, TTLMAP_IOC_LISTEN, &listen);
}

static int make_event(sweep_t *self)
{
	int rc = self->second ? 0 : open_second(self) ?: call_listen(self);

	return rc ?: fill(self) ?: empty(self);
}

static int read_event(sweep_t *self)
{
	u8 room[sizeof(struct ttlmap_event) + KEY_LEN + VALUE_LEN + 8];

	return read(self->second, room, sizeof(room)) < 0 ? -errno : 0;
}

FIXTURE_VARIANT_ADD(sweep, listen) {
	.prepare = open_anew, .call = call_listen, .again = close_second, .faults = 1 };
FIXTURE_VARIANT_ADD(sweep, read_event) {
	.prepare = make_event, .call = read_event, .again = close_second };

/* What the descriptor leaves behind goes in the worker. */
static int own_something(sweep_t *self)
{
	struct ttlmap_op op = new_op(self, TTLMAP_OP_UPDATE, TTLMAP_OWNED);
	int rc = open_second(self);

	op.value = (uintptr_t)self->value;
	op.value_len = value_len(self);
	return rc ?: map_op(self->second, &op);
}

static int wait_for_orphans(sweep_t *self)
{
	return eventually(map_entries(self->map) == OTHERS) ? 0 : -ETIME;
}

static int make_anonymous(sweep_t *self)
{
	int rc = call_create(self, TTLMAP_F_COUNTERS, "");

	return rc ?: u64_add(self->second, 1, 1, NULL);
}

FIXTURE_VARIANT_ADD(sweep, close) { .prepare = open_second, .call = close_second };
FIXTURE_VARIANT_ADD(sweep, close_owner) { .prepare = own_something, .call = close_second,
	.again = wait_for_orphans, .flags = TTLMAP_F_OWNERS };
FIXTURE_VARIANT_ADD(sweep, close_last) { .prepare = make_anonymous, .call = close_second };

/* ---- debugfs */

static int read_file(const char *path)
{
	static char room[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	while ((rc = read(fd, room, sizeof(room))) > 0)
		;
	rc = rc < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static int read_of_map(sweep_t *self, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), DEBUGFS "/%llu/%s", self->id, file);
	return read_file(path);
}

static int read_summary(sweep_t *self)
{
	(void)self;
	return read_file(DEBUGFS "/summary");
}

FIXTURE_VARIANT_ADD(sweep, read_summary) { .call = read_summary, .faults = 2 };

#define READ(file, least)						\
	static int read_##file(sweep_t *self)				\
	{								\
		return read_of_map(self, #file);			\
	}								\
	FIXTURE_VARIANT_ADD(sweep, read_##file) { .call = read_##file, .faults = least }

READ(stats, 2);
READ(occupancy, 3);
READ(growth, 2);
READ(stale, 2);
READ(retired, 2);
READ(ages, 3);
READ(ttls, 3);
READ(sizes, 3);
READ(oldest, 3);
READ(owners, 2);
READ(latency, 2);
READ(history, 2);
READ(alarms, 2);

/* ---- the sweeps */

static u8 *late_page(void)
{
	int file = memfd_create("late", MFD_CLOEXEC);
	u8 *page;

	if (file < 0 || ftruncate(file, 4096))
		return MAP_FAILED;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	return page;
}

FIXTURE_SETUP(sweep)
{
	bool counters = variant->flags & TTLMAP_F_COUNTERS;
	struct ttlmap_stat stat;

	self->create = (struct ttlmap_create){ .flags = variant->flags, .key_max = KEY_LEN,
		.value_max = counters ? 8 : VALUE_MAX, .mode = 0600, .max_entries = 200,
		.name = NAME };
	if (variant->flags & TTLMAP_F_PREALLOC)
		self->create.value_max = VALUE_LEN;
	map_unlink(NAME);
	map_unlink(OLD_NAME);
	memset(self->key, 'k', sizeof(self->key));
	memset(self->value, 'v', sizeof(self->value));
	ASSERT_FD(self->device, device_open());
	ASSERT_FD(self->map, map_create(&self->create));
	ASSERT_RC(0, make_old(self));
	ASSERT_RC(0, set_others(self));
	ASSERT_RC(0, map_stat(self->map, &stat));
	self->id = stat.id;
	self->late = late_page();
	ASSERT_NE(MAP_FAILED, self->late);
	ASSERT_RC(0, faults_open(&self->faults));
	ASSERT_EQ(0, munlock(self->late, 4096));
}

FIXTURE_TEARDOWN(sweep)
{
	close(self->faults.fd);
	close(self->map);
	close(self->device);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_RC(0, map_unlink(OLD_NAME));
	/* Objects that leak keep the module's caches from going when it is unloaded. */
	EXPECT_TRUE(eventually(live_maps() == 0 && module_idle()));
}

/*
 * The call with its @nth fault.  Returns whether there was none any more; what is
 * wrong is printed and counted.
 */
static bool one_fault(sweep_t *self, const swept_t *variant, unsigned int nth,
		      int error, int *wrong)
{
	static struct state was;
	int rc = variant->prepare ? variant->prepare(self) : 0, maps = live_maps();
	bool failed, same = true;

	rc = rc ?: state_take(self->map, &was);
	if (rc) {
		ksft_print_msg("before fault %u: %s\n", nth, rc_name(rc));
		++*wrong;
		return true;
	}
	faults_arm(&self->faults, nth);
	rc = variant->call(self);
	failed = faults_disarm(&self->faults);
	/* A copy that fails may be that of the result. */
	if (rc && error == -ENOMEM)
		same = state_is(self->map, &was) && live_maps() == maps;
	if (!same || (rc && (!failed || rc != error))) {
		ksft_print_msg("fault %u%s: %s%s\n", nth, failed ? "" : ", which did not happen",
			       rc_name(rc), same ? "" : ", but something has changed");
		++*wrong;
	}
	if (!rc && variant->again)
		*wrong += !!variant->again(self);
	return !failed;
}

/* Returns how often something was wrong. */
static int sweep(sweep_t *self, const swept_t *variant, int error)
{
	unsigned int nth = 1;
	int wrong = 0;

	while (!one_fault(self, variant, nth, error, &wrong) && nth < FAULTS_MOST)
		nth++;
	ksft_print_msg("%u calls failed with %s, or did without\n", nth - 1, rc_name(error));
	return wrong + (nth == FAULTS_MOST);
}

TEST_F(sweep, of_failures)
{
	ASSERT_RC(0, faults_choose(true, false));
	EXPECT_EQ(0, sweep(self, variant, -ENOMEM));
	EXPECT_LE(variant->faults, self->faults.injected);
	ASSERT_RC(0, faults_choose(false, true));
	EXPECT_EQ(0, sweep(self, variant, -EFAULT));
}

/* ---- the table grows and shrinks */

#define GROWN		900ULL

static bool insert_failing(struct faults *faults, int map, u64 key, unsigned int nth, int *rc)
{
	faults_arm(faults, nth);
	*rc = u64_set(map, key, key, 0, TTLMAP_NEW);
	return faults_disarm(faults);
}

/* Each insert with each of its faults, those in a split or in a larger directory too. */
static int insert_sweeping(struct faults *faults, int map, u64 key)
{
	for (unsigned int nth = 1; nth < FAULTS_MOST; nth++) {
		bool failed;
		int rc;

		failed = insert_failing(faults, map, key, nth, &rc);
		if (rc && (rc != -ENOMEM || !failed || u64_has(map, key) ||
			   map_entries(map) != key))
			return rc;
		if (rc)
			continue;
		if (!u64_has(map, key) || map_entries(map) != key + 1)
			return -EBADMSG;
		if (!failed)
			return 0;
		rc = u64_delete(map, key);
		if (rc)
			return rc;
	}
	return -ELOOP;
}

TEST(inserts_that_split)
{
	struct ttlmap_create create = MAP_8_8(100000);
	struct faults faults = { };
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, faults_open(&faults));
	ASSERT_RC(0, faults_choose(true, false));
	for (u64 key = 0; key < GROWN; key++)
		ASSERT_RC(0, insert_sweeping(&faults, map, key), "key %llu", key);
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_LT(0, stat.splits);
	EXPECT_LT(GROWN, faults.injected);
	EXPECT_TRUE(stat_adds_up(&stat));
	EXPECT_EQ(GROWN, u64_count_present(map, 0, GROWN));
	close(map);
	EXPECT_TRUE(eventually(module_idle()));
}

static int fault_number(const char *kind, const char *file, u64 number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", number);
	return fault_write(kind, file, text);
}

/* Where the module's code is. */
static int module_range(u64 *start, u64 *end)
{
	char *modules = file_read("/proc/modules"), *line;
	u64 size = 0;
	int rc = 0;

	line = modules ? strstr(modules, "ttlmap ") : NULL;
	if (!line || sscanf(line, "ttlmap %llu %*s %*s %*s %llx", &size, start) != 2)
		rc = -ENOENT;
	*end = *start + size;
	free(modules);
	return rc;
}

/* Of what the module allocates, whoever it is for, so many in a hundred fail. */
static int faults_by_chance(const char *kind, unsigned int percent)
{
	u64 start = 0, end = ~0ULL;
	int rc = fault_number(kind, "probability", 0);

	/* Nobody else's allocations may fail, not even while this is written. */
	if (percent)
		rc = rc ?: module_range(&start, &end);
	rc = rc ?: fault_number(kind, "require-start", start);
	rc = rc ?: fault_number(kind, "require-end", end);
	rc = rc ?: fault_write(kind, "times", "-1");
	return rc ?: fault_number(kind, "probability", percent);
}

static int all_by_chance(unsigned int percent)
{
	int rc = faults_by_chance("failslab", percent);

	return rc ?: faults_by_chance("fail_page_alloc", percent);
}

/* Inserts and deletes; what failed is counted, and only for want of memory. */
static int churn(int map, u8 *present, u64 keys, u64 calls, u64 *failed)
{
	struct rng rng = rng_make(seed_from_env(12));

	for (u64 i = 0; i < calls; i++) {
		u64 key = rng_below(&rng, keys);
		int rc = present[key] ? u64_delete(map, key) : u64_set(map, key, key, 0, 0);

		*failed += rc == -ENOMEM;
		if (rc && (rc != -ENOMEM || present[key]))
			return rc;
		present[key] ^= !rc;
	}
	return 0;
}

static u64 count_wrong(int map, const u8 *present, u64 keys)
{
	u64 wrong = 0;

	for (u64 key = 0; key < keys; key++)
		wrong += u64_has(map, key) != present[key];
	return wrong;
}

/* What the worker does ahead of need may fail: then it is done later, or not. */
TEST(worker_without_memory)
{
	static u8 present[4000];
	struct ttlmap_create create = MAP_8_8(100000);
	struct ttlmap_stat stat;
	u64 failed = 0, there = 0;
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, faults_choose(true, false));
	for (unsigned int percent = 0; percent <= 90; percent += 30) {
		ASSERT_RC(0, all_by_chance(percent));
		ASSERT_RC(0, churn(map, present, sizeof(present), 4000, &failed));
		for (u64 key = 0; key < sizeof(present); key += 2 + percent / 30) {
			int rc = u64_delete(map, key);

			ASSERT_RC(present[key] ? 0 : -ENOENT, rc);
			present[key] = 0;
		}
	}
	ASSERT_RC(0, all_by_chance(0));
	EXPECT_LT(100, failed) TH_LOG("too few faults: %llu", failed);
	EXPECT_EQ(0, count_wrong(map, present, sizeof(present)));
	for (u64 key = 0; key < sizeof(present); key++)
		there += present[key];
	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	EXPECT_EQ(there, stat.entries);
	EXPECT_EQ(failed, stat.no_memory);
	EXPECT_TRUE(stat_adds_up(&stat));
	EXPECT_LT(0, stat.splits);
	ASSERT_RC(0, churn(map, present, sizeof(present), 2000, &failed));
	EXPECT_EQ(0, count_wrong(map, present, sizeof(present)));
	close(map);
	EXPECT_TRUE(eventually(module_idle()));
}

TEST_HARNESS_MAIN
