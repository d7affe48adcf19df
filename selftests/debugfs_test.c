// SPDX-License-Identifier: GPL-2.0
/* What debugfs says agrees with the STAT command and with what was done. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "harness.h"

#define NAME	"debugfs.test"
#define FILLED	1000

FIXTURE(debugfs) {
	int map;
	struct ttlmap_stat stat;
};

/* A map with a bit of everything, at rest. */
FIXTURE_SETUP(debugfs)
{
	map_unlink(NAME);
	ASSERT_FD(self->map, map_create_named(NAME, 0640, FILLED));
	ASSERT_RC(0, u64_fill(self->map, 0, FILLED, 0));
	ASSERT_RC(0, u64_fill(self->map, FILLED - 50, 100, HOUR_NS));
	ASSERT_RC(0, u64_empty(self->map, FILLED - 50, 10));
	u64_count_present(self->map, 0, FILLED + 1000);
	ASSERT_TRUE(eventually(map_at_rest(self->map, &self->stat)));
	ASSERT_LT(0, self->stat.evicted);
	ASSERT_LT(0, self->stat.replaces);
	ASSERT_LT(0, self->stat.misses);
}

FIXTURE_TEARDOWN(debugfs)
{
	close(self->map);
	map_unlink(NAME);
}

static char *map_file(u64 id, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), DEBUGFS "/%llu/%s", id, name);
	return file_read(path);
}

/* ---- stats: a name and a value a line */

struct field {
	const char *name;
	size_t offset, size;
};

#define FIELD(field) { #field, offsetof(struct ttlmap_stat, field),	\
		       sizeof(((struct ttlmap_stat *)0)->field) }

static const struct field fields[] = {
	FIELD(id), FIELD(flags), FIELD(key_max), FIELD(value_max), FIELD(max_entries),
	FIELD(max_bytes), FIELD(default_ttl_ns), FIELD(min_ttl_ns), FIELD(max_ttl_ns),
	FIELD(entries), FIELD(resident_bytes), FIELD(live_bytes), FIELD(stale_entries),
	FIELD(stale_bytes), FIELD(oldest_stale_ns), FIELD(retired_entries),
	FIELD(retired_bytes), FIELD(table_bytes), FIELD(hits), FIELD(misses),
	FIELD(inserts), FIELD(replaces), FIELD(deletes), FIELD(evicted), FIELD(expired),
	FIELD(collision_evicted), FIELD(refused), FIELD(no_memory), FIELD(segments),
	FIELD(directory_slots), FIELD(splits), FIELD(merges), FIELD(directory_resizes),
	FIELD(retire_waits), FIELD(expire_lag_max_ns), FIELD(unread_bytes),
	FIELD(alarms), FIELD(alarms_raised),
};

static u64 field_of(const struct ttlmap_stat *stat, const struct field *field)
{
	const void *at = (const char *)stat + field->offset;

	return field->size == 4 ? *(const u32 *)at : *(const u64 *)at;
}

/* The text after "@name " at the start of a line, or NULL. */
static const char *line_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, name, len) && text[len] == ' ')
			return text + len + 1;
	return NULL;
}

TEST_F(debugfs, stats_agree_with_the_command)
{
	char *text = map_file(self->stat.id, "stats");

	ASSERT_NE(NULL, text);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *value = line_value(text, fields[i].name);

		EXPECT_NE(NULL, value) TH_LOG("no line %s", fields[i].name);
		if (!value)
			continue;
		EXPECT_EQ(field_of(&self->stat, &fields[i]), strtoull(value, NULL, 0))
			TH_LOG("%s", fields[i].name);
	}
	EXPECT_EQ(0, strncmp(line_value(text, "name") ?: "", NAME, strlen(NAME)));
	free(text);
}

/* ---- summary: a line for each map, after one that names the columns */

static int split_words(char *line, char **words, int room)
{
	int count = 0;
	char *rest = line;

	for (char *word; count < room && (word = strtok_r(rest, " ", &rest)); count++)
		words[count] = word;
	return count;
}

static char *take_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	if (!*line)
		return NULL;
	if (end)
		*end++ = '\0';
	*text = end ?: line + strlen(line);
	return line;
}

static const char columns[] =
	"# id name entries max_entries resident_bytes live_bytes stale_entries stale_bytes "
	"oldest_stale_ns retired_bytes table_bytes hits misses inserts replaces deletes evicted "
	"expired refused unread_bytes alarms";

TEST_F(debugfs, summary_agrees_with_the_command)
{
	char *text = file_read(DEBUGFS "/summary"), *at = text, *line;
	char *names[32], *values[32], header[512] = "";
	int count, found = 0;

	ASSERT_NE(NULL, text);
	line = take_line(&at);
	ASSERT_NE(NULL, line);
	EXPECT_STREQ(columns, line);
	snprintf(header, sizeof(header), "%s", line + 2);
	count = split_words(header, names, 32);
	while ((line = take_line(&at))) {
		ASSERT_EQ(count, split_words(line, values, 32));
		if (strcmp(values[1], NAME))
			continue;
		found++;
		for (int i = 0; i < count; i++) {
			for (size_t j = 0; j < ARRAY_SIZE(fields); j++) {
				if (strcmp(names[i], fields[j].name))
					continue;
				EXPECT_EQ(field_of(&self->stat, &fields[j]),
					  strtoull(values[i], NULL, 0))
					TH_LOG("column %s", names[i]);
			}
		}
	}
	EXPECT_EQ(1, found);
	free(text);
}

TEST_F(debugfs, summary_of_an_anonymous_map)
{
	struct ttlmap_create create = MAP_8_8(10);
	char *text, *at, *line, *values[32];
	struct ttlmap_stat stat;
	int map, found = 0;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &stat));
	text = file_read(DEBUGFS "/summary");
	at = text;
	ASSERT_NE(NULL, text);
	take_line(&at);
	while ((line = take_line(&at))) {
		split_words(line, values, 32);
		if (strtoull(values[0], NULL, 0) != stat.id)
			continue;
		found++;
		EXPECT_STREQ("-", values[1]);
	}
	EXPECT_EQ(1, found);
	free(text);
	close(map);
}

/* ---- occupancy */

TEST_F(debugfs, occupancy_adds_up)
{
	char *text = map_file(self->stat.id, "occupancy"), *at = text, *line;
	u64 slots = 0, buckets = 0, segments = 0, probed = 0, low, high, key, count;
	double load = -1;

	ASSERT_NE(NULL, text);
	while ((line = take_line(&at))) {
		if (sscanf(line, "bucket_slots %llu %llu", &key, &count) == 2) {
			slots += key * count;
			buckets += count;
		} else if (sscanf(line, "segment_entries %llu-%llu %llu",
				  &low, &high, &count) == 3) {
			EXPECT_LT(low, high);
			segments += count;
		} else if (sscanf(line, "probe_length %llu %llu", &key, &count) == 2) {
			EXPECT_GT(15, key);
			probed += count;
		} else {
			EXPECT_EQ(1, sscanf(line, "load_percent %lf", &load))
				TH_LOG("unknown line: %s", line);
		}
	}
	EXPECT_EQ(self->stat.entries, slots);
	EXPECT_EQ(self->stat.entries, probed);
	EXPECT_EQ(self->stat.segments, segments);
	EXPECT_EQ(15 * self->stat.segments, buckets);
	EXPECT_LE(100.0 * slots / (6 * buckets) - 1, load);
	EXPECT_GE(100.0 * slots / (6 * buckets) + 1, load);
	free(text);
}

/* ---- lifetime and permissions */

TEST_F(debugfs, files_vanish_with_the_map)
{
	char path[256];

	snprintf(path, sizeof(path), DEBUGFS "/%llu/stats", (u64)self->stat.id);
	ASSERT_EQ(0, access(path, R_OK));
	ASSERT_RC(0, map_unlink(NAME));
	EXPECT_EQ(0, access(path, R_OK)) TH_LOG("a descriptor still holds the map");
	close(self->map);
	self->map = -1;
	EXPECT_TRUE(eventually(access(path, F_OK) && errno == ENOENT));
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST_F(debugfs, nobody_writes)
{
	char path[256];
	struct stat mode;

	snprintf(path, sizeof(path), DEBUGFS "/%llu/stats", (u64)self->stat.id);
	ASSERT_EQ(0, stat(path, &mode));
	EXPECT_EQ(0, mode.st_mode & 0222);
	ASSERT_EQ(0, stat(DEBUGFS "/summary", &mode));
	EXPECT_EQ(0, mode.st_mode & 0222);
}

static atomic_bool stop;
static atomic_ullong looks;

/* Reads every file of every map, whether or not it is just going away. */
static void *look_always(void *unused)
{
	(void)unused;
	while (!stop) {
		char *summary = file_read(DEBUGFS "/summary"), *at = summary, *line;

		take_line(&at);
		while ((line = take_line(&at))) {
			u64 id = strtoull(line, NULL, 0);

			free(map_file(id, "stats"));
			free(map_file(id, "occupancy"));
		}
		free(summary);
		atomic_fetch_add(&looks, 1);
	}
	return NULL;
}

TEST(looking_at_maps_that_go)
{
	struct ttlmap_create create = MAP_8_8(3000);
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, look_always, NULL);
	for (u64 round = 0; round < effort(150, 5000); round++) {
		int map = map_create(&create);

		ASSERT_LE(0, map);
		EXPECT_RC(0, u64_fill(map, 0, 200 * (round % 10), 0));
		close(map);
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	EXPECT_LT(0, looks);
	EXPECT_TRUE(eventually(live_maps() == 0));
}

TEST_HARNESS_MAIN
