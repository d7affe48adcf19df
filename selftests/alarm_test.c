// SPDX-License-Identifier: GPL-2.0
/*
 * A leak of each kind raises its alarm, which names the rule and who did it, and
 * which ends with the leak; maps that serve as caches raise none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"alarm.test"
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
/* From one sample to the next, and the unit of all times here. */
#define SAMPLE_MS	(50 * slowness())
#define SAMPLE_NS	(SAMPLE_MS * NSEC_PER_MSEC)
#define VALUE		1000	/* bytes: a thousand entries are more than 1 MiB */
#define CLIENTS		10
#define THREADS_MAX	64

FIXTURE(alarm) {
	int map;
	u64 usual_ms;
	struct ttlmap_stat stat;
};

static int make(u32 flags, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags, .key_max = 8, .value_max = VALUE,
		.max_entries = capacity, .mode = 0600, .name = NAME };
	struct ttlmap_listen listen = { .events = 1U << TTLMAP_EVENT_ALARM };
	int map, rc;

	map_unlink(NAME);
	map = map_create(&create);
	rc = map < 0 ? map : map_ioctl(map, TTLMAP_IOC_LISTEN, &listen);
	return rc ?: map;
}

FIXTURE_SETUP(alarm)
{
	self->usual_ms = parameter_read("sample_ms");
	ASSERT_RC(0, parameter_write("sample_ms", SAMPLE_MS));
	ASSERT_FD(self->map, make(0, 1000000));
}

FIXTURE_TEARDOWN(alarm)
{
	close(self->map);
	map_unlink(NAME);
	EXPECT_RC(0, parameter_write("sample_ms", self->usual_ms));
	EXPECT_TRUE(eventually(module_idle()));
}

static int put(int map, u64 key, u64 ttl_ns)
{
	static const char value[VALUE];
	struct ttlmap_op op = op_update(&key, 8, value, VALUE, ttl_ns, 0);

	return map_op(map, &op);
}

static int get(int map, u64 key)
{
	char value[VALUE];
	struct ttlmap_op op = op_lookup(&key, 8, value, VALUE);

	return map_op(map, &op);
}

/* What a program in front of a slow source does. */
static int fetch(int map, u64 key)
{
	int rc = get(map, key);

	return rc == -ENOENT ? put(map, key, 0) : rc;
}

/* ---- leaks */

/**
 * struct leak - what one or more threads do
 * @map: a descriptor
 * @step: does a little, counting in @n
 * @stop: asked to end
 * @rc: what went wrong, or 0
 * @thread: who does it
 * @threads: how many of @thread there are
 */
struct leak {
	int map;
	int (*step)(struct leak *leak);
	atomic_ullong n;
	atomic_bool stop;
	atomic_int rc;
	pthread_t thread[THREADS_MAX];
	int threads;
};

static void *leak_on(void *arg)
{
	struct leak *leak = arg;

	while (!atomic_load(&leak->stop) && !leak->rc)
		leak->rc = leak->step(leak);
	return NULL;
}

static void *leak_first(void *arg)
{
	struct leak *leak = arg;

	if (setpriority(PRIO_PROCESS, 0, -20))
		leak->rc = -errno;
	return leak_on(leak);
}

static int leak_thread(struct leak *leak, void *(*run)(void *))
{
	return -pthread_create(&leak->thread[leak->threads++], NULL, run, leak);
}

static int leak_begin(struct leak *leak)
{
	return leak_thread(leak, leak_on);
}

/* Leaves the module's workers a hundredth of each CPU, however slow these are. */
static int leak_begin_first(struct leak *leak)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int rc = 0;

	while (!rc && leak->threads < cpus && leak->threads < THREADS_MAX)
		rc = leak_thread(leak, leak_first);
	return rc;
}

static int leak_end(struct leak *leak)
{
	atomic_store(&leak->stop, true);
	while (leak->threads)
		pthread_join(leak->thread[--leak->threads], NULL);
	return leak->rc;
}

/* A quarter more in each window, and for seconds before the module's limit is reached. */
static int only_insert(struct leak *leak)
{
	u64 more = 50 + leak->n / 100;

	while (more--) {
		int rc = put(leak->map, leak->n++, 0);

		if (rc)
			return rc;
	}
	sleep_ms(SAMPLE_MS * 2 / 5);
	return 0;
}

/* What has expired as it comes in, faster than it is removed. */
static int insert_expired(struct leak *leak)
{
	return put(leak->map, leak->n++, 1);
}

/* Far faster than grace periods pass. */
static int only_replace(struct leak *leak)
{
	return put(leak->map, leak->n++ % 4, 0);
}

static int wait_for(int map, u32 rule, u32 on, struct ttlmap_alarm *alarm)
{
	struct pollfd ready = { .fd = map, .events = POLLPRI };
	struct {
		struct ttlmap_event event;
		struct ttlmap_alarm alarm;
	} told;

	do {
		if (poll(&ready, 1, 60000 * slowness()) != 1 || !(ready.revents & POLLPRI))
			return -ETIMEDOUT;
		if (read(map, &told, sizeof(told)) != sizeof(told) ||
		    told.event.event != TTLMAP_EVENT_ALARM)
			return -EPROTO;
		*alarm = told.alarm;
	} while (alarm->rule != rule || alarm->on != on);
	return 0;
}

/* What is said of a rule in debugfs: its state. */
static bool debugfs_says(int map, const char *line)
{
	char *text = map_text(map, "alarms");
	bool says = text && strstr(text, line);

	free(text);
	return says;
}

/* The kernel's log from now on. */
static int log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		return -errno;
	return log;
}

static int log_lines(int log, const char *has)
{
	char line[1024];
	ssize_t n;
	int lines = 0;

	while ((n = read(log, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		lines += !!strstr(line, has);
	}
	return lines;
}

TEST_F(alarm, growth_without_hits)
{
	struct leak leak = { .map = self->map, .step = only_insert };
	struct ttlmap_alarm alarm;
	int log;

	ASSERT_FD(log, log_open());
	ASSERT_RC(0, leak_begin(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_GROWTH, 1, &alarm));
	EXPECT_EQ(1, log_lines(log, ": alarm growth: "));
	close(log);
	EXPECT_LE(10, alarm.figure);
	EXPECT_EQ(10, alarm.threshold);
	EXPECT_EQ(100, alarm.owner_share);
	EXPECT_EQ(getpid(), alarm.owner_pid);
	EXPECT_STREQ("alarm_test", (char *)alarm.owner_command);
	EXPECT_TRUE(debugfs_says(self->map, "\ngrowth on "));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_LE(1, self->stat.alarms);
	EXPECT_LE(self->stat.alarms, self->stat.alarms_raised);
	EXPECT_RC(0, leak_end(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_GROWTH, 0, &alarm));
	EXPECT_TRUE(debugfs_says(self->map, "\ngrowth off "));
}

TEST_F(alarm, what_nobody_reads)
{
	struct leak leak = { .map = self->map, .step = only_insert };
	struct ttlmap_alarm alarm;

	ASSERT_RC(0, leak_begin(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_UNREAD, 1, &alarm));
	EXPECT_EQ(100, alarm.figure);
	EXPECT_RC(0, leak_end(&leak));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_UNREAD, 0, &alarm));
}

/* Both rules of what is stale find the same leak. */
TEST_F(alarm, what_expires_faster_than_it_is_removed)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ALARMS | TTLMAP_TUNE_ENTRIES,
		.max_entries = 100000,
		.alarms.threshold[TTLMAP_ALARM_OVERDUE] = NSEC_PER_MSEC };
	struct leak leak = { .map = self->map, .step = insert_expired };
	struct ttlmap_alarm stale, overdue;

	ASSERT_RC(0, map_tune(self->map, tune));
	ASSERT_RC(0, leak_begin_first(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_STALE, 1, &stale));
	EXPECT_TRUE(eventually(debugfs_says(self->map, "\noverdue on ")));
	EXPECT_RC(0, leak_end(&leak));
	EXPECT_LE(25, stale.figure);
	EXPECT_EQ(25, stale.threshold);
	EXPECT_EQ(getpid(), stale.owner_pid);
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_OVERDUE, 0, &overdue));
	EXPECT_GT(NSEC_PER_MSEC, overdue.figure);
	EXPECT_EQ(NSEC_PER_MSEC, overdue.threshold);
	EXPECT_TRUE(eventually(debugfs_says(self->map, "\nstale off ")));
}

TEST_F(alarm, what_is_replaced_faster_than_it_is_freed)
{
	struct leak leak = { .map = self->map, .step = only_replace };
	struct ttlmap_alarm alarm;

	ASSERT_RC(0, leak_begin_first(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_RETIRED, 1, &alarm));
	EXPECT_LE(50, alarm.figure);
	EXPECT_EQ(50, alarm.threshold);
	EXPECT_EQ(getpid(), alarm.owner_pid);
	EXPECT_TRUE(debugfs_says(self->map, "\nretired on "));
	EXPECT_RC(0, leak_end(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_RETIRED, 0, &alarm));
}

/* Nine of ten serve what they have asked for; one inserts and never reads. */
TEST_F(alarm, one_of_many)
{
	int client[CLIENTS];
	struct leak leak = { .n = 1 << 20, .step = only_insert };
	struct ttlmap_alarm alarm;

	for (u64 i = 0; i < CLIENTS; i++) {
		ASSERT_FD(client[i], map_open(NAME, BOTH));
		for (u64 k = 0; k < 200; k++) {
			ASSERT_RC(0, fetch(client[i], i * 1000 + k % 100));
			ASSERT_RC(0, fetch(client[i], i * 1000 + k % 100));
		}
	}
	leak.map = client[7];
	ASSERT_RC(0, leak_begin(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_OWNER, 1, &alarm));
	EXPECT_LE(50, alarm.figure);
	EXPECT_EQ(alarm.figure, alarm.owner_share);
	EXPECT_EQ(getpid(), alarm.owner_pid);
	EXPECT_RC(0, leak_end(&leak));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_OWNER, 0, &alarm));
	for (u64 i = 0; i < CLIENTS; i++)
		close(client[i]);
}

TEST_F(alarm, thresholds_are_the_maps_own)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ALARMS };
	struct leak leak = { .map = self->map, .step = only_insert };
	struct ttlmap_alarm alarm;

	for (u32 i = 0; i < TTLMAP_ALARMS; i++)
		tune.alarms.threshold[i] = TTLMAP_ALARM_NEVER;
	tune.alarms.threshold[TTLMAP_ALARM_UNREAD] = 99;
	ASSERT_RC(0, map_tune(self->map, tune));
	ASSERT_RC(0, leak_begin(&leak));
	EXPECT_RC(0, wait_for(self->map, TTLMAP_ALARM_UNREAD, 1, &alarm));
	EXPECT_EQ(99, alarm.threshold);
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(1, self->stat.alarms_raised);
	EXPECT_RC(0, leak_end(&leak));
	tune.alarms.hits_percent = 101;
	EXPECT_RC(-EINVAL, map_tune(self->map, tune));
	tune.alarms.hits_percent = 0;
	tune.what = TTLMAP_TUNE_TTL;
	EXPECT_RC(-EINVAL, map_tune(self->map, tune));
	ASSERT_RC(0, map_freeze(self->map));
	tune.what = TTLMAP_TUNE_ALARMS;
	EXPECT_RC(0, map_tune(self->map, tune));
}

/* ---- none */

/* No alarm was ever raised; where one was, what debugfs says of all is printed. */
static bool quiet(int map)
{
	struct ttlmap_stat stat;
	char *text;

	if (map_stat(map, &stat))
		return false;
	if (!stat.alarms_raised)
		return true;
	text = map_text(map, "alarms");
	printf("# %s\n", text ?: "");
	free(text);
	return false;
}

/* Warms up, then serves; with keys that are asked for once among those that come back. */
TEST_F(alarm, a_cache_raises_none)
{
	struct rng rng = rng_make(seed_from_env(1));
	u64 until = boottime_ns() + 60 * SAMPLE_NS, once = 1 << 30;

	while (boottime_ns() < until) {
		for (int i = 0; i < 100; i++) {
			u64 a = rng_below(&rng, 20000), b = rng_below(&rng, 20000);

			ASSERT_RC(0, fetch(self->map, a < b ? a : b));
			if (!(i % 2))
				ASSERT_RC(0, fetch(self->map, once++));
		}
		/* However fast a machine is, the module's limit is not reached. */
		sleep_ms(SAMPLE_MS / 10);
	}
	EXPECT_TRUE(quiet(self->map));
}

/*
 * All that it has known is loaded at once, by one of those who use it; and most of
 * that is not asked for any more.
 */
TEST_F(alarm, a_restart_raises_none)
{
	struct rng rng = rng_make(seed_from_env(2));
	int user[4];
	u64 until;

	for (int i = 0; i < 4; i++)
		ASSERT_FD(user[i], map_open(NAME, BOTH));
	/* However long that takes here, it is over before the next sample. */
	ASSERT_RC(0, parameter_write("sample_ms", 3600000));
	for (u64 key = 0; key < 5000; key++)
		ASSERT_RC(0, put(user[0], key, 0));
	ASSERT_RC(0, parameter_write("sample_ms", SAMPLE_MS));
	until = boottime_ns() + 40 * SAMPLE_NS;
	while (boottime_ns() < until)
		ASSERT_RC(0, fetch(user[rng_below(&rng, 4)], 4500 + rng_below(&rng, 1000)));
	EXPECT_TRUE(quiet(self->map));
	for (int i = 0; i < 4; i++)
		close(user[i]);
}

/* How long a grace period takes is a busy machine's affair, and no leak. */
static int ignore_grace_periods(int map)
{
	return map_tune(map, (struct ttlmap_tune){
		.what = TTLMAP_TUNE_ALARMS,
		.alarms.threshold[TTLMAP_ALARM_RETIRED] = TTLMAP_ALARM_NEVER });
}

/* By day there is much, by night little; all of it expires. */
TEST_F(alarm, day_and_night_raise_none)
{
	u64 key = 0;

	ASSERT_RC(0, ignore_grace_periods(self->map));
	for (u64 hour = 0; hour < 96; hour++) {
		u64 load = hour % 24 < 12 ? 300 : 20;

		while (load--) {
			ASSERT_RC(0, put(self->map, key, 4 * SAMPLE_NS));
			ASSERT_RC(0, get(self->map, key++));
		}
		sleep_ms(SAMPLE_MS);
	}
	EXPECT_TRUE(quiet(self->map));
}

/* Full, and new keys all the time: what is read once is what a cache is for. */
TEST_F(alarm, a_full_cache_raises_none)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 2000 };
	u64 until = boottime_ns() + 40 * SAMPLE_NS, key = 0;

	ASSERT_RC(0, ignore_grace_periods(self->map));
	ASSERT_RC(0, map_tune(self->map, tune));
	while (boottime_ns() < until)
		ASSERT_RC(0, fetch(self->map, key++));
	EXPECT_TRUE(quiet(self->map));
}

TEST_HARNESS_MAIN
