// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "debugfs.h"
#include "maps.h"

static int append(struct maps *maps, const struct ttlmap_stat *stat)
{
	struct ttlmap_stat *map;

	map = reallocarray(maps->map, maps->count + 1, sizeof(*map));
	if (!map)
		return -1;
	maps->map = map;
	maps->map[maps->count++] = *stat;
	return 0;
}

static int read_summary(struct maps *maps, FILE *file)
{
	struct summary_reader reader;
	struct ttlmap_stat stat;
	int ret;

	if (summary_begin(&reader, file))
		return -1;
	while ((ret = summary_next(&reader, &stat)) > 0) {
		if (append(maps, &stat)) {
			ret = -1;
			break;
		}
	}
	summary_end(&reader);
	return ret;
}

/* A map may go, or be closed to this user; neither ends the list. */
static int read_item(struct maps *maps, const struct ttlmap_list_item *item)
{
	struct ttlmap_stat stat;
	int fd, ret;

	fd = ttlmap_map_open((const char *)item->name, TTLMAP_OPEN_READ);
	if (fd < 0 && errno == EACCES) {
		maps->hidden++;
		return 0;
	}
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	ret = ttlmap_map_stat(fd, &stat);
	close(fd);
	return ret ? -1 : append(maps, &stat);
}

static int read_named(struct maps *maps)
{
	struct ttlmap_lister *lister = ttlmap_lister_new();
	struct ttlmap_list_item item;
	int ret;

	if (!lister)
		return -1;
	while ((ret = ttlmap_lister_next(lister, &item)) > 0) {
		ret = read_item(maps, &item);
		if (ret)
			break;
	}
	ttlmap_lister_free(lister);
	return ret;
}

int maps_read(struct maps *maps)
{
	FILE *file = fopen(DEBUGFS "/summary", "re");
	struct timespec now;
	int ret;

	memset(maps, 0, sizeof(*maps));
	maps->partial = file;
	ret = file ? read_summary(maps, file) : read_named(maps);
	if (file)
		fclose(file);
	clock_gettime(CLOCK_BOOTTIME, &now);
	maps->at_ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
	if (ret)
		maps_free(maps);
	return ret;
}

/* A map may be gone since it was listed; then it is left out. */
static int complete(struct maps *maps)
{
	size_t kept = 0;

	for (size_t i = 0; i < maps->count; i++) {
		FILE *file = debugfs_open(maps->map[i].id, "stats");
		int ret;

		if (!file && errno == ENOENT)
			continue;
		if (!file)
			return -1;
		ret = read_stats(file, &maps->map[kept]);
		fclose(file);
		if (ret)
			return -1;
		kept++;
	}
	maps->count = kept;
	return 0;
}

int maps_read_all(struct maps *maps)
{
	if (maps_read(maps))
		return -1;
	if (!maps->partial || !complete(maps))
		return 0;
	maps_free(maps);
	return -1;
}

void maps_free(struct maps *maps)
{
	free(maps->map);
	maps->map = NULL;
	maps->count = 0;
}

const struct ttlmap_stat *maps_find(const struct maps *maps, uint64_t id)
{
	for (size_t i = 0; i < maps->count; i++)
		if (maps->map[i].id == id)
			return &maps->map[i];
	return NULL;
}

struct text map_title(const struct ttlmap_stat *map)
{
	struct text text;

	if (map->name[0])
		snprintf(text.s, sizeof(text.s), "%.*s", MAP_TITLE_MAX, map->name);
	else
		snprintf(text.s, sizeof(text.s), "#%llu", map->id);
	return text;
}
