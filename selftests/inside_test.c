// SPDX-License-Identifier: GPL-2.0
/*
 * What debugfs tells of the entries of a map, compared with what was put into it: who
 * wrote them, when they were used, when they expire, how large they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "kmodules.h"

#define NAME		"inside.test"
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
#define ENTRY_BYTES	40	/* of an entry with key and value of 8 bytes */

static char *next_line(char **text)
{
	char *line = strsep(text, "\n");

	return line && *line ? line : NULL;
}

/* The number at the end of the line that begins with @name, -1 without one. */
static long long figure(int map, const char *file, const char *name)
{
	char *text = map_text(map, file), *at = text, *line;
	long long value = -1;

	while (at && (line = next_line(&at)))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ' ')
			value = strtoll(strrchr(line, ' '), NULL, 10);
	free(text);
	return value;
}

/* Of all classes of a histogram. */
static u64 figures_sum(int map, const char *file, const char *name)
{
	char *text = map_text(map, file), *at = text, *line;
	u64 low, count, sum = 0;
	char format[64];

	snprintf(format, sizeof(format), "%s %%llu-%%*[0-9] %%llu", name);
	while (at && (line = next_line(&at)))
		if (sscanf(line, format, &low, &count) == 2)
			sum += count;
	snprintf(format, sizeof(format), "%s %%llu- %%llu", name);
	free(text);
	text = map_text(map, file);
	at = text;
	while (at && (line = next_line(&at)))
		if (sscanf(line, format, &low, &count) == 2 && strstr(line, "- "))
			sum += count;
	free(text);
	return sum;
}

/* ---- owners */

struct owner {
	u64 id, entries, bytes, read_bytes, unexpiring, hits, inserts;
	unsigned int uid;
	int pid;
	char state[8], command[128];
};

static const char owner_columns[] =
	"# id pid uid state entries bytes read_bytes unexpiring_entries hits inserts command";

static bool parse_owner(const char *line, struct owner *owner)
{
	int end = 0;

	return sscanf(line, "%llu %d %u %7s %llu %llu %llu %llu %llu %llu %127s%n", &owner->id,
		      &owner->pid, &owner->uid, owner->state, &owner->entries, &owner->bytes,
		      &owner->read_bytes, &owner->unexpiring, &owner->hits, &owner->inserts,
		      owner->command, &end) == 11 && !line[end];
}

/* Returns how many there are, or -1 if they cannot be read. */
static int owners_of(int map, struct owner *owners, int room)
{
	char *text = map_text(map, "owners"), *at = text, *line;
	int n = 0;

	if (!text || strcmp(next_line(&at) ?: "", owner_columns)) {
		free(text);
		return -1;
	}
	while ((line = next_line(&at)) && n < room && parse_owner(line, &owners[n]))
		n++;
	free(text);
	return line ? -1 : n;
}

static bool owner_with_pid(int map, int pid, struct owner *owner)
{
	struct owner owners[64];
	int n = owners_of(map, owners, 64);

	for (int i = 0; i < n; i++) {
		if (owners[i].pid != pid)
			continue;
		*owner = owners[i];
		return true;
	}
	return false;
}

FIXTURE(owners) {
	int map;
};

FIXTURE_SETUP(owners)
{
	map_unlink(NAME);
	ASSERT_FD(self->map, map_create_named(NAME, 0600, 20000));
}

FIXTURE_TEARDOWN(owners)
{
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* A process of another name that writes so many entries, says so, and waits. */
struct client {
	int pid, said, go;
};

static void client_run(const char *name, u64 first, u64 count, u64 ttl_ns, int say, int wait)
{
	char byte = 0;
	int map;

	prctl(PR_SET_NAME, name);
	map = map_open(NAME, BOTH);
	if (map < 0 || u64_fill(map, first, count, ttl_ns))
		_exit(1);
	if (write(say, &byte, 1) != 1 || read(wait, &byte, 1) != 1)
		_exit(1);
	_exit(0);
}

static bool client_start(struct client *client, const char *name, u64 first, u64 count,
			 u64 ttl_ns)
{
	int said[2], go[2];
	char byte;

	if (pipe(said) || pipe(go))
		return false;
	client->pid = fork();
	if (!client->pid) {
		close(go[1]);
		client_run(name, first, count, ttl_ns, said[1], go[0]);
	}
	close(said[1]);
	close(go[0]);
	client->said = said[0];
	client->go = go[1];
	return client->pid > 0 && read(client->said, &byte, 1) == 1;
}

/* Those that were forked later have its pipe as well: closing it would end nothing. */
static bool client_stop(struct client *client)
{
	int status = write(client->go, "", 1) == 1 ? 0 : -1;

	if (status)
		return false;
	close(client->go);
	waitpid(client->pid, &status, 0);
	close(client->said);
	return !status;
}

TEST_F(owners, each_process_has_a_line)
{
	static const char * const names[] = { "first", "second one", "\\third\n\303\251" };
	static const char * const shown[] = { "first", "second\\040one",
					      "\\134third\\012\\303\\251" };
	struct client clients[3];
	struct owner owner;

	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(client_start(&clients[i], names[i], i * 1000, 100 * (i + 1),
					 i ? HOUR_NS : 0));
	for (int i = 0; i < 3; i++) {
		ASSERT_TRUE(owner_with_pid(self->map, clients[i].pid, &owner));
		EXPECT_STREQ(shown[i], owner.command);
		EXPECT_STREQ("live", owner.state);
		EXPECT_EQ(getuid(), owner.uid);
		EXPECT_EQ(100 * (i + 1), owner.entries);
		EXPECT_EQ(100 * (i + 1), owner.inserts);
		EXPECT_EQ(100 * (i + 1) * ENTRY_BYTES, owner.bytes);
		EXPECT_EQ(0, owner.read_bytes);
		EXPECT_EQ(i ? 0 : 100, owner.unexpiring);
		EXPECT_NE(0, owner.id);
	}
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(client_stop(&clients[i]));
	ASSERT_TRUE(owner_with_pid(self->map, clients[1].pid, &owner));
	EXPECT_STREQ("gone", owner.state);
	EXPECT_EQ(200, owner.entries);
	ASSERT_RC(0, u64_empty(self->map, 1000, 200));
	EXPECT_FALSE(owner_with_pid(self->map, clients[1].pid, &owner));
	EXPECT_TRUE(owner_with_pid(self->map, clients[2].pid, &owner));
}

TEST_F(owners, whoever_writes_last_has_it)
{
	struct owner mine, other;
	struct client client;
	u64 value;

	ASSERT_TRUE(client_start(&client, "other", 0, 100, 0));
	ASSERT_RC(0, u64_fill(self->map, 50, 100, HOUR_NS));
	EXPECT_EQ(100, u64_count_present(self->map, 0, 100));
	EXPECT_RC(0, u64_get(self->map, 0, &value));
	ASSERT_TRUE(owner_with_pid(self->map, getpid(), &mine));
	ASSERT_TRUE(owner_with_pid(self->map, client.pid, &other));
	EXPECT_EQ(100, mine.entries);
	EXPECT_EQ(0, mine.unexpiring);
	EXPECT_EQ(101, mine.hits);
	EXPECT_EQ(50 * ENTRY_BYTES, mine.read_bytes);
	EXPECT_EQ(50, other.entries);
	EXPECT_EQ(50, other.unexpiring);
	EXPECT_EQ(100, other.inserts);
	EXPECT_EQ(0, other.hits);
	EXPECT_EQ(50 * ENTRY_BYTES, other.read_bytes);
	EXPECT_EQ(50 * ENTRY_BYTES, figure(self->map, "stats", "unread_bytes"));
	EXPECT_TRUE(client_stop(&client));
}

/* They are all told of, and those who have gone and left nothing cost nothing. */
TEST_F(owners, many_come_and_go)
{
	u64 usual_ms = parameter_read("sample_ms");
	struct ttlmap_stat before, after;
	struct owner owners[64];

	ASSERT_RC(0, map_stat(self->map, &before));
	for (int i = 0; i < 2000; i++) {
		int map = map_open(NAME, BOTH);

		ASSERT_LE(0, map);
		EXPECT_RC(0, u64_set(map, i % 10, i, 0, 0));
		close(map);
	}
	EXPECT_EQ(11, owners_of(self->map, owners, 64));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_EQ(1, owners_of(self->map, owners, 64));
	EXPECT_RC(0, parameter_write("sample_ms", 10));
	EXPECT_TRUE(eventually(!map_stat(self->map, &after) &&
			       after.table_bytes < before.table_bytes + 32768));
	EXPECT_RC(0, parameter_write("sample_ms", usual_ms));
}

#define WRITERS		3
#define KEYS		2000

/**
 * struct writer - a thread with a descriptor and keys of its own
 * @map: descriptor
 * @first: of its keys
 * @there: which of them it has written and not removed
 * @read: which of those it has read since
 * @unexpiring: which never expire
 */
struct writer {
	pthread_t thread;
	int map;
	u64 first, seed, hits, inserts;
	bool there[KEYS], read[KEYS], unexpiring[KEYS];
	int failed;
};

static atomic_bool stop;

static void write_one(struct writer *writer, struct rng *rng, u64 i)
{
	u64 value, key = writer->first + i;

	switch (rng_below(rng, 4)) {
	case 0:
		writer->failed |= u64_set(writer->map, key, i, 0, 0);
		writer->unexpiring[i] = true;
		break;
	case 1:
		writer->failed |= u64_set(writer->map, key, i, HOUR_NS, 0);
		writer->unexpiring[i] = false;
		break;
	case 2:
		writer->failed |= u64_delete(writer->map, key) != (writer->there[i] ? 0 : -ENOENT);
		writer->there[i] = false;
		return;
	default:
		if (!u64_get(writer->map, key, &value)) {
			writer->hits++;
			writer->read[i] = true;
		}
		return;
	}
	writer->there[i] = true;
	writer->read[i] = false;
	writer->inserts++;
}

static void *write_always(void *arg)
{
	struct writer *writer = arg;
	struct rng rng = rng_make(writer->seed);

	while (!stop)
		write_one(writer, &rng, rng_below(&rng, KEYS));
	return NULL;
}

static struct owner expected(const struct writer *writer)
{
	struct owner owner = { .hits = writer->hits, .inserts = writer->inserts };

	for (int i = 0; i < KEYS; i++) {
		if (!writer->there[i])
			continue;
		owner.entries++;
		owner.bytes += ENTRY_BYTES;
		owner.read_bytes += writer->read[i] ? ENTRY_BYTES : 0;
		owner.unexpiring += writer->unexpiring[i];
	}
	return owner;
}

/* Owners come in the order of their numbers, which they got when they were opened. */
TEST_F(owners, figures_are_exact_after_load)
{
	static struct writer writers[WRITERS];
	struct owner owners[64];
	int looks = 0;

	memset(writers, 0, sizeof(writers));
	for (u64 i = 0; i < WRITERS; i++) {
		writers[i].map = map_open(NAME, BOTH);
		writers[i].first = 100000 * i;
		writers[i].seed = seed_from_env(7) + i;
		ASSERT_LE(0, writers[i].map);
	}
	stop = false;
	for (int i = 0; i < WRITERS; i++)
		pthread_create(&writers[i].thread, NULL, write_always, &writers[i]);
	for (u64 end = boottime_ns() + 3 * slowness() * NSEC_PER_SEC; boottime_ns() < end;
	     looks++) {
		ASSERT_EQ(1 + WRITERS, owners_of(self->map, owners, 64));
		for (int i = 0; i <= WRITERS; i++) {
			EXPECT_GE(KEYS + 1, owners[i].entries);
			EXPECT_GE((KEYS + 1) * ENTRY_BYTES, owners[i].bytes);
			EXPECT_GE((KEYS + 1) * ENTRY_BYTES, owners[i].read_bytes);
		}
	}
	stop = true;
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i].thread, NULL);
	ASSERT_EQ(1 + WRITERS, owners_of(self->map, owners, 64));
	for (int i = 0; i < WRITERS; i++) {
		struct owner want = expected(&writers[i]), seen = owners[i + 1];

		EXPECT_EQ(0, writers[i].failed);
		EXPECT_LT(0, want.read_bytes);
		EXPECT_EQ(want.entries, seen.entries);
		EXPECT_EQ(want.bytes, seen.bytes);
		EXPECT_EQ(want.read_bytes, seen.read_bytes);
		EXPECT_EQ(want.unexpiring, seen.unexpiring);
		EXPECT_EQ(want.hits, seen.hits);
		EXPECT_EQ(want.inserts, seen.inserts);
		close(writers[i].map);
	}
	EXPECT_LT(3, looks);
}

/* ---- what entries there are */

FIXTURE(inside) {
	int map;
	struct ttlmap_stat stat;
};

FIXTURE_VARIANT(inside) {
	u32 flags;
	u64 capacity;
};

FIXTURE_VARIANT_ADD(inside, small) { .capacity = 60 };
FIXTURE_VARIANT_ADD(inside, large) { .capacity = 5000 };
FIXTURE_VARIANT_ADD(inside, private) { .capacity = 50, .flags = TTLMAP_F_PRIVATE };

FIXTURE_SETUP(inside)
{
	struct ttlmap_create create = { .flags = variant->flags, .key_max = 200,
		.value_max = 10000, .max_entries = variant->capacity };

	ASSERT_FD(self->map, map_create(&create));
}

FIXTURE_TEARDOWN(inside)
{
	close(self->map);
}

TEST_F(inside, ttls)
{
	static const struct {
		const char *name;
		u64 ttl_ns;
	} kinds[] = {
		{ "within_1min", 59 * NSEC_PER_SEC }, { "within_10min", 500 * NSEC_PER_SEC },
		{ "within_1h", 3000 * NSEC_PER_SEC }, { "later", 10 * HOUR_NS }, { "never", 0 },
	};
	u64 key = 0, sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		ASSERT_RC(0, u64_fill(self->map, key, i + 1, kinds[i].ttl_ns));
		key += i + 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_EQ(i + 1, figure(self->map, "ttls", kinds[i].name));
		sum += i + 1;
	}
	EXPECT_EQ(0, figure(self->map, "ttls", "expired"));
	EXPECT_EQ(0, figure(self->map, "ttls", "within_1s"));
	EXPECT_EQ(0, figure(self->map, "ttls", "within_10s"));
	EXPECT_EQ(sum, map_entries(self->map));
}

TEST_F(inside, sizes)
{
	static char value[10000];
	struct ttlmap_stat stat;
	char *text, *at, *line;
	u64 key, low, high, n, bytes, entries = 0, total = 0;

	ASSERT_RC(0, u64_fill(self->map, 0, 10, 0));
	for (key = 10; key < 13; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, 3000 * (key - 9), 0, 0);

		ASSERT_RC(0, map_op(self->map, &op));
	}
	ASSERT_RC(0, map_stat(self->map, &stat));
	text = map_text(self->map, "sizes");
	at = text;
	while (at && (line = next_line(&at))) {
		high = ~0ULL;
		if (sscanf(line, "entry_bytes %llu-%llu %llu %llu", &low, &high, &n, &bytes) != 4)
			ASSERT_EQ(3, sscanf(line, "entry_bytes %llu- %llu %llu", &low, &n, &bytes));
		EXPECT_LE(n * low, bytes);
		EXPECT_LE(bytes / (n ?: 1), high);
		if (low <= ENTRY_BYTES && high >= ENTRY_BYTES)
			EXPECT_EQ(10, n);
		entries += n;
		total += bytes;
	}
	free(text);
	EXPECT_EQ(13, entries);
	EXPECT_EQ(stat.live_bytes, total);
}

/* Entries idle for at least so long, in whole classes. */
static u64 idle_from(int map, u64 seconds)
{
	char *text = map_text(map, "ages"), *at = text, *line;
	u64 low, count, sum = 0;

	while (at && (line = next_line(&at)))
		if (sscanf(line, "idle_s %llu-", &low) == 1 && low >= seconds) {
			count = strtoull(strrchr(line, ' '), NULL, 10);
			sum += count;
		}
	free(text);
	return sum;
}

/* A map for few entries knows to the tick; a larger one since somebody looked. */
TEST_F(inside, ages)
{
	u64 value;

	ASSERT_RC(0, u64_fill(self->map, 0, 40, 0));
	sleep_ms(2500);
	EXPECT_EQ(40, idle_from(self->map, 2));
	EXPECT_EQ(0, idle_from(self->map, 64));
	for (u64 key = 0; key < 15; key++)
		ASSERT_RC(0, u64_get(self->map, key, &value));
	EXPECT_EQ(25, idle_from(self->map, 2));
	EXPECT_EQ(40, idle_from(self->map, 0));
}

TEST_F(inside, oldest)
{
	static const char columns[] = "# idle_ns ttl_ns key_bytes value_bytes bytes owner key";
	static const char hard[] = "a \\\n\177\377z";
	struct ttlmap_op op = op_update(hard, sizeof(hard), "value", 5, HOUR_NS, 0);
	u64 idle, before = ~0ULL, ttl, owner, wanted = variant->capacity < 64 ? 33 : 0;
	char *text, *at, *line, key[512], long_key[100];
	unsigned int key_bytes, value_bytes, bytes;
	int lines = 0;

	ASSERT_RC(0, map_op(self->map, &op));
	sleep_ms(1200);
	memset(long_key, 'k', sizeof(long_key));
	op = op_update(long_key, sizeof(long_key), NULL, 0, 0, 0);
	/* Looking begins another epoch, where its length matters. */
	free(map_text(self->map, "ages"));
	ASSERT_RC(0, map_op(self->map, &op));
	text = map_text(self->map, "oldest");
	ASSERT_NE(NULL, text);
	at = text;
	EXPECT_STREQ(columns, next_line(&at) ?: "");
	while ((line = next_line(&at))) {
		ASSERT_EQ(7, sscanf(line, "%llu %llu %u %u %u %llu %511s", &idle, &ttl,
				    &key_bytes, &value_bytes, &bytes, &owner, key));
		EXPECT_GE(before, idle);
		EXPECT_NE(0, owner);
		before = idle;
		if (lines++) {
			EXPECT_EQ(~0ULL, ttl);
			EXPECT_EQ(100, key_bytes);
			EXPECT_EQ(0, value_bytes);
			EXPECT_EQ(variant->flags ? 1 : 64, strlen(key));
			EXPECT_GE(NSEC_PER_SEC, idle);
			continue;
		}
		EXPECT_GT(HOUR_NS, ttl);
		EXPECT_LT(HOUR_NS - 60 * slowness() * NSEC_PER_SEC, ttl);
		EXPECT_EQ(sizeof(hard), key_bytes);
		EXPECT_EQ(5, value_bytes);
		EXPECT_LE(NSEC_PER_SEC, idle);
		EXPECT_STREQ(variant->flags ? "-" : "a\\040\\134\\012\\177\\377z\\000", key);
	}
	free(text);
	EXPECT_EQ(2, lines);
	ASSERT_RC(0, u64_fill(self->map, 0, 40, 0));
	text = map_text(self->map, "oldest");
	lines = 0;
	for (at = text; next_line(&at);)
		lines++;
	EXPECT_EQ(33, lines) TH_LOG("%llu", wanted);
	free(text);
}

TEST_F(inside, stale)
{
	ASSERT_RC(0, u64_fill(self->map, 0, 40, 100 * NSEC_PER_MSEC));
	EXPECT_TRUE(eventually(map_entries(self->map) == 0));
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(40, self->stat.expired);
	EXPECT_EQ(40, figures_sum(self->map, "stale", "lag_ms"));
	EXPECT_EQ(0, figure(self->map, "stale", "stale_entries"));
	EXPECT_EQ(0, figure(self->map, "stale", "stale_bytes"));
	EXPECT_EQ(0, figure(self->map, "stale", "oldest_stale_ns"));
	EXPECT_EQ(self->stat.expire_lag_max_ns, figure(self->map, "stale", "expire_lag_max_ns"));
}

/* A frozen map keeps what has expired: all of it is there to be counted. */
TEST_F(inside, stale_in_a_frozen_map)
{
	u64 begin = boottime_ns(), due = 300 * NSEC_PER_MSEC, end, oldest;

	ASSERT_RC(0, u64_fill(self->map, 0, 30, due));
	ASSERT_RC(0, u64_fill(self->map, 30, 10, 0));
	end = boottime_ns();
	ASSERT_RC(0, map_freeze(self->map));
	sleep_until(end + due);
	EXPECT_EQ(30, figure(self->map, "stale", "stale_entries"));
	EXPECT_EQ(30 * ENTRY_BYTES, figure(self->map, "stale", "stale_bytes"));
	EXPECT_EQ(30, figure(self->map, "ttls", "expired"));
	EXPECT_EQ(10, figure(self->map, "ttls", "never"));
	oldest = figure(self->map, "stale", "oldest_stale_ns");
	EXPECT_GE(boottime_ns() - begin - due, oldest);
	EXPECT_LE(boottime_ns() - end - due, oldest + 10 * slowness() * NSEC_PER_SEC);
	ASSERT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(30, self->stat.stale_entries);
	EXPECT_EQ(30 * ENTRY_BYTES, self->stat.stale_bytes);
	EXPECT_EQ(10 * ENTRY_BYTES, self->stat.live_bytes);
	EXPECT_EQ(0, figures_sum(self->map, "stale", "lag_ms"));
}

/* As long as a reader stands in the way, all that was removed is there. */
TEST_F(inside, retired_while_somebody_reads)
{
	ASSERT_RC(0, u64_fill(self->map, 0, 40, 0));
	ASSERT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
	ASSERT_RC(0, kmodule_load("hold_rcu", ""));
	EXPECT_RC(0, u64_empty(self->map, 0, 30));
	EXPECT_RC(0, u64_fill(self->map, 30, 5, 0));
	EXPECT_EQ(35, figure(self->map, "retired", "retired_entries"));
	EXPECT_EQ(35 * ENTRY_BYTES, figure(self->map, "retired", "retired_bytes"));
	EXPECT_RC(0, map_stat(self->map, &self->stat));
	EXPECT_EQ(35, self->stat.retired_entries);
	EXPECT_EQ(35 * ENTRY_BYTES + figure(self->map, "retired", "retired_table_bytes"),
		  self->stat.retired_bytes);
	EXPECT_EQ(10 * ENTRY_BYTES, self->stat.live_bytes);
	EXPECT_RC(0, kmodule_unload("hold_rcu"));
	EXPECT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
}

TEST_F(inside, retired)
{
	ASSERT_RC(0, u64_fill(self->map, 0, 40, 0));
	ASSERT_RC(0, map_clear(self->map));
	EXPECT_LT(0, figure(self->map, "retired", "retire_limit_bytes"));
	EXPECT_EQ(0, figure(self->map, "retired", "retire_waits"));
	EXPECT_TRUE(eventually(figure(self->map, "retired", "retired_entries") == 0));
	EXPECT_EQ(0, figure(self->map, "retired", "retired_bytes"));
	EXPECT_TRUE(eventually(figure(self->map, "retired", "retired_table_bytes") == 0));
}

TEST_F(inside, growth)
{
	char *text, *at, *line;
	u64 depth, n, segments = 0, parts = 0;

	ASSERT_RC(0, u64_fill(self->map, 0, variant->capacity * 3, 0));
	ASSERT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
	EXPECT_EQ(self->stat.segments, figure(self->map, "growth", "segments"));
	EXPECT_EQ(self->stat.directory_slots, figure(self->map, "growth", "directory_slots"));
	EXPECT_EQ(self->stat.splits, figure(self->map, "growth", "splits"));
	EXPECT_EQ(self->stat.merges, figure(self->map, "growth", "merges"));
	EXPECT_EQ(self->stat.directory_resizes, figure(self->map, "growth", "directory_resizes"));
	EXPECT_GE(1, figure(self->map, "growth", "worst_splits"));
	EXPECT_LE(4, figure(self->map, "growth", "worst_evict_buckets"));
	text = map_text(self->map, "growth");
	at = text;
	while (at && (line = next_line(&at)))
		if (sscanf(line, "segment_depth %llu %llu", &depth, &n) == 2) {
			segments += n;
			parts += n << (40 - depth);
		}
	free(text);
	EXPECT_EQ(self->stat.segments, segments);
	EXPECT_EQ(1ULL << 40, parts);
}

TEST(version)
{
	char *text = file_read(DEBUGFS "/version");

	EXPECT_STREQ("1\n", text ?: "");
	free(text);
}

/* What one class or another has counted. */
static u64 took(int map, const char *name)
{
	return figures_sum(map, "latency", name);
}

TEST_F(inside, latency)
{
	u64 lookups, updates;

	ASSERT_RC(0, u64_fill(self->map, 0, 10, 0));
	EXPECT_EQ(0, took(self->map, "update_ns"));
	EXPECT_EQ(0, figure(self->map, "latency", "enabled"));
	ASSERT_RC(0, parameter_write("latency", 1));
	EXPECT_EQ(1, figure(self->map, "latency", "enabled"));
	ASSERT_RC(0, u64_fill(self->map, 10, 20, 50 * NSEC_PER_MSEC));
	lookups = 40;
	u64_count_present(self->map, 0, lookups);
	EXPECT_TRUE(eventually(map_entries(self->map) == 10));
	EXPECT_EQ(20, took(self->map, "update_ns"));
	EXPECT_EQ(lookups, took(self->map, "lookup_ns"));
	EXPECT_LT(0, took(self->map, "expire_ns"));
	ASSERT_RC(0, parameter_write("latency", 0));
	updates = took(self->map, "update_ns");
	ASSERT_RC(0, u64_fill(self->map, 0, 10, 0));
	EXPECT_EQ(updates, took(self->map, "update_ns"));
	EXPECT_EQ(0, figure(self->map, "latency", "enabled"));
}

/* ---- what became of it */

static const char sample_columns[] =
	"# period_s time_ns entries live_bytes stale_bytes retired_bytes table_bytes unread_bytes "
	"hits misses inserts replaces deletes expired evicted owner_gone";

/* The columns from "entries" on, as an array. */
#define FIGURES	14

enum {
	ENTRIES, LIVE, STALE, RETIRED, TABLE, UNREAD,
	HITS, MISSES, INSERTS, REPLACES, DELETES, EXPIRED, EVICTED, OWNER_GONE,
};

static bool parse_sample(char *line, u64 *period, u64 *time, u64 *figures)
{
	char *end;

	*period = strtoull(line, &end, 10);
	*time = strtoull(end, &end, 10);
	for (int i = 0; i < FIGURES; i++)
		figures[i] = strtoull(end, &end, 10);
	return !*end;
}

/* Of the finest samples: sums of what was done, and the last of what was there. */
static int history_of(int map, u64 *figures)
{
	char *text = map_text(map, "history"), *at = text, *line;
	u64 period, time, before = 0, sample[FIGURES];
	int n = 0;

	memset(figures, 0, FIGURES * sizeof(*figures));
	if (!text || strcmp(next_line(&at) ?: "", sample_columns))
		n = -1;
	while (n >= 0 && (line = next_line(&at))) {
		if (!parse_sample(line, &period, &time, sample) || (!period && time <= before)) {
			n = -1;
		} else if (!period) {
			for (int i = 0; i < FIGURES; i++)
				figures[i] = i < HITS ? sample[i] : figures[i] + sample[i];
			before = time;
			n++;
		}
	}
	free(text);
	return n;
}

static bool history_tells(int map, const u64 *wanted)
{
	u64 figures[FIGURES];

	return history_of(map, figures) > 0 &&
	       !memcmp(figures, wanted, FIGURES * sizeof(*wanted));
}

/* Samples end when nothing changes; until then the finest go back for seconds. */
TEST(history)
{
	struct ttlmap_create create = MAP_8_8(100);
	u64 usual_ms = parameter_read("sample_ms"), value;
	u64 wanted[FIGURES] = {
		[ENTRIES] = 97, [LIVE] = 97 * ENTRY_BYTES, [UNREAD] = 95 * ENTRY_BYTES,
		[HITS] = 6, [MISSES] = 15, [INSERTS] = 111, [REPLACES] = 5, [DELETES] = 3,
		[EXPIRED] = 1, [EVICTED] = 10,
	};
	struct ttlmap_stat stat;
	int map;

	ASSERT_RC(0, parameter_write("sample_ms", 400));
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, 110, 0));
	ASSERT_RC(0, u64_fill(map, 105, 5, 0));
	EXPECT_EQ(5, u64_count_present(map, 105, 20));
	ASSERT_RC(0, u64_empty(map, 105, 2));
	ASSERT_RC(0, u64_pop(map, 107, &value));
	ASSERT_RC(0, u64_set(map, 1000, 0, 1, 0));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat) && stat.expired == 1));
	wanted[TABLE] = stat.table_bytes;
	EXPECT_TRUE(eventually(history_tells(map, wanted)));
	close(map);
	EXPECT_RC(0, parameter_write("sample_ms", usual_ms));
}

/* Each rule has a line, with the threshold that the map has now. */
TEST_F(inside, alarms)
{
	static const char columns[] =
		"# rule state since_ns raised figure threshold owner_id owner_pid owner_share "
		"command";
	static const struct {
		const char *name;
		u64 threshold;
	} rules[TTLMAP_ALARMS] = {
		[TTLMAP_ALARM_GROWTH] = { "growth", 10 },
		[TTLMAP_ALARM_UNREAD] = { "unread", 90 },
		[TTLMAP_ALARM_OWNER] = { "owner", 50 },
		[TTLMAP_ALARM_STALE] = { "stale", 25 },
		[TTLMAP_ALARM_OVERDUE] = { "overdue", 10 * NSEC_PER_SEC },
		[TTLMAP_ALARM_RETIRED] = { "retired", 50 },
		[TTLMAP_ALARM_COLLISIONS] = { "collisions", 7 },
	};
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ALARMS,
		.alarms.threshold[TTLMAP_ALARM_COLLISIONS] = 7 };
	char *text, *at, wanted[128];

	ASSERT_RC(0, map_tune(self->map, tune));
	text = map_text(self->map, "alarms");
	at = text;
	ASSERT_NE(NULL, text);
	EXPECT_STREQ(columns, next_line(&at));
	for (u32 i = 0; i < TTLMAP_ALARMS; i++) {
		snprintf(wanted, sizeof(wanted), "%s off 0 0 0 %llu 0 0 0 -", rules[i].name,
			 rules[i].threshold);
		EXPECT_STREQ(wanted, next_line(&at) ?: "");
	}
	EXPECT_EQ(NULL, next_line(&at));
	free(text);
}

/* ---- under load */

static const char * const files[] = {
	"stats", "occupancy", "growth", "ages", "ttls", "sizes", "stale", "retired", "owners",
	"oldest", "latency", "history", "alarms",
};

static void *churn(void *arg)
{
	int map = *(int *)arg;

	for (u64 i = 0; !stop; i += 500)
		u64_fill(map, i % 100000, 1000, i % 2000 ? 0 : 50 * NSEC_PER_MSEC);
	return NULL;
}

#define STAY		3000
#define STAY_VALUE	200	/* bytes: no others are of that size */
#define STAY_BYTES	240

static int fill_what_stays(int map)
{
	static const char value[STAY_VALUE];
	int rc = 0;

	for (u64 key = 1ULL << 40; !rc && key < (1ULL << 40) + STAY; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, sizeof(value), 10 * HOUR_NS, 0);

		rc = map_op(map, &op);
	}
	return rc;
}

/* So many slots, and so many entries by where they lie, are in use at least. */
static bool occupied(int map, u64 least)
{
	char *text = map_text(map, "occupancy"), *at = text, *line;
	u64 slots = 0, probed = 0, key, n;

	while (at && (line = next_line(&at))) {
		if (sscanf(line, "bucket_slots %llu %llu", &key, &n) == 2)
			slots += key * n;
		if (sscanf(line, "probe_length %llu %llu", &key, &n) == 2)
			probed += n;
	}
	free(text);
	return slots >= least && probed >= least;
}

/* Entries that stay throughout are in every figure, whatever else comes and goes. */
TEST(figures_under_load)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = STAY_VALUE,
		.max_entries = 200000, .mode = 0600, .name = NAME };
	struct owner owners[8];
	pthread_t thread;
	int map, stays, looks = 0;

	map_unlink(NAME);
	ASSERT_FD(map, map_create(&create));
	ASSERT_FD(stays, map_open(NAME, BOTH));
	ASSERT_RC(0, fill_what_stays(stays));
	stop = false;
	pthread_create(&thread, NULL, churn, &map);
	for (u64 end = boottime_ns() + 3 * slowness() * NSEC_PER_SEC; boottime_ns() < end;
	     looks++) {
		EXPECT_EQ(STAY, figure(map, "ttls", "later"));
		EXPECT_EQ(STAY * STAY_BYTES, figure(map, "sizes", "entry_bytes 128-255"));
		EXPECT_LE(STAY, figures_sum(map, "ages", "idle_s"));
		EXPECT_TRUE(occupied(map, STAY));
		ASSERT_EQ(2, owners_of(map, owners, 8));
		EXPECT_EQ(STAY, owners[1].entries);
		EXPECT_EQ(STAY * STAY_BYTES, owners[1].bytes);
		EXPECT_EQ(0, owners[1].unexpiring + owners[1].read_bytes + owners[1].hits);
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			char *text = map_text(map, files[i]);

			EXPECT_NE(NULL, text) TH_LOG("%s", files[i]);
			free(text);
		}
	}
	stop = true;
	pthread_join(thread, NULL);
	EXPECT_LT(2, looks);
	close(stays);
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST_HARNESS_MAIN
