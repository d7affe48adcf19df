// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of `ttlmap' that look into maps: what they say is compared with what was
 * done to the maps before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "harness.h"
#include "tool.h"

#define MAP		"inside.test"

FIXTURE(inside) {
	int map;
};

FIXTURE_SETUP(inside)
{
	ASSERT_RC(0, tool_begin());
	map_unlink(MAP);
	ASSERT_EQ(DONE, tool("create " MAP " --capacity 50K --ttl 1h")->status);
	ASSERT_FD(self->map, map_open(MAP, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
}

FIXTURE_TEARDOWN(inside)
{
	close(self->map);
	map_unlink(MAP);
	EXPECT_RC(0, tool_end());
}

/* ---- record, report */

TEST_F(inside, record_and_report)
{
	struct json_object *report, *maps, *map;
	struct ttlmap_stat stat;

	for (int i = 0; i < 6; i++) {
		ASSERT_RC(0, u64_fill(self->map, 2000 * i, 2000, 0));
		EXPECT_TOOL(DONE, "record --count 1 %s/record.db", tool_folder);
		sleep_ms(20);
	}
	ASSERT_RC(0, map_stat(self->map, &stat));
	report = parsed(tool("report --json %s/record.db", tool_folder));
	ASSERT_NE(NULL, report);
	EXPECT_EQ(6, number(member(report, "span"), "looks"));
	EXPECT_EQ(0, number(member(report, "baseline"), "looks"));
	maps = member(report, "maps");
	ASSERT_EQ(1, json_object_array_length(maps));
	map = json_object_array_get_idx(maps, 0);
	EXPECT_STREQ(MAP, text_of(map, "map"));
	EXPECT_EQ(12000, number(member(map, "span"), "entries"));
	EXPECT_EQ(stat.live_bytes, number(member(map, "span"), "live_bytes"));
	EXPECT_EQ(10000, number(member(map, "span"), "inserts")) TH_LOG("since the first look");
	EXPECT_TRUE(json_object_get_boolean(member(map, "grows")));
	json_object_put(report);
	EXPECT_TRUE(says(tool("report %s/record.db", tool_folder), "1 of 1 maps grows:"));
	EXPECT_TRUE(says(tool("report --html %s/record.db", tool_folder), "</html>"));
	EXPECT_TOOL(TROUBLE, "report %s/other.db", tool_folder);
	EXPECT_TOOL(USAGE, "record --interval 0 %s/record.db", tool_folder);
}

/* A service manager ends it; what it has seen until then is there. */
TEST_F(inside, record_until_a_signal)
{
	char script[512];

	snprintf(script, sizeof(script),
		 "%s record --interval 1s %s/record.db & r=$!; until [ -s %s/record.db-wal ]; do "
		 "kill -0 $r || exit 9; sleep 0.1; done; sleep 2; kill $r; wait $r",
		 getenv("TTLMAP_TOOL") ?: "ttlmap", tool_folder, tool_folder);
	EXPECT_EQ(0, system(script));
	EXPECT_TRUE(says(tool("report %s/record.db", tool_folder), MAP));
}

/* ---- export */

TEST_F(inside, export_once)
{
	char line[128];
	struct run *run;

	ASSERT_RC(0, u64_fill(self->map, 0, 123, 0));
	run = tool("export --once");
	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	snprintf(line, sizeof(line), "\nttlmap_inserts_total{map=\"" MAP "\",id=");
	EXPECT_NE(NULL, strstr(run->out, line)) TH_LOG("%s", run->out);
	EXPECT_NE(NULL, strstr(run->out, "} 123\n"));
	EXPECT_NE(NULL, strstr(run->out, "\n# EOF\n"));
	EXPECT_EQ(NULL, strstr(tool("export --once --text")->out, "# EOF"));
}

TEST_F(inside, export_textfile)
{
	char path[64], text[OUTPUT_MOST];

	snprintf(path, sizeof(path), "%s/ttlmap.prom", tool_folder);
	EXPECT_TOOL(DONE, "export --textfile %s", tool_folder);
	tool_read(path, text);
	EXPECT_NE(NULL, strstr(text, "\nttlmap_entries{map=\"" MAP "\",id="));
	ASSERT_RC(0, u64_fill(self->map, 0, 77, 0));
	EXPECT_TOOL(DONE, "export --textfile %s", tool_folder);
	tool_read(path, text);
	EXPECT_NE(NULL, strstr(text, "} 77\n"));
	EXPECT_TOOL(TROUBLE, "export --textfile %s/missing", tool_folder);
}

TEST_F(inside, export_listen)
{
	char script[512];

	snprintf(script, sizeof(script),
		 "ip link set lo up 2>/dev/null; %s export --listen 127.0.0.1:9797 & e=$!; "
		 "for i in $(seq 100); do wget -q -O %s/page http://127.0.0.1:9797/metrics && break; "
		 "kill -0 $e || exit 9; sleep 0.1; done; kill $e; wait $e && "
		 "grep -q 'ttlmap_entries{map=\"" MAP "\"' %s/page",
		 getenv("TTLMAP_TOOL") ?: "ttlmap", tool_folder, tool_folder);
	EXPECT_EQ(0, system(script));
}

/* ---- stat, dump */

TEST_F(inside, stat_an_interval)
{
	struct run *run;
	char *line;

	ASSERT_RC(0, u64_fill(self->map, 0, 321, 0));
	run = tool("stat " MAP " 10ms 3");
	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	line = strchr(run->out, '\n');
	ASSERT_NE(NULL, line);
	EXPECT_EQ(0, strncmp(line, "\n    321 ", 9)) TH_LOG("%s", run->out);
	EXPECT_EQ(DONE, tool("stat 10ms 1")->status);
	EXPECT_TOOL(TROUBLE, "stat other 10ms 1");
	EXPECT_TOOL(USAGE, "stat " MAP " other");
}

static int lines_of(const char *text)
{
	int lines = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		lines++;
	}
	return lines;
}

TEST_F(inside, dump_filters)
{
	EXPECT_TOOL(DONE, "set " MAP " user:1 short --ttl 10m");
	EXPECT_TOOL(DONE, "set " MAP " user:2 'a much longer value' --ttl never");
	EXPECT_TOOL(DONE, "set " MAP " page:1 short --ttl 3h");
	EXPECT_EQ(3, lines_of(tool("dump " MAP)->out));
	EXPECT_EQ(2, lines_of(tool("dump --prefix user: " MAP)->out));
	EXPECT_EQ(2, lines_of(tool("dump --ttl-above 1h " MAP)->out));
	EXPECT_EQ(1, lines_of(tool("dump --ttl-below 1h " MAP)->out));
	EXPECT_EQ(1, lines_of(tool("dump --larger 20 " MAP)->out));
	EXPECT_PRINTS("", "dump --larger 20 --prefix page: " MAP);
	EXPECT_TRUE(says(tool("dump --json --ttl-above 1d " MAP), "user:2"));
	EXPECT_TOOL(USAGE, "dump --larger some " MAP);
}

TEST_F(inside, dump_by_use_and_owner)
{
	char owner[32];

	snprintf(owner, sizeof(owner), "%d", getpid());
	ASSERT_RC(0, u64_fill(self->map, 0, 5, 0));
	EXPECT_TOOL(DONE, "set " MAP " user:1 read");
	EXPECT_TOOL(DONE, "get " MAP " user:1");
	EXPECT_EQ(6, lines_of(tool("dump " MAP)->out));
	EXPECT_EQ(5, lines_of(tool("dump --unread " MAP)->out));
	EXPECT_EQ(5, lines_of(tool("dump --owner %s " MAP, owner)->out));
	EXPECT_EQ(1, lines_of(tool("dump --owner ttlmap " MAP)->out));
	EXPECT_PRINTS("", "dump --owner ttlmap --unread " MAP);
	EXPECT_TRUE(says(tool("dump --json --owner ttlmap " MAP), "\"read\": true"));
	EXPECT_PRINTS("", "dump --idle-above 1d " MAP);
	EXPECT_TOOL(TROUBLE, "dump --owner nobody " MAP);
	EXPECT_TOOL(USAGE, "dump --idle-above some " MAP);
}

/* ---- why */

TEST_F(inside, why_nothing_is_wrong)
{
	ASSERT_RC(0, u64_fill(self->map, 0, 200, 0));
	EXPECT_EQ(200, u64_count_present(self->map, 0, 200));
	EXPECT_TRUE(says(tool("why " MAP), "\nNothing is wrong.\n"));
	EXPECT_TOOL(TROUBLE, "why other");
	EXPECT_TOOL(USAGE, "why");
}

TEST_F(inside, why_a_full_map)
{
	struct json_object *why, *findings;

	EXPECT_TOOL(DONE, "tune " MAP " --no-evict --capacity 10");
	ASSERT_RC(0, u64_fill(self->map, 0, 10, 0));
	EXPECT_RC(-ENOSPC, u64_set(self->map, 10, 1, 0, 0));
	EXPECT_TRUE(says(tool("why " MAP), "has refused 1 update.\n"));
	why = parsed(tool("why --json " MAP));
	ASSERT_NE(NULL, why);
	findings = member(why, "findings");
	ASSERT_EQ(1, json_object_array_length(findings));
	EXPECT_STREQ("full", text_of(json_object_array_get_idx(findings, 0), "name"));
	EXPECT_STREQ("ttlmap tune " MAP " --capacity 20",
		     text_of(json_object_array_get_idx(findings, 0), "command"));
	json_object_put(why);
}

static int leak(void)
{
	int map;

	/* Whoever opens the map is known by the name that it has then. */
	prctl(PR_SET_NAME, "leaky");
	map = map_open(MAP, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	return map < 0 ? map : u64_fill(map, 1000000, 3000, 0);
}

/* Writes with a TTL, and reads what it wrote. */
static int serve(int number)
{
	int map = map_open(MAP, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	int ret = map < 0 ? map : u64_fill(map, 1000 * number, 100, HOUR_NS);

	if (!ret && u64_count_present(map, 1000 * number, 100) != 100)
		ret = -ENOENT;
	return ret;
}

/* Begins a client, which lives until it is killed, and waits for its work. */
static pid_t begin_client(int number)
{
	int done[2];
	pid_t pid;
	char byte;

	if (pipe(done))
		return -errno;
	pid = fork();
	if (!pid) {
		if (number ? serve(number) : leak())
			_exit(1);
		if (write(done[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(done[1]);
	if (pid > 0 && read(done[0], &byte, 1) != 1)
		pid = -EIO;
	close(done[0]);
	return pid;
}

/* One client of ten inserts without a TTL into a map that has none by default. */
TEST_F(inside, why_a_client_leaks)
{
	pid_t clients[10];
	struct json_object *why, *finding;
	struct run *run;
	char text[64];

	EXPECT_TOOL(DONE, "rm " MAP);
	EXPECT_TOOL(DONE, "create " MAP " --capacity 50K");
	for (int i = 0; i < 10; i++)
		ASSERT_LT(0, clients[i] = begin_client(i));
	run = tool("why " MAP);
	snprintf(text, sizeof(text), "\nleaky (pid %d, user 0) wrote ", clients[0]);
	EXPECT_TRUE(says(run, text)) TH_LOG("%s%s", run->out, run->err);
	EXPECT_TRUE(says(run, "3,000 entries, 100% of them never expire, and 100% "));
	why = parsed(tool("why --json " MAP));
	ASSERT_NE(NULL, why);
	finding = json_object_array_get_idx(member(why, "findings"), 0);
	EXPECT_STREQ("leaking_owner", text_of(finding, "name"));
	/* What it advises is what the tool takes. */
	EXPECT_EQ(0, strncmp("ttlmap tune " MAP " --ttl ", text_of(finding, "command"), 30));
	EXPECT_TOOL(DONE, "%s", text_of(finding, "command") + strlen("ttlmap "));
	json_object_put(why);
	snprintf(text, sizeof(text), MAP ";leaky %d;never read;up to ", clients[0]);
	EXPECT_TRUE(says(tool("profile " MAP), text));
	for (int i = 0; i < 10; i++) {
		EXPECT_EQ(0, kill(clients[i], SIGKILL));
		EXPECT_EQ(clients[i], waitpid(clients[i], NULL, 0));
	}
}

/* ---- profile */

/* All bytes of the map are somebody's, and few are the tool's own descriptor's. */
TEST_F(inside, profile)
{
	struct ttlmap_stat stat;
	struct run *run;
	u64 bytes = 0;

	ASSERT_RC(0, u64_fill(self->map, 0, 200, 0));
	ASSERT_TRUE(map_at_rest(self->map, &stat));
	run = tool("profile " MAP);
	EXPECT_EQ(DONE, run->status) TH_LOG("%s", run->err);
	for (char *line = strtok(run->out, "\n"); line; line = strtok(NULL, "\n")) {
		EXPECT_EQ(0, strncmp(line, MAP ";", strlen(MAP ";"))) TH_LOG("%s", line);
		bytes += strtoull(strrchr(line, ' '), NULL, 10);
	}
	EXPECT_LE(stat.resident_bytes, bytes);
	EXPECT_GE(stat.resident_bytes + 1024, bytes);
	EXPECT_TOOL(DONE, "profile --pprof %s/profile.pb.gz " MAP, tool_folder);
	EXPECT_TOOL(TROUBLE, "profile --pprof %s/missing/profile.pb.gz " MAP, tool_folder);
	EXPECT_TOOL(TROUBLE, "profile other");
}

TEST_HARNESS_MAIN
