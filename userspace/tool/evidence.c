// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "debugfs.h"
#include "evidence.h"
#include "trouble.h"

/* A file that this user, or this kernel, does not have leaves nothing behind. */
static int read_part(struct evidence *evidence, const char *name,
		     int (*take)(struct evidence *evidence, FILE *file))
{
	FILE *file = debugfs_open(evidence->stat.id, name);
	int ret;

	if (!file)
		return errno == ENOENT || errno == EACCES ? 0 : -1;
	evidence->inside = true;
	ret = take(evidence, file);
	fclose(file);
	return ret;
}

static int take_owners(struct evidence *evidence, FILE *file)
{
	return owners_read(file, &evidence->owners);
}

static int take_ages(struct evidence *evidence, FILE *file)
{
	return classes_read(file, "idle_s", &evidence->ages);
}

static int take_ttls(struct evidence *evidence, FILE *file)
{
	return classes_read(file, NULL, &evidence->ttls);
}

static int take_history(struct evidence *evidence, FILE *file)
{
	return history_read(file, &evidence->history);
}

static int take_alarms(struct evidence *evidence, FILE *file)
{
	return alarms_read(file, &evidence->alarms);
}

int evidence_read_inside(struct evidence *evidence)
{
	if (read_part(evidence, "owners", take_owners) ||
	    read_part(evidence, "ages", take_ages) ||
	    read_part(evidence, "ttls", take_ttls) ||
	    read_part(evidence, "history", take_history) ||
	    read_part(evidence, "alarms", take_alarms)) {
		evidence_free(evidence);
		return -1;
	}
	return 0;
}

int evidence_read(struct evidence *evidence, const char *map)
{
	int fd = ttlmap_map_open(map, TTLMAP_OPEN_READ);
	int ret;

	*evidence = (struct evidence){ 0 };
	if (fd < 0)
		return trouble_with_map(map);
	ret = ttlmap_map_stat(fd, &evidence->stat);
	close(fd);
	if (ret)
		return trouble_with_map(map);
	return evidence_read_inside(evidence) ? trouble_with(DEBUGFS) : 0;
}

void evidence_free(struct evidence *evidence)
{
	owners_free(&evidence->owners);
	history_free(&evidence->history);
}
