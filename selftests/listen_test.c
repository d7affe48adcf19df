// SPDX-License-Identifier: GPL-2.0
/*
 * Who listens to a map is told of each entry that goes: which, why, when, and in
 * order; of as many as there is room for, and how many there was none for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"listen.test"
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
#define WHEN(event)	(1U << TTLMAP_EVENT_##event)
#define ALL		(WHEN(EXPIRED) | WHEN(EVICTED) | WHEN(DELETED) | WHEN(REPLACED) | \
			 WHEN(POPPED) | WHEN(OWNER_GONE) | WHEN(CLEARED))
#define ROOM		65536

FIXTURE(listen) {
	int map, ear;
	u64 begin;
	u64 room[ROOM / 8];
	struct ttlmap_stat stat;
};

static int make(u32 flags, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 64, .value_max = 10000,
		.max_entries = capacity, .mode = 0600, .name = NAME };

	if (flags & TTLMAP_F_COUNTERS)
		create.value_max = 8;
	map_unlink(NAME);
	return map_create(&create);
}

static int listen_to(int fd, u32 events, u32 flags, u32 bytes)
{
	struct ttlmap_listen listen = { .events = events, .flags = flags, .bytes = bytes };

	return map_ioctl(fd, TTLMAP_IOC_LISTEN, &listen);
}

/* A descriptor of the map that does not wait. */
static int ear_of(u32 events, u32 flags, u32 bytes)
{
	int fd = map_open(NAME, BOTH);
	int rc = fd < 0 ? fd : listen_to(fd, events, flags, bytes);

	if (!rc && fcntl(fd, F_SETFL, O_NONBLOCK))
		rc = -errno;
	if (rc && fd >= 0)
		close(fd);
	return rc ?: fd;
}

static ssize_t hear(int fd, void *room, size_t size)
{
	ssize_t n = read(fd, room, size);

	return n < 0 ? -errno : n;
}

FIXTURE_SETUP(listen)
{
	self->begin = boottime_ns();
	ASSERT_FD(self->map, make(TTLMAP_F_OWNERS, 1000));
	self->ear = ear_of(ALL, 0, 0);
	ASSERT_LE(0, self->ear);
}

FIXTURE_TEARDOWN(listen)
{
	close(self->ear);
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

static const void *key_of(const struct ttlmap_event *event)
{
	return (const char *)event + event->head;
}

static u64 u64_of(const struct ttlmap_event *event, bool value)
{
	u64 number = 0;
	const char *at = key_of(event);

	memcpy(&number, at + (value ? (event->key_len + 7) & ~7U : 0), sizeof(number));
	return number;
}

/* Exactly one event has come, of an entry of 8 bytes and 8. */
#define EXPECT_EVENT(what, key, value) do {				\
	struct ttlmap_event *event_ = (void *)self->room;		\
	ssize_t n_ = hear(self->ear, self->room, ROOM);			\
									\
	ASSERT_EQ(sizeof(*event_) + 16, n_);				\
	EXPECT_EQ(n_, event_->size);					\
	EXPECT_EQ(TTLMAP_EVENT_##what, event_->event);			\
	EXPECT_EQ(8, event_->key_len);					\
	EXPECT_EQ(8, event_->value_len);				\
	EXPECT_EQ(0, event_->flags);					\
	EXPECT_EQ(sizeof(*event_), event_->head);			\
	EXPECT_EQ(0, event_->dropped);					\
	EXPECT_LE(event_->at_ns, boottime_ns());			\
	EXPECT_EQ(key, u64_of(event_, false));				\
	EXPECT_EQ(value, u64_of(event_, true));				\
} while (0)

#define EXPECT_SILENCE()	EXPECT_EQ(-EAGAIN, hear(self->ear, self->room, ROOM))

/* ---- each reason */

TEST_F(listen, tells_why_an_entry_went)
{
	u64 value;

	ASSERT_RC(0, u64_set(self->map, 1, 10, 0, 0));
	EXPECT_SILENCE();
	ASSERT_RC(0, u64_set(self->map, 1, 11, 0, 0));
	EXPECT_EVENT(REPLACED, 1, 10);
	ASSERT_RC(0, u64_delete(self->map, 1));
	EXPECT_EVENT(DELETED, 1, 11);
	ASSERT_RC(-ENOENT, u64_delete(self->map, 1));
	EXPECT_SILENCE();
	ASSERT_RC(0, u64_set(self->map, 2, 20, 0, 0));
	ASSERT_RC(0, u64_pop(self->map, 2, &value));
	EXPECT_EVENT(POPPED, 2, 20);
	ASSERT_RC(0, u64_set(self->map, 3, 30, 0, 0));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_EVENT(CLEARED, 3, 30);
}

TEST_F(listen, tells_of_expiry)
{
	u64 begin = boottime_ns(), due = 50 * NSEC_PER_MSEC;
	struct pollfd ready = { .fd = self->ear, .events = POLLIN };

	ASSERT_RC(0, u64_set(self->map, 1, 10, due, 0));
	ASSERT_EQ(1, poll(&ready, 1, 60000));
	EXPECT_EQ(POLLIN, ready.revents);
	EXPECT_EVENT(EXPIRED, 1, 10);
	EXPECT_LE(begin + due, ((struct ttlmap_event *)self->room)->at_ns);
	EXPECT_EQ(0, poll(&ready, 1, 0));
}

TEST_F(listen, tells_of_eviction)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 1 };

	ASSERT_RC(0, map_tune(self->map, tune));
	ASSERT_RC(0, u64_set(self->map, 1, 10, 0, 0));
	ASSERT_RC(0, u64_set(self->map, 2, 20, 0, 0));
	EXPECT_EVENT(EVICTED, 1, 10);
}

TEST_F(listen, tells_of_an_owner_that_is_gone)
{
	int owner = map_open(NAME, BOTH);

	ASSERT_LE(0, owner);
	ASSERT_RC(0, u64_set(owner, 1, 10, 0, TTLMAP_OWNED));
	close(owner);
	ASSERT_TRUE(eventually(!map_entries(self->map)));
	EXPECT_EVENT(OWNER_GONE, 1, 10);
}

TEST_F(listen, tells_for_how_long_it_was_not_used)
{
	struct ttlmap_event *event = (void *)self->room;

	ASSERT_RC(0, u64_set(self->map, 1, 10, 0, 0));
	sleep_ms(300);
	ASSERT_RC(0, u64_delete(self->map, 1));
	EXPECT_EVENT(DELETED, 1, 10);
	/* Since the beginning of the epoch, which is the map's; on a clock of 17 ms. */
	EXPECT_LE(250 * NSEC_PER_MSEC, event->idle_ns);
	EXPECT_GE(boottime_ns() - self->begin + 50 * NSEC_PER_MSEC, event->idle_ns);
}

TEST_F(listen, tells_only_what_it_was_asked_for)
{
	int deaf = ear_of(WHEN(EXPIRED), 0, 0), ear = ear_of(WHEN(DELETED), 0, 0);

	ASSERT_LE(0, deaf);
	ASSERT_LE(0, ear);
	ASSERT_RC(0, u64_set(self->map, 1, 10, 0, 0));
	ASSERT_RC(0, u64_set(self->map, 1, 11, 0, 0));
	ASSERT_RC(0, u64_delete(self->map, 1));
	EXPECT_EQ(-EAGAIN, hear(deaf, self->room, ROOM));
	EXPECT_EQ(sizeof(struct ttlmap_event) + 16, hear(ear, self->room, ROOM));
	EXPECT_EQ(2 * (sizeof(struct ttlmap_event) + 16), hear(self->ear, self->room, ROOM));
	close(deaf);
	close(ear);
}

TEST_F(listen, tells_in_order)
{
	u64 next = 0;
	ssize_t n;

	for (u64 i = 0; i <= 300; i++)
		ASSERT_RC(0, u64_set(self->map, 1, i, 0, 0));
	while ((n = hear(self->ear, self->room, 1000)) > 0)
		for_each_event(event, self->room, n)
			EXPECT_EQ(next++, u64_of(event, true));
	EXPECT_EQ(300, next);
}

/* ---- what an event holds */

TEST_F(listen, keys_and_values_are_aligned_and_whole)
{
	const char *key = "a key of 17 bytes", *value = "and its value";
	struct ttlmap_op op = op_update(key, 17, value, 13, 0, 0);
	struct ttlmap_event *event = (void *)self->room;

	ASSERT_RC(0, map_op(self->map, &op));
	op = op_delete(key, 17);
	ASSERT_RC(0, map_op(self->map, &op));
	ASSERT_EQ(sizeof(*event) + 24 + 16, hear(self->ear, self->room, ROOM));
	EXPECT_EQ(17, event->key_len);
	EXPECT_EQ(13, event->value_len);
	EXPECT_EQ(0, memcmp(key_of(event), "a key of 17 bytes\0\0\0\0\0\0\0", 24));
	EXPECT_EQ(0, memcmp((char *)key_of(event) + 24, "and its value\0\0", 16));
}

TEST_F(listen, long_values_are_left_out)
{
	struct ttlmap_event *event = (void *)self->room;
	static char value[TTLMAP_EVENT_VALUE_MAX + 1];
	u64 key = 1;

	for (u32 len = TTLMAP_EVENT_VALUE_MAX; len <= TTLMAP_EVENT_VALUE_MAX + 1; len++) {
		struct ttlmap_op op = op_update(&key, 8, value, len, 0, 0);
		bool fits = len == TTLMAP_EVENT_VALUE_MAX;

		ASSERT_RC(0, map_op(self->map, &op));
		ASSERT_RC(0, u64_delete(self->map, key));
		ASSERT_EQ(sizeof(*event) + 8 + (fits ? len : 0),
			  hear(self->ear, self->room, ROOM));
		EXPECT_EQ(len, event->value_len);
		EXPECT_EQ(fits ? 0 : TTLMAP_EVENT_NO_VALUE, event->flags);
	}
}

TEST_F(listen, keys_alone_may_be_asked_for)
{
	struct ttlmap_event *event = (void *)self->room;
	int ear = ear_of(ALL, TTLMAP_LISTEN_KEYS, 0);

	ASSERT_LE(0, ear);
	ASSERT_RC(0, u64_set(self->map, 7, 70, 0, 0));
	ASSERT_RC(0, u64_delete(self->map, 7));
	ASSERT_EQ(sizeof(*event) + 8, hear(ear, self->room, ROOM));
	EXPECT_EQ(TTLMAP_EVENT_NO_VALUE, event->flags);
	EXPECT_EQ(8, event->value_len);
	EXPECT_EQ(7, u64_of(event, false));
	close(ear);
}

TEST_F(listen, counters_tell_what_they_were)
{
	u64 sum;

	close(self->ear);
	close(self->map);
	ASSERT_FD(self->map, make(TTLMAP_F_COUNTERS, 10));
	self->ear = ear_of(ALL, 0, 0);
	ASSERT_LE(0, self->ear);
	ASSERT_RC(0, u64_add(self->map, 1, 5, &sum));
	ASSERT_RC(0, u64_add(self->map, 1, 6, &sum));
	ASSERT_RC(0, u64_delete(self->map, 1));
	EXPECT_EVENT(DELETED, 1, 11);
}

/* ---- room */

TEST_F(listen, what_does_not_fit_is_counted)
{
	int ear = ear_of(ALL, 0, 8192);
	u64 told = 0, dropped = 0;
	ssize_t n;

	ASSERT_LE(0, ear);
	ASSERT_RC(0, u64_fill(self->map, 0, 500, 0));
	ASSERT_RC(0, u64_empty(self->map, 0, 500));
	while ((n = hear(ear, self->room, 1000)) > 0) {
		for_each_event(event, self->room, n) {
			EXPECT_EQ(told++, u64_of(event, false));
			dropped += event->dropped;
		}
	}
	EXPECT_EQ(-EAGAIN, n);
	EXPECT_EQ(8192 / (sizeof(struct ttlmap_event) + 16), told);
	EXPECT_EQ(0, dropped);
	/* The next one tells of them. */
	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	ASSERT_RC(0, u64_delete(self->map, 1));
	ASSERT_LT(0, hear(ear, self->room, ROOM));
	EXPECT_EQ(500 - told, ((struct ttlmap_event *)self->room)->dropped);
	close(ear);
}

/* Memory that is not there, which the compiler must not know. */
static void *nowhere(void)
{
	void *at = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(at, 4096);
	return at;
}

TEST_F(listen, events_are_read_whole_or_not_at_all)
{
	size_t size = sizeof(struct ttlmap_event) + 16;

	ASSERT_RC(0, u64_fill(self->map, 0, 3, 0));
	ASSERT_RC(0, u64_empty(self->map, 0, 3));
	EXPECT_EQ(-EMSGSIZE, hear(self->ear, self->room, size - 1));
	EXPECT_EQ(-EFAULT, hear(self->ear, nowhere(), size));
	EXPECT_EQ(size, hear(self->ear, self->room, 2 * size - 1));
	EXPECT_EQ(0, u64_of((void *)self->room, false));
	EXPECT_EQ(2 * size, hear(self->ear, self->room, ROOM));
	EXPECT_EQ(1, u64_of((void *)self->room, false));
	EXPECT_SILENCE();
}

TEST_F(listen, memory_is_counted)
{
	u64 before, with;
	int ear;

	ASSERT_RC(0, map_stat(self->map, &self->stat));
	before = self->stat.table_bytes;
	ear = ear_of(ALL, 0, 1 << 20);
	ASSERT_LE(0, ear);
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	with = self->stat.table_bytes;
	EXPECT_LE(before + (1 << 20), with);
	EXPECT_TRUE(stat_adds_up(&self->stat));
	close(ear);
	ASSERT_TRUE(eventually(!map_stat(self->map, &self->stat) &&
			       self->stat.table_bytes < before + (1 << 20)));
}

/* ---- wrong calls */

TEST_F(listen, errors)
{
	int fd = map_open(NAME, BOTH), blind = map_open(NAME, TTLMAP_OPEN_WRITE);
	struct ttlmap_listen listen = { .events = ALL, .__reserved = 1 };

	ASSERT_LE(0, fd);
	ASSERT_LE(0, blind);
	EXPECT_RC(-EINVAL, hear(fd, self->room, ROOM));
	EXPECT_RC(-EINVAL, map_ioctl(fd, TTLMAP_IOC_LISTEN, &listen));
	EXPECT_RC(-EINVAL, listen_to(fd, 0, 0, 0));
	EXPECT_RC(-EINVAL, listen_to(fd, 1, 0, 0));
	EXPECT_RC(-EINVAL, listen_to(fd, ALL << 2, 0, 0));
	EXPECT_RC(-EINVAL, listen_to(fd, ALL, 2, 0));
	EXPECT_RC(-E2BIG, listen_to(fd, ALL, 0, TTLMAP_LISTEN_BYTES_MAX + 1));
	EXPECT_RC(-EBADF, listen_to(blind, ALL, 0, 0));
	EXPECT_RC(-EBADF, hear(blind, self->room, ROOM));
	EXPECT_RC(-EBUSY, listen_to(self->ear, ALL, 0, 0));
	EXPECT_RC(0, listen_to(fd, ALL, 0, TTLMAP_LISTEN_BYTES_MAX));
	close(fd);
	close(blind);
}

/* ---- at the same time */

static void *hear_one(void *arg)
{
	u64 room[64];

	return (void *)(long)hear(*(int *)arg, room, sizeof(room));
}

TEST_F(listen, a_reader_waits)
{
	pthread_t thread;
	void *n;

	ASSERT_EQ(0, fcntl(self->ear, F_SETFL, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, hear_one, &self->ear));
	sleep_ms(100);
	ASSERT_RC(0, u64_set(self->map, 1, 10, 0, 0));
	ASSERT_RC(0, u64_delete(self->map, 1));
	ASSERT_EQ(0, pthread_join(thread, &n));
	EXPECT_EQ(sizeof(struct ttlmap_event) + 16, (long)n);
}

#define KEYS	4
#define ROUNDS	3000ULL

static void *write_in_turn(void *arg)
{
	static _Atomic u64 turn[KEYS];
	int map = *(int *)arg;

	for (u64 i = 0; i < ROUNDS; i++) {
		u64 key = i % KEYS, value = atomic_fetch_add(&turn[key], 1) + 1;

		if (u64_set(map, key, value, 0, 0))
			return arg;
	}
	return NULL;
}

/*
 * Two threads replace each other's values: what an event tells to have gone is what
 * was there, each value once.
 */
TEST_F(listen, no_event_is_lost_or_told_twice)
{
	static u8 gone[KEYS][2 * ROUNDS + 1];
	int ear = ear_of(WHEN(REPLACED), 0, 1 << 20);
	pthread_t threads[2];
	u64 told = 0;
	ssize_t n;
	void *bad;

	ASSERT_LE(0, ear);
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, write_in_turn, &self->map));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &bad));
		EXPECT_EQ(NULL, bad);
	}
	while ((n = hear(ear, self->room, ROOM)) > 0) {
		for_each_event(event, self->room, n) {
			EXPECT_EQ(0, event->dropped);
			EXPECT_EQ(0, gone[u64_of(event, false)][u64_of(event, true)]++);
			told++;
		}
	}
	EXPECT_EQ(2 * ROUNDS - KEYS, told);
	close(ear);
}

static void *come_and_go(void *arg)
{
	_Atomic bool *done = arg;
	int ear;

	while (!atomic_load(done)) {
		ear = ear_of(ALL, 0, 0);
		if (ear < 0)
			return arg;
		close(ear);
	}
	return NULL;
}

TEST_F(listen, listeners_come_and_go_while_entries_do)
{
	_Atomic bool done = false;
	pthread_t thread;
	void *bad;

	ASSERT_EQ(0, pthread_create(&thread, NULL, come_and_go, &done));
	for (u64 i = 0; i < 20; i++) {
		ASSERT_RC(0, u64_fill(self->map, 0, 200, 0));
		ASSERT_RC(0, u64_empty(self->map, 0, 200));
	}
	atomic_store(&done, true);
	ASSERT_EQ(0, pthread_join(thread, &bad));
	EXPECT_EQ(NULL, bad);
}

TEST_HARNESS_MAIN
