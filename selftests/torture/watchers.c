// SPDX-License-Identifier: GPL-2.0
/* Those who ask for figures all the time, and see whether they agree. */
#include <dirent.h>
#include <errno.h>

#include "torture.h"

/* The counts of struct ttlmap_stat, which never fall. */
#define FIRST_COUNT	(offsetof(struct ttlmap_stat, hits) / 8)
#define LAST_COUNT	(offsetof(struct ttlmap_stat, no_memory) / 8)

static void compare_counts(struct self *self, const char *name, const struct ttlmap_stat *before,
			   const struct ttlmap_stat *now)
{
	const u64 *x = (const u64 *)before, *y = (const u64 *)now;

	for (size_t i = FIRST_COUNT; i <= LAST_COUNT; i++)
		FIND_IF(self, y[i] < x[i], "%s: count %zu fell from %llu to %llu", name,
			i - FIRST_COUNT, x[i], y[i]);
}

static void check_stat(struct self *self, const struct arena *arena,
		       const struct ttlmap_stat *stat)
{
	FIND_IF(self, !stat_adds_up(stat), "%s: the bytes do not add up", arena->name);
	FIND_IF(self, stat->entries > arena->cap_max, "%s holds %llu entries, of %llu",
		arena->name, stat->entries, arena->cap_max);
	FIND_IF(self, arena->bytes_max && stat->live_bytes + stat->stale_bytes > arena->bytes_max,
		"%s holds %llu bytes, of %llu", arena->name, stat->live_bytes + stat->stale_bytes,
		arena->bytes_max);
	FIND_IF(self, stat->stale_entries > stat->entries, "%s: more is stale than there is",
		arena->name);
	FIND_IF(self, stat->segments > stat->directory_slots, "%s: %llu segments in %llu slots",
		arena->name, stat->segments, stat->directory_slots);
}

void watch_statistics(struct self *self)
{
	struct ttlmap_stat before[ARENAS] = { }, now;

	while (going(self)) {
		for (int i = 0; i < ARENAS; i++) {
			const struct arena *arena = &self->w->arenas[i];
			int rc = map_stat(arena->map, &now);

			FIND_IF(self, rc, "%s: STAT: %s", arena->name, rc_name(rc));
			check_stat(self, arena, &now);
			compare_counts(self, arena->name, &before[i], &now);
			before[i] = now;
		}
		self->part->rounds++;
		nap(self, 20);
	}
}

/* A map may go while its files are read, the folder of all of them does not. */
static void read_folder(struct self *self, const char *name)
{
	static const char * const others[] = {
		"occupancy", "growth", "stale", "retired", "ages", "ttls", "sizes", "oldest",
		"owners", "latency", "history", "alarms",
	};
	char path[sizeof(DEBUGFS) + 300], *text;

	snprintf(path, sizeof(path), DEBUGFS "/%s/stats", name);
	text = file_read(path);
	FIND_IF(self, text && *text && !strstr(text, "resident_bytes"), "%s says %.40s", path,
		text);
	free(text);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && going(self); i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s/%s", name, others[i]);
		free(file_read(path));
	}
}

void read_debugfs(struct self *self)
{
	while (going(self)) {
		char *summary = file_read(DEBUGFS "/summary");
		DIR *folder = opendir(DEBUGFS);

		FIND_IF(self, !summary || !strstr(summary, HERD), "the summary lacks " HERD);
		FIND_IF(self, !folder, "debugfs: no folder");
		for (struct dirent *at; folder && (at = readdir(folder)) && going(self);)
			if (at->d_name[0] >= '0' && at->d_name[0] <= '9')
				read_folder(self, at->d_name);
		if (folder)
			closedir(folder);
		free(summary);
		self->part->rounds++;
		nap(self, 30);
	}
}

/* More often than anybody would, or hardly ever. */
void change_sampling(struct self *self)
{
	static const u64 periods_ms[] = { 10, 100, 10000, 3600000 };

	while (going(self)) {
		int rc = parameter_write("sample_ms", periods_ms[rng_below(&self->rng, 4)]);

		FIND_IF(self, rc, "sample_ms: %s", rc_name(rc));
		self->part->rounds++;
		nap(self, 500);
	}
}
