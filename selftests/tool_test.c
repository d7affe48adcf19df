// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of `ttlmap': its grammar, exit codes and output, as a user
 * and as a script see them.  TTLMAP_TOOL names another program than the one on
 * the PATH.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "harness.h"

#define DONE		0
#define NO_KEY		1
#define USAGE		2
#define TROUBLE		3
#define MAP		"tool.test"
#define OUTPUT_MOST	65536

struct run {
	int status;
	char out[OUTPUT_MOST];
	char err[OUTPUT_MOST];
};

static char folder[] = "/tmp/tool_test.XXXXXX";

static void slurp(const char *path, char *text)
{
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(text, 1, OUTPUT_MOST - 1, file) : 0;

	text[len] = '\0';
	if (file)
		fclose(file);
}

/* Runs "ttlmap" with the arguments in a shell. */
static struct run *tool(const char *format, ...) __printf(1, 2);
static struct run *tool(const char *format, ...)
{
	static struct run run;
	char arguments[2048], command[4096], out[64], err[64];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(arguments, sizeof(arguments), format, args);
	va_end(args);
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(err, sizeof(err), "%s/err", folder);
	snprintf(command, sizeof(command), "%s %s >%s 2>%s",
		 getenv("TTLMAP_TOOL") ?: "ttlmap", arguments, out, err);
	status = system(command);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	slurp(out, run.out);
	slurp(err, run.err);
	return &run;
}

#define EXPECT_TOOL(code, ...) do {					\
	struct run *run_ = tool(__VA_ARGS__);				\
									\
	EXPECT_EQ((code), run_->status) {				\
		TH_LOG("ttlmap " __VA_ARGS__);				\
		TH_LOG("output: %s", run_->out);			\
		TH_LOG("errors: %s", run_->err);			\
	}								\
	if ((code) != DONE) {						\
		EXPECT_STRNE("", run_->err) TH_LOG("no message");	\
		EXPECT_STREQ("", run_->out) TH_LOG("output, and yet it failed"); \
	} else {							\
		EXPECT_STREQ("", run_->err);				\
	}								\
} while (0)

#define EXPECT_PRINTS(text, ...) do {					\
	struct run *printed_ = tool(__VA_ARGS__);			\
									\
	EXPECT_EQ(DONE, printed_->status) TH_LOG("%s", printed_->err);	\
	EXPECT_STREQ(text, printed_->out);				\
} while (0)

/* ---- JSON */

static struct json_object *parsed(struct run *run)
{
	return run->status ? NULL : json_tokener_parse(run->out);
}

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

static u64 number(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return value && json_object_is_type(value, json_type_int) ?
	       json_object_get_uint64(value) : ~0ULL;
}

static const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return value ? json_object_get_string(value) : "";
}

FIXTURE(tool) {
	int unused;
};

FIXTURE_SETUP(tool)
{
	ASSERT_NE(NULL, mkdtemp(folder));
	map_unlink(MAP);
	ASSERT_EQ(DONE, tool("create " MAP " --capacity 256 --ttl 30s")->status);
}

FIXTURE_TEARDOWN(tool)
{
	char command[128];

	map_unlink(MAP);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	EXPECT_EQ(0, system(command));
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

	snprintf(path, sizeof(path), "%s/in", folder);
	ASSERT_EQ(0, close(open(path, O_CREAT | O_WRONLY, 0600)));
	ASSERT_RC(0, file_write(path, "line\nanother"));
	EXPECT_TOOL(DONE, "set " MAP " key - <%s", path);
	EXPECT_PRINTS("line\nanother", "get --raw " MAP " key");
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
}

/* ---- replay */

static void write_words(const char *path)
{
	FILE *file = fopen(path, "we");
	struct rng rng = rng_make(70);

	for (int i = 0; i < 20000; i++) {
		double u = (rng_next(&rng) >> 11) * 0x1p-53;

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

	snprintf(path, sizeof(path), "%s/words", folder);
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
	EXPECT_TOOL(TROUBLE, "replay replayed %s/missing", folder);
}

TEST_F(tool, help)
{
	static const char *const commands[] = { "create", "ls", "rm", "get", "set", "del",
						"scan", "stat", "top", "replay", "help" };
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
	ASSERT_EQ(0, chmod(DEVICE, device.st_mode & 07777));
}

TEST_HARNESS_MAIN
