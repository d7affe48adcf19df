// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of `ttlmap': its grammar, exit codes and output, as a user
 * and as a script see them.  TTLMAP_TOOL names another program than the one on
 * the PATH.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "harness.h"
#include "tool.h"

#define MAP		"tool.test"

FIXTURE(tool) {
	int unused;
};

FIXTURE_SETUP(tool)
{
	ASSERT_RC(0, tool_begin());
	map_unlink(MAP);
	ASSERT_EQ(DONE, tool("create " MAP " --capacity 256 --ttl 30s")->status);
}

FIXTURE_TEARDOWN(tool)
{
	map_unlink(MAP);
	EXPECT_RC(0, tool_end());
}

/* ---- keys and values */

TEST_F(tool, set_get_del)
{
	EXPECT_TOOL(NO_KEY, "get " MAP " key");
	EXPECT_PRINTS("", "set " MAP " key 'a value'");
	EXPECT_PRINTS("a value\n", "get " MAP " key");
	EXPECT_PRINTS("a value", "get --raw " MAP " key");
	EXPECT_PRINTS("", "del " MAP " key");
	EXPECT_TOOL(NO_KEY, "get " MAP " key");
	EXPECT_TOOL(NO_KEY, "del " MAP " key");
}

TEST_F(tool, set_new_and_existing)
{
	EXPECT_TOOL(NO_KEY, "set --existing " MAP " key 1");
	EXPECT_TOOL(DONE, "set --new " MAP " key 2");
	EXPECT_TOOL(NO_KEY, "set --new " MAP " key 3");
	EXPECT_PRINTS("2\n", "get " MAP " key");
	EXPECT_TOOL(DONE, "set --existing " MAP " key 4");
	EXPECT_PRINTS("4\n", "get " MAP " key");
	EXPECT_TOOL(USAGE, "set --existing --new " MAP " key 5");
}

static u64 ttl_of(const char *key)
{
	struct json_object *entry = parsed(tool("get --json " MAP " %s", key));
	u64 ttl = entry && !member(entry, "ttl_ns") ? TTLMAP_TTL_NEVER :
		  number(entry, "ttl_ns");

	json_object_put(entry);
	return ttl;
}

TEST_F(tool, times_to_live)
{
	EXPECT_TOOL(DONE, "set " MAP " usual 1");
	EXPECT_GE(30 * NSEC_PER_SEC, ttl_of("usual"));
	EXPECT_TOOL(DONE, "set " MAP " other 1 --ttl 2h");
	EXPECT_GE(2 * HOUR_NS, ttl_of("other"));
	EXPECT_LT(HOUR_NS, ttl_of("other"));
	EXPECT_TOOL(DONE, "set " MAP " never 1 --ttl never");
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_of("never"));
	EXPECT_TOOL(DONE, "set --keep-ttl " MAP " never 2 --ttl 1s");
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_of("never"));
	EXPECT_TOOL(DONE, "set --extend-ttl " MAP " other 2 --ttl 1s");
	EXPECT_LT(HOUR_NS, ttl_of("other"));
	EXPECT_TOOL(DONE, "set " MAP " short 1 --ttl 1ms");
	sleep_ms(5);
	EXPECT_TOOL(NO_KEY, "get " MAP " short");
	EXPECT_TOOL(USAGE, "set " MAP " key 1 --ttl soon");
	EXPECT_TOOL(USAGE, "set " MAP " key 1 --ttl -1s");
}

TEST_F(tool, values_from_standard_input)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/in", tool_folder);
	ASSERT_EQ(0, close(open(path, O_CREAT | O_WRONLY, 0600)));
	ASSERT_RC(0, file_write(path, "line\nanother"));
	EXPECT_TOOL(DONE, "set " MAP " key - <%s", path);
	EXPECT_PRINTS("line\nanother", "get --raw " MAP " key");
}

/* ---- conditions, counters, versions */

/* Another map in place of the usual one. */
#define REMAKE(flags) do {						\
	EXPECT_TOOL(DONE, "rm " MAP);					\
	EXPECT_TOOL(DONE, "create " MAP " --capacity 256 --ttl 30s " flags); \
} while (0)

static u64 figure(const char *name)
{
	struct json_object *object = parsed(tool("stat --json " MAP));
	u64 value = object ? number(object, name) : ~0ULL;

	json_object_put(object);
	return value;
}

static u64 version_of(const char *key)
{
	struct run *run = tool("get --peek --version " MAP " %s", key);

	return run->status ? ~0ULL : strtoull(run->out, NULL, 10);
}

TEST_F(tool, touch)
{
	EXPECT_TOOL(NO_KEY, "touch " MAP " key");
	EXPECT_TOOL(DONE, "set " MAP " key 1");
	EXPECT_TOOL(DONE, "set " MAP " other 1");
	EXPECT_PRINTS("", "touch " MAP " key other --ttl 2h");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_LT(HOUR_NS, ttl_of("other"));
	EXPECT_TOOL(DONE, "touch " MAP " key --ttl 1m --extend-ttl");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_TOOL(DONE, "touch " MAP " key");
	EXPECT_GE(30 * NSEC_PER_SEC, ttl_of("key"));
	EXPECT_TOOL(DONE, "touch " MAP " key --ttl never");
	EXPECT_EQ(TTLMAP_TTL_NEVER, ttl_of("key"));
	EXPECT_TOOL(NO_KEY, "touch " MAP " none key --ttl 2h");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_GE(2 * HOUR_NS, ttl_of("key"));
	EXPECT_EQ(6, figure("touches"));
	EXPECT_TOOL(USAGE, "touch " MAP);
	EXPECT_TOOL(USAGE, "touch " MAP " key --ttl 0");
}

TEST_F(tool, get_refreshes_or_peeks)
{
	EXPECT_TOOL(DONE, "set " MAP " key value");
	EXPECT_PRINTS("value\n", "get --refresh=2h " MAP " key");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_TOOL(DONE, "get --refresh --extend-ttl " MAP " key");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_TOOL(DONE, "get --refresh " MAP " key");
	EXPECT_GE(30 * NSEC_PER_SEC, ttl_of("key"));
	EXPECT_EQ(6, figure("hits"));
	EXPECT_PRINTS("value\n", "get --peek " MAP " key");
	EXPECT_TOOL(NO_KEY, "get --peek " MAP " other");
	EXPECT_EQ(6, figure("hits"));
	EXPECT_EQ(0, figure("misses"));
	EXPECT_TOOL(USAGE, "get --peek --refresh " MAP " key");
	EXPECT_TOOL(USAGE, "get --extend-ttl " MAP " key");
	EXPECT_TOOL(TROUBLE, "get --version " MAP " key");
}

TEST_F(tool, pop)
{
	EXPECT_TOOL(NO_KEY, "pop " MAP " key");
	EXPECT_TOOL(DONE, "set " MAP " key 'a value'");
	EXPECT_PRINTS("a value\n", "pop " MAP " key");
	EXPECT_TOOL(NO_KEY, "pop " MAP " key");
	EXPECT_TOOL(DONE, "set " MAP " key 'a value'");
	EXPECT_PRINTS("a value", "pop --raw " MAP " key");
	EXPECT_TOOL(NO_KEY, "get " MAP " key");
	EXPECT_EQ(2, figure("popped"));
	EXPECT_TOOL(USAGE, "pop " MAP);
	EXPECT_TOOL(USAGE, "pop " MAP " key --json --ttl");
}

/* Longer than the room that the tool begins with. */
TEST_F(tool, pop_of_a_long_value)
{
	struct run *run;

	REMAKE("--value-max 100K");
	EXPECT_TOOL(DONE, "set " MAP " key \"$(seq 10000)\"");
	run = tool("pop " MAP " key | tail -n 1");
	EXPECT_STREQ("10000\n", run->out) TH_LOG("%s", run->err);
	EXPECT_EQ(1, figure("popped"));
}

TEST_F(tool, incr)
{
	REMAKE("--counters");
	EXPECT_TOOL(NO_KEY, "incr --existing " MAP " hits");
	EXPECT_PRINTS("1\n", "incr " MAP " hits --ttl 2h");
	EXPECT_LT(HOUR_NS, ttl_of("hits"));
	EXPECT_PRINTS("42\n", "incr " MAP " hits 41 --ttl 1m");
	EXPECT_LT(HOUR_NS, ttl_of("hits"));
	EXPECT_PRINTS("40\n", "incr " MAP " hits -- -2");
	EXPECT_PRINTS("40\n", "get " MAP " hits");
	EXPECT_PRINTS("18446744073709551615\n", "incr " MAP " below -- -1");
	EXPECT_PRINTS("0\n", "incr " MAP " below");
	EXPECT_EQ(3, figure("adds"));
	EXPECT_TOOL(USAGE, "incr " MAP " hits many");
	EXPECT_TOOL(USAGE, "incr " MAP " hits 18446744073709551616");
	REMAKE("");
	EXPECT_TOOL(TROUBLE, "incr " MAP " hits");
}

TEST_F(tool, counters_are_numbers)
{
	struct json_object *entry;

	REMAKE("--counters");
	EXPECT_TOOL(USAGE, "set " MAP " key many");
	EXPECT_TOOL(USAGE, "set " MAP " key ''");
	EXPECT_TOOL(DONE, "set " MAP " key 7 --ttl never");
	EXPECT_PRINTS("7\n", "get " MAP " key");
	EXPECT_TOOL(NO_KEY, "cas " MAP " key 8 9");
	EXPECT_TOOL(DONE, "cas " MAP " key 7 9 --keep-ttl");
	EXPECT_PRINTS("key\t9\tnever\n", "scan " MAP);
	EXPECT_PRINTS("key\t9\tnever\t-\n", "dump " MAP);
	entry = parsed(tool("get --json " MAP " key"));
	ASSERT_NE(NULL, entry);
	EXPECT_EQ(9, number(entry, "value"));
	json_object_put(entry);
	EXPECT_TOOL(DONE, "set " MAP " key - <<-END\n12\nEND\n");
	EXPECT_PRINTS("12\n", "pop " MAP " key");
	EXPECT_TOOL(TROUBLE, "del " MAP " key --if-value 12");
}

TEST_F(tool, cas_by_value)
{
	EXPECT_TOOL(NO_KEY, "cas " MAP " key old new");
	EXPECT_TOOL(DONE, "set " MAP " key old --ttl 2h");
	EXPECT_TOOL(NO_KEY, "cas " MAP " key other new");
	EXPECT_PRINTS("old\n", "get " MAP " key");
	EXPECT_PRINTS("", "cas --keep-ttl " MAP " key old new");
	EXPECT_PRINTS("new\n", "get " MAP " key");
	EXPECT_LT(HOUR_NS, ttl_of("key"));
	EXPECT_EQ(1, figure("canceled"));
	EXPECT_TOOL(USAGE, "cas " MAP " key old");
	EXPECT_TOOL(USAGE, "cas --keep-ttl --extend-ttl " MAP " key old new");
	EXPECT_TOOL(TROUBLE, "cas " MAP " key --if-version 1 new");
}

TEST_F(tool, cas_by_version)
{
	u64 version;

	REMAKE("--versions");
	EXPECT_TOOL(NO_KEY, "cas " MAP " key --if-version 1 new");
	version = strtoull(tool("set --print-version " MAP " key 1")->out, NULL, 10);
	EXPECT_LT(0, version);
	EXPECT_EQ(version, version_of("key"));
	EXPECT_TOOL(NO_KEY, "cas " MAP " key --if-version %llu 2", version + 1);
	EXPECT_TOOL(DONE, "cas " MAP " key --if-version %llu 2", version);
	EXPECT_PRINTS("2\n", "get " MAP " key");
	EXPECT_TOOL(NO_KEY, "cas " MAP " key --if-version %llu 3", version);
	EXPECT_NE(version, version_of("key"));
	version = version_of("key");
	EXPECT_TOOL(NO_KEY, "set --if-version %llu " MAP " key 3", version + 1);
	EXPECT_TOOL(DONE, "set --if-version %llu " MAP " key 3", version);
	EXPECT_PRINTS("3\n", "get " MAP " key");
	EXPECT_TOOL(USAGE, "set --new --if-version 1 " MAP " key 3");
	EXPECT_TOOL(USAGE, "cas " MAP " key --if-version 1 old new");
	EXPECT_TOOL(USAGE, "cas " MAP " key --if-version 1K new");
}

TEST_F(tool, conditional_del)
{
	u64 version;

	EXPECT_TOOL(DONE, "set " MAP " key value");
	EXPECT_TOOL(NO_KEY, "del " MAP " key --if-value other");
	EXPECT_TOOL(NO_KEY, "del " MAP " key --if-expired");
	EXPECT_TOOL(NO_KEY, "del " MAP " none --if-expired");
	EXPECT_EQ(2, figure("canceled"));
	EXPECT_TOOL(DONE, "del " MAP " key --if-value value");
	EXPECT_TOOL(NO_KEY, "get " MAP " key");
	EXPECT_TOOL(TROUBLE, "del " MAP " key --if-version 1");
	EXPECT_TOOL(USAGE, "del " MAP " key --if-expired --if-value 1");
	REMAKE("--versions");
	EXPECT_TOOL(DONE, "set " MAP " key value");
	version = version_of("key");
	EXPECT_TOOL(NO_KEY, "del " MAP " key --if-version %llu", version + 1);
	EXPECT_TOOL(DONE, "del " MAP " key --if-version %llu", version);
	EXPECT_TOOL(NO_KEY, "get " MAP " key");
}

/* ---- maps as a whole */

TEST_F(tool, clear)
{
	for (int i = 0; i < 20; i++)
		EXPECT_TOOL(DONE, "set " MAP " key%d 1 --ttl 1h", i);
	EXPECT_PRINTS("", "clear " MAP);
	EXPECT_PRINTS("", "scan " MAP);
	EXPECT_EQ(20, figure("cleared"));
	EXPECT_TOOL(USAGE, "clear");
	EXPECT_TOOL(USAGE, "clear " MAP " " MAP);
	EXPECT_TOOL(TROUBLE, "clear other");
}

TEST_F(tool, tune)
{
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	EXPECT_PRINTS("", "tune " MAP " --capacity 1M --max-bytes 64M --ttl 10m --min-ttl 1s "
		      "--max-ttl 1h --jitter 5s --no-evict --require-ttl");
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1000000, stat.max_entries);
	EXPECT_EQ(64 << 20, stat.max_bytes);
	EXPECT_EQ(600 * NSEC_PER_SEC, stat.default_ttl_ns);
	EXPECT_EQ(NSEC_PER_SEC, stat.min_ttl_ns);
	EXPECT_EQ(HOUR_NS, stat.max_ttl_ns);
	EXPECT_EQ(5 * NSEC_PER_SEC, stat.jitter_ns);
	EXPECT_EQ(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL, stat.flags);
	EXPECT_PRINTS("", "tune " MAP " --max-bytes none --ttl never --max-ttl none "
		      "--min-ttl none --jitter none --evict --no-require-ttl");
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1000000, stat.max_entries);
	EXPECT_EQ(0, stat.max_bytes);
	EXPECT_EQ(0, stat.default_ttl_ns);
	EXPECT_EQ(0, stat.min_ttl_ns);
	EXPECT_EQ(0, stat.max_ttl_ns);
	EXPECT_EQ(0, stat.jitter_ns);
	EXPECT_EQ(0, stat.flags);
	close(map);
}

TEST_F(tool, tune_refuses_nonsense)
{
	EXPECT_TOOL(USAGE, "tune " MAP);
	EXPECT_TOOL(USAGE, "tune --capacity 10");
	EXPECT_TOOL(USAGE, "tune " MAP " --capacity 0");
	EXPECT_TOOL(USAGE, "tune " MAP " --evict --no-evict");
	EXPECT_TOOL(USAGE, "tune " MAP " --require-ttl --no-require-ttl");
	EXPECT_TOOL(TROUBLE, "tune " MAP " --min-ttl 1h");
	EXPECT_TOOL(TROUBLE, "tune other --capacity 10");
	EXPECT_TOOL(DONE, "set " MAP " one 1");
	EXPECT_TOOL(DONE, "set " MAP " two 1");
	EXPECT_TOOL(TROUBLE, "tune " MAP " --capacity 1 --no-evict");
	EXPECT_EQ(256, figure("max_entries"));
	REMAKE("--reclaim");
	EXPECT_TOOL(TROUBLE, "tune " MAP " --no-evict");
	REMAKE("--prealloc --value-max 8");
	EXPECT_TOOL(TROUBLE, "tune " MAP " --capacity 257");
}

TEST_F(tool, freeze)
{
	EXPECT_TOOL(DONE, "set " MAP " key 1 --ttl never");
	EXPECT_PRINTS("", "freeze " MAP);
	EXPECT_EQ(1, figure("frozen"));
	EXPECT_TOOL(DONE, "set " MAP " key 2");
	EXPECT_TOOL(TROUBLE, "set " MAP " other 1");
	EXPECT_TOOL(TROUBLE, "del " MAP " key");
	EXPECT_TOOL(TROUBLE, "pop " MAP " key");
	EXPECT_TOOL(TROUBLE, "clear " MAP);
	EXPECT_TOOL(TROUBLE, "tune " MAP " --capacity 10");
	EXPECT_PRINTS("2\n", "get " MAP " key");
	EXPECT_NE(NULL, strstr(tool("stat " MAP)->out, "frozen"));
	EXPECT_TOOL(TROUBLE, "freeze other");
	EXPECT_TOOL(USAGE, "freeze");
}

TEST_F(tool, create_knows_all_flags)
{
	struct ttlmap_stat stat;
	int map;

	REMAKE("--sliding --versions --owners --reclaim --private --jitter 5s");
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_stat(map, &stat));
	close(map);
	EXPECT_EQ(TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS | TTLMAP_F_RECLAIM |
		  TTLMAP_F_PRIVATE, stat.flags);
	EXPECT_EQ(5 * NSEC_PER_SEC, stat.jitter_ns);
	REMAKE("--counters --prealloc");
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_stat(map, &stat));
	close(map);
	EXPECT_EQ(TTLMAP_F_COUNTERS | TTLMAP_F_PREALLOC, stat.flags);
	EXPECT_EQ(8, stat.value_max);
	EXPECT_NE(NULL, strstr(tool("stat " MAP)->out, "--counters --prealloc"));
	EXPECT_TOOL(USAGE, "create other --capacity 10 --counters --value-max 9");
	EXPECT_TOOL(USAGE, "create other --capacity 10 --counters --versions");
	EXPECT_TOOL(USAGE, "create other --capacity 10 --reclaim --no-evict");
	EXPECT_EQ(1, named_maps());
}

/* ---- what is there */

TEST_F(tool, dump)
{
	unsigned long long left, version;
	struct json_object *entry;
	struct run *run;

	REMAKE("--versions");
	EXPECT_TOOL(DONE, "set " MAP " \"$(printf 'a\\tkey')\" 'a \\ value'");
	run = tool("dump " MAP);
	EXPECT_EQ(DONE, run->status);
	EXPECT_EQ(2, sscanf(run->out, "a\\tkey\ta \\\\ value\t%lluns\t%llu\n", &left, &version)) {
		TH_LOG("%s", run->out);
	}
	EXPECT_GE(30 * NSEC_PER_SEC, left);
	EXPECT_LT(0, version);
	entry = parsed(tool("dump --json " MAP));
	ASSERT_NE(NULL, entry);
	EXPECT_STREQ("a\tkey", text_of(entry, "key"));
	EXPECT_STREQ("a \\ value", text_of(entry, "value"));
	EXPECT_GE(left, number(entry, "ttl_ns"));
	EXPECT_EQ(version, number(entry, "version"));
	json_object_put(entry);
	EXPECT_TOOL(USAGE, "dump");
	EXPECT_TOOL(TROUBLE, "dump other");
}

TEST_F(tool, private_maps_hide_what_they_hold)
{
	static const char *const hiding[] = {
		"scan", "scan --keys", "scan --json", "dump", "dump --json", "stat", "stat --json",
		"watch --count 1 --interval 1ms --json",
	};
	struct run *run;

	REMAKE("--private");
	EXPECT_TOOL(DONE, "set " MAP " the-key the-value");
	for (size_t i = 0; i < ARRAY_SIZE(hiding); i++) {
		run = tool("%s " MAP, hiding[i]);
		EXPECT_EQ(DONE, run->status) TH_LOG("%s: %s", hiding[i], run->err);
		EXPECT_STRNE("", run->out);
		EXPECT_FALSE(says(run, "the-key")) TH_LOG("%s: %s", hiding[i], run->out);
		EXPECT_FALSE(says(run, "the-value")) TH_LOG("%s: %s", hiding[i], run->out);
	}
	run = tool("scan " MAP);
	EXPECT_EQ(0, strncmp(run->out, "<7 bytes>\t<9 bytes>\t", 20)) TH_LOG("%s", run->out);
	EXPECT_NE(NULL, strstr(run->err, "private"));
	run = tool("watch --count 1 " MAP " the-key");
	EXPECT_FALSE(says(run, "the-value")) TH_LOG("%s", run->out);
	EXPECT_NE(NULL, strstr(run->out, "<9 bytes>"));
	EXPECT_NE(NULL, strstr(tool("dump --json " MAP)->out, "\"value_len\": 9"));
	EXPECT_TRUE(says(tool("scan --show-private " MAP), "the-key\tthe-value\t"));
	EXPECT_TRUE(says(tool("dump --show-private " MAP), "the-key\tthe-value\t"));
	EXPECT_TRUE(says(tool("watch --show-private --count 1 " MAP " the-key"), "the-value"));
	EXPECT_PRINTS("the-value\n", "get " MAP " the-key");
}

TEST_F(tool, events)
{
	const char *name = getenv("TTLMAP_TOOL") ?: "ttlmap";
	char script[1024], path[64], seen[OUTPUT_MOST];

	snprintf(path, sizeof(path), "%s/seen", tool_folder);
	snprintf(script, sizeof(script),
		 "t=%s seen=%s; $t events " MAP " --only deleted,replaced --count 3 >$seen & w=$!; "
		 "until $t set " MAP " first one && $t del " MAP " first && sleep 0.05 && [ -s $seen ]; do "
		 "kill -0 $w || exit; done; "
		 "$t set " MAP " key one; $t set " MAP " key two; $t del " MAP " key; "
		 "$t set " MAP " key three; $t del " MAP " key; $t set " MAP " key four; "
		 "$t del " MAP " key; wait $w", name, path);
	ASSERT_EQ(0, system(script));
	tool_read(path, seen);
	EXPECT_NE(NULL, strstr(seen, "\tdeleted\tfirst\tone\t")) TH_LOG("%s", seen);
	EXPECT_EQ(NULL, strstr(seen, "cleared"));
	EXPECT_TOOL(USAGE, "events " MAP " --only born");
	EXPECT_TOOL(USAGE, "events");
	EXPECT_TOOL(TROUBLE, "events other");
}

/* Acts when the watcher has seen what was there before. */
TEST_F(tool, watch_key)
{
	const char *name = getenv("TTLMAP_TOOL") ?: "ttlmap";
	char script[1024], path[64], seen[OUTPUT_MOST];
	char *lines[4] = { seen };

	snprintf(path, sizeof(path), "%s/seen", tool_folder);
	snprintf(script, sizeof(script),
		 "t=%s seen=%s; $t watch " MAP " key --interval 5ms --count 4 >$seen & "
		 "w=$!; until_seen() { until grep -q $1 $seen; do kill -0 $w || exit; sleep 0.02; done; }; "
		 "until_seen absent; $t set " MAP " key one; "
		 "until_seen came; $t set " MAP " key two; "
		 "until_seen changed; $t del " MAP " key; wait $w", name, path);
	ASSERT_EQ(0, system(script));
	tool_read(path, seen);
	for (int i = 1; i < 4; i++) {
		lines[i] = strchr(lines[i - 1], '\n');
		ASSERT_NE(NULL, lines[i]) TH_LOG("%s", seen);
		*lines[i]++ = '\0';
	}
	EXPECT_NE(NULL, strstr(lines[0], "\tabsent"));
	EXPECT_NE(NULL, strstr(lines[1], "\tcame\tone\t"));
	EXPECT_NE(NULL, strstr(lines[2], "\tchanged\ttwo\t"));
	EXPECT_NE(NULL, strstr(lines[3], "\tgone\n"));
	EXPECT_EQ(0, figure("hits") + figure("misses")) TH_LOG("watching is no use");
	EXPECT_TOOL(USAGE, "watch " MAP " key more");
	EXPECT_TOOL(USAGE, "watch");
	EXPECT_TOOL(USAGE, "watch " MAP " --interval 0");
	EXPECT_TOOL(USAGE, "watch " MAP " --count 0");
	EXPECT_TOOL(TROUBLE, "watch other key");
}

TEST_F(tool, watch_key_by_version)
{
	struct json_object *entry;

	REMAKE("--versions");
	EXPECT_TOOL(DONE, "set " MAP " key one");
	entry = parsed(tool("watch --json --count 1 " MAP " key"));
	ASSERT_NE(NULL, entry);
	EXPECT_STREQ("there", text_of(entry, "event"));
	EXPECT_STREQ("one", text_of(entry, "value"));
	EXPECT_EQ(version_of("key"), number(entry, "version"));
	json_object_put(entry);
}

TEST_F(tool, watch_map)
{
	struct json_object *line;
	struct run *run;

	EXPECT_TOOL(DONE, "set " MAP " key one");
	run = tool("watch --interval 10ms --count 2 " MAP);
	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	EXPECT_EQ(0, strncmp(run->out, "TIME", 4)) TH_LOG("%s", run->out);
	line = parsed(tool("watch --json --interval 10ms --count 1 " MAP));
	ASSERT_NE(NULL, line);
	EXPECT_EQ(1, number(line, "entries"));
	EXPECT_EQ(0, number(line, "inserts")) TH_LOG("not within the interval");
	json_object_put(line);
	EXPECT_TOOL(TROUBLE, "watch other");
}

TEST_F(tool, completion)
{
	struct run *run = tool("completion bash");

	EXPECT_EQ(DONE, run->status);
	EXPECT_NE(NULL, strstr(run->out, "complete -F _ttlmap ttlmap\n"));
	EXPECT_TOOL(USAGE, "completion");
	EXPECT_TOOL(USAGE, "completion csh");
	EXPECT_PRINTS(MAP "\n", "ls --names");
	EXPECT_TOOL(USAGE, "ls --names --json");
}

/* ---- maps */

TEST_F(tool, ls_and_rm)
{
	struct run *run = tool("ls");

	EXPECT_EQ(DONE, run->status);
	EXPECT_NE(NULL, strstr(run->out, MAP));
	EXPECT_TOOL(DONE, "rm " MAP);
	run = tool("ls");
	EXPECT_EQ(DONE, run->status);
	EXPECT_EQ(NULL, strstr(run->out, MAP));
	EXPECT_TOOL(TROUBLE, "rm " MAP);
	EXPECT_TOOL(TROUBLE, "get " MAP " key");
	EXPECT_TOOL(TROUBLE, "stat " MAP);
}

TEST_F(tool, ls_json)
{
	struct json_object *list, *item;

	EXPECT_TOOL(DONE, "set " MAP " key 1");
	list = parsed(tool("ls --json"));
	ASSERT_NE(NULL, list);
	ASSERT_EQ(1, json_object_array_length(list));
	item = json_object_array_get_idx(list, 0);
	EXPECT_STREQ(MAP, text_of(item, "name"));
	EXPECT_EQ(1, number(item, "entries"));
	EXPECT_EQ(256, number(item, "max_entries"));
	json_object_put(list);
}

TEST_F(tool, create_refuses_nonsense)
{
	EXPECT_TOOL(TROUBLE, "create " MAP " --capacity 10");
	EXPECT_TOOL(USAGE, "create other");
	EXPECT_TOOL(USAGE, "create --capacity 10");
	EXPECT_TOOL(USAGE, "create .other --capacity 10");
	EXPECT_TOOL(USAGE, "create other --capacity many");
	EXPECT_TOOL(USAGE, "create other --capacity 0");
	EXPECT_TOOL(USAGE, "create other --capacity 10 --mode 99");
	EXPECT_TOOL(USAGE, "create other --capacity 10 --ttl 1y2x");
	EXPECT_TOOL(USAGE, "create other --capacity 10 --nonsense");
	EXPECT_TOOL(USAGE, "nonsense");
	EXPECT_EQ(1, named_maps());
}

TEST_F(tool, create_takes_what_it_says)
{
	struct ttlmap_stat stat;
	int map;

	EXPECT_TOOL(DONE, "rm " MAP);
	EXPECT_TOOL(DONE, "create " MAP " --capacity 5K --max-bytes 64M --ttl 1m30s "
		    "--min-ttl 250ms --max-ttl 1h --key-max 32 --value-max 1K --mode 0640 "
		    "--no-evict --require-ttl --siphash");
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(5000, stat.max_entries);
	EXPECT_EQ(64 << 20, stat.max_bytes);
	EXPECT_EQ(90 * NSEC_PER_SEC, stat.default_ttl_ns);
	EXPECT_EQ(250 * NSEC_PER_MSEC, stat.min_ttl_ns);
	EXPECT_EQ(HOUR_NS, stat.max_ttl_ns);
	EXPECT_EQ(32, stat.key_max);
	EXPECT_EQ(1024, stat.value_max);
	EXPECT_EQ(0640, stat.mode);
	EXPECT_EQ(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH, stat.flags);
	close(map);
}

TEST_F(tool, a_full_map_that_does_not_evict)
{
	EXPECT_TOOL(DONE, "rm " MAP);
	EXPECT_TOOL(DONE, "create " MAP " --capacity 1 --no-evict");
	EXPECT_TOOL(DONE, "set " MAP " one 1");
	EXPECT_TOOL(TROUBLE, "set " MAP " two 2");
}

/* ---- scan, stat, top */

TEST_F(tool, scan)
{
	struct run *run;
	int lines = 0;

	for (int i = 0; i < 20; i++)
		EXPECT_TOOL(DONE, "set " MAP " key%d value%d", i, i);
	run = tool("scan " MAP);
	EXPECT_EQ(DONE, run->status);
	for (char *at = run->out; (at = strchr(at, '\n')); at++)
		lines++;
	EXPECT_EQ(20, lines);
	EXPECT_NE(NULL, strstr(run->out, "key7\tvalue7\t"));
	run = tool("scan --keys " MAP);
	EXPECT_EQ(DONE, run->status);
	EXPECT_NE(NULL, strstr(run->out, "key7\n"));
	EXPECT_EQ(NULL, strstr(run->out, "value"));
	run = tool("scan --json " MAP);
	EXPECT_EQ(DONE, run->status);
	for (char *line = strtok(run->out, "\n"); line; line = strtok(NULL, "\n")) {
		struct json_object *entry = json_tokener_parse(line);

		ASSERT_NE(NULL, entry) TH_LOG("not JSON: %s", line);
		EXPECT_EQ(0, strncmp("key", text_of(entry, "key"), 3));
		EXPECT_GE(30 * NSEC_PER_SEC, number(entry, "ttl_ns"));
		json_object_put(entry);
		lines--;
	}
	EXPECT_EQ(0, lines);
}

TEST_F(tool, stat)
{
	struct json_object *object;
	struct run *run;

	EXPECT_TOOL(DONE, "set " MAP " key 1");
	EXPECT_TOOL(DONE, "get " MAP " key");
	EXPECT_TOOL(NO_KEY, "get " MAP " other");
	run = tool("stat " MAP);
	EXPECT_EQ(DONE, run->status);
	EXPECT_NE(NULL, strstr(run->out, "entries"));
	EXPECT_NE(NULL, strstr(run->out, "resident"));
	object = parsed(tool("stat --json " MAP));
	ASSERT_NE(NULL, object);
	EXPECT_EQ(1, number(object, "entries"));
	EXPECT_EQ(256, number(object, "max_entries"));
	EXPECT_EQ(1, number(object, "hits"));
	EXPECT_EQ(1, number(object, "misses"));
	EXPECT_EQ(1, number(object, "inserts"));
	EXPECT_EQ(number(object, "resident_bytes"),
		  number(object, "live_bytes") + number(object, "stale_bytes") +
		  number(object, "retired_bytes") + number(object, "table_bytes"));
	json_object_put(object);
}

TEST_F(tool, top_once)
{
	struct run *run = tool("top --once");

	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	EXPECT_NE(NULL, strstr(run->out, MAP)) TH_LOG("%s", run->out);
	/* It has no terminal here. */
	EXPECT_TOOL(TROUBLE, "top");
}

/* ---- replay */

static void write_words(const char *path)
{
	FILE *file = fopen(path, "we");
	struct rng rng = rng_make(70);

	for (int i = 0; i < 20000; i++) {
		double u = ldexp(rng_next(&rng) >> 11, -53);

		fprintf(file, "word%d%c", (int)pow(3000, u), i % 10 ? ' ' : '\n');
	}
	fclose(file);
}

TEST_F(tool, replay)
{
	struct json_object *object;
	struct run *run;
	char path[64];
	double hits, lru;

	snprintf(path, sizeof(path), "%s/words", tool_folder);
	write_words(path);
	run = tool("replay replayed %s --processes 1 --capacity 10%% --json", path);
	object = parsed(run);
	ASSERT_NE(NULL, object) TH_LOG("%d: %s %s", run->status, run->out, run->err);
	EXPECT_EQ(20000, number(object, "requests"));
	EXPECT_LT(0, number(object, "evicted"));
	hits = number(object, "hits");
	lru = number(object, "lru_hits");
	EXPECT_GE(0.01 * (20000 - lru), lru - hits) TH_LOG("hits %f, exact LRU %f", hits, lru);
	json_object_put(object);
	EXPECT_EQ(1, named_maps()) TH_LOG("replay removes the map that it made");

	run = tool("replay replayed %s --processes 2 --ttl 1ms", path);
	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	EXPECT_STRNE("", run->out);
	EXPECT_EQ(1, named_maps());
	EXPECT_TOOL(TROUBLE, "replay replayed %s/missing", tool_folder);
}

TEST_F(tool, help)
{
	static const char *const commands[] = {
		"create", "ls", "rm", "get", "set", "touch", "pop", "incr", "cas", "del", "clear",
		"scan", "dump", "watch", "stat", "top", "why", "profile", "record", "report", "export",
		"tune", "freeze", "replay", "completion", "help",
	};
	struct run *run = tool("help");

	EXPECT_EQ(DONE, run->status);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		EXPECT_NE(NULL, strstr(tool("help")->out, commands[i]));
		run = tool("help %s", commands[i]);
		EXPECT_EQ(DONE, run->status);
		EXPECT_NE(NULL, strstr(run->out, "Usage:"));
	}
	EXPECT_EQ(USAGE, tool("%s", "")->status);
}

/* Root is not needed where the device and the map permit it. */
static int run_as_other(void *command)
{
	int status = system(command);

	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

TEST_F(tool, without_root)
{
	char command[512];
	struct stat device;

	ASSERT_EQ(0, stat(DEVICE, &device));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	snprintf(command, sizeof(command), "t=%s; $t create mine --capacity 5 && "
		 "$t set mine key 1 && $t get mine key >/dev/null && $t rm mine",
		 getenv("TTLMAP_TOOL") ?: "ttlmap");
	EXPECT_RC(0, as_user(1000, 1000, run_as_other, command));
	snprintf(command, sizeof(command), "! %s get " MAP " key 2>/dev/null",
		 getenv("TTLMAP_TOOL") ?: "ttlmap");
	EXPECT_RC(0, as_user(1000, 1000, run_as_other, command));
	snprintf(command, sizeof(command), "! %s tune " MAP " --capacity 5 2>/dev/null",
		 getenv("TTLMAP_TOOL") ?: "ttlmap");
	EXPECT_RC(0, as_user(1000, 1000, run_as_other, command));
	EXPECT_TOOL(DONE, "rm " MAP);
	EXPECT_TOOL(DONE, "create " MAP " --capacity 5 --mode 0602 --counters");
	snprintf(command, sizeof(command),
		 "t=%s; $t set " MAP " key 5 && ! $t get " MAP " key 2>/dev/null && "
		 "! $t tune " MAP " --capacity 7 2>/dev/null && "
		 "! $t freeze " MAP " 2>/dev/null", getenv("TTLMAP_TOOL") ?: "ttlmap");
	EXPECT_RC(0, as_user(1000, 1000, run_as_other, command));
	EXPECT_PRINTS("5\n", "get " MAP " key");
	ASSERT_EQ(0, chmod(DEVICE, device.st_mode & 07777));
}

TEST_HARNESS_MAIN
