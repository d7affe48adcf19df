// SPDX-License-Identifier: GPL-2.0
/* There is an event for each thing that happens, and none while they are off. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "harness.h"

#define TRACEFS		"/sys/kernel/tracing/"
#define NAME		"trace.test"
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

FIXTURE(trace) {
	int map;
	u64 id;
};

static int switch_events(const char *value)
{
	return file_write_patching(TRACEFS "events/ttlmap/enable", value);
}

static void clear(void)
{
	close(open(TRACEFS "trace", O_WRONLY | O_TRUNC));
}

FIXTURE_SETUP(trace)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 8, .max_entries = 2000,
		.flags = TTLMAP_F_OWNERS, .mode = 0600, .name = NAME };
	struct ttlmap_stat stat;

	if (access(TRACEFS "events", F_OK))
		ASSERT_EQ(0, mount("tracefs", TRACEFS, "tracefs", 0, NULL));
	map_unlink(NAME);
	ASSERT_RC(0, file_write(TRACEFS "buffer_size_kb", "16384"));
	clear();
	ASSERT_RC(0, switch_events("1"));
	ASSERT_FD(self->map, map_create(&create));
	ASSERT_RC(0, map_stat(self->map, &stat));
	self->id = stat.id;
}

FIXTURE_TEARDOWN(trace)
{
	switch_events("0");
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(live_maps() == 0));
	clear();
}

/* How many events of a map there are, with @has in their lines. */
static u64 events(u64 id, const char *event, const char *has)
{
	char *text = file_read(TRACEFS "trace"), *at = text, *line, begin[64];
	u64 n = 0;

	snprintf(begin, sizeof(begin), " ttlmap_%s: map=%llu ", event, id);
	while (at && (line = strsep(&at, "\n")))
		n += strstr(line, begin) && strstr(line, has);
	free(text);
	return n;
}

/* All that one can do to a map. */
static int live(int map)
{
	int owner = map_open(NAME, BOTH), rc = owner < 0;
	struct ttlmap_stat stat;
	u64 value;

	rc |= u64_fill(map, 0, 3000, HOUR_NS);
	rc |= u64_fill(map, 2900, 100, 0);
	u64_count_present(map, 0, 3000);
	rc |= u64_empty(map, 2000, 20);
	rc |= u64_pop(map, 2950, &value);
	rc |= u64_fill(map, 10000, 30, 50 * NSEC_PER_MSEC);
	for (u64 key = 20000; key < 20010; key++) {
		struct ttlmap_op op = op_update(&key, 8, &key, 8, 0, TTLMAP_OWNED);

		rc |= map_op(owner, &op);
	}
	close(owner);
	rc |= !eventually(!u64_count_present(map, 10000, 30) && map_at_rest(map, &stat));
	rc |= map_clear(map);
	return rc;
}

TEST_F(trace, events_agree_with_the_statistics)
{
	struct ttlmap_stat stat;

	ASSERT_RC(0, live(self->map));
	ASSERT_TRUE(eventually(map_at_rest(self->map, &stat)));
	ASSERT_RC(0, switch_events("0"));
	EXPECT_EQ(1, events(self->id, "create", "name=" NAME " max_entries=2000 "));
	EXPECT_EQ(stat.inserts, events(self->id, "insert", "replaces=0"));
	EXPECT_EQ(stat.replaces, events(self->id, "insert", "replaces=1"));
	EXPECT_EQ(stat.hits, events(self->id, "hit", ""));
	EXPECT_EQ(stat.misses, events(self->id, "miss", ""));
	EXPECT_EQ(stat.evicted, events(self->id, "evict", "why=evicted"));
	EXPECT_EQ(stat.expired, events(self->id, "expire", "why=expired"));
	EXPECT_EQ(stat.deletes, events(self->id, "delete", "why=deleted"));
	EXPECT_EQ(stat.popped, events(self->id, "delete", "why=popped"));
	EXPECT_EQ(stat.cleared, events(self->id, "delete", "why=cleared"));
	EXPECT_EQ(stat.replaces, events(self->id, "delete", "why=replaced"));
	EXPECT_EQ(stat.owner_gone, events(self->id, "delete", "why=owner_gone"));
	EXPECT_EQ(10, stat.owner_gone);
	EXPECT_EQ(stat.inserts + stat.replaces - stat.entries, events(self->id, "retire", ""));
	EXPECT_EQ(stat.splits, events(self->id, "split", ""));
	EXPECT_EQ(stat.merges, events(self->id, "merge", ""));
	EXPECT_LT(0, stat.splits);
	EXPECT_LT(0, stat.merges);
	EXPECT_EQ(1, events(self->id, "owner_gone", "entries=10"));
}

TEST_F(trace, end_of_a_map_is_an_event)
{
	ASSERT_RC(0, u64_fill(self->map, 0, 5, 0));
	ASSERT_RC(0, map_unlink(NAME));
	close(self->map);
	self->map = -1;
	EXPECT_TRUE(eventually(events(self->id, "destroy", "entries=5") == 1));
}

/* What has expired as it comes in is overdue, to a map that does not wait at all. */
TEST_F(trace, alarms_are_events)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ALARMS,
		.alarms.threshold[TTLMAP_ALARM_OVERDUE] = 1 };
	u64 usual_ms = parameter_read("sample_ms"), key = 0;
	char has[64];

	ASSERT_RC(0, switch_events("0"));
	ASSERT_RC(0, file_write_patching(TRACEFS "events/ttlmap/ttlmap_alarm/enable", "1"));
	ASSERT_RC(0, u64_fill(self->map, 1000, 10, 0));
	ASSERT_RC(0, map_tune(self->map, tune));
	ASSERT_RC(0, parameter_write("sample_ms", 10));
	snprintf(has, sizeof(has), " pid=%d ", getpid());
	EXPECT_TRUE(eventually(!u64_fill(self->map, key++, 100, 1) &&
			       events(self->id, "alarm", "rule=overdue on=1 ")));
	EXPECT_LE(1, events(self->id, "alarm", has));
	EXPECT_TRUE(eventually(events(self->id, "alarm", "rule=overdue on=0 ")));
	EXPECT_RC(0, parameter_write("sample_ms", usual_ms));
}

TEST_F(trace, nothing_is_told_while_they_are_off)
{
	struct ttlmap_stat stat;

	ASSERT_RC(0, switch_events("0"));
	clear();
	ASSERT_RC(0, live(self->map));
	ASSERT_RC(0, map_stat(self->map, &stat));
	EXPECT_EQ(0, events(self->id, "hit", "") + events(self->id, "insert", ""));
}

TEST_HARNESS_MAIN
