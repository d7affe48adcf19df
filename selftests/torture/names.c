// SPDX-License-Identifier: GPL-2.0
/* Names that come and go, and the namespaces that they are in. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define NAMES		6
#define LIST_ROOM	16
#define OPEN_MAX	4

struct juggler {
	struct self *self;
	int maps[OPEN_MAX];
	u64 last_id;
};

static void keep_or_close(struct juggler *juggler, int map)
{
	int *slot = &juggler->maps[rng_below(&juggler->self->rng, OPEN_MAX)];

	if (*slot >= 0)
		close(*slot);
	*slot = map;
}

/* Numbers of maps rise, and none is used twice. */
static void check_id(struct juggler *juggler, int map)
{
	struct ttlmap_stat stat;
	int rc = map_stat(map, &stat);

	FIND_IF(juggler->self, rc, "STAT of a new map: %s", rc_name(rc));
	FIND_IF(juggler->self, !rc && stat.id <= juggler->last_id, "map %llu is made after %llu",
		stat.id, juggler->last_id);
	juggler->last_id = stat.id;
}

static void create_some(struct juggler *juggler, const char *name)
{
	static const u32 flags[] = { 0, TTLMAP_F_NO_EVICT, TTLMAP_F_RECLAIM, TTLMAP_F_OWNERS,
				     TTLMAP_F_PREALLOC, TTLMAP_F_SIPHASH | TTLMAP_F_SLIDING };
	struct self *self = juggler->self;
	int map = torture_create(name, flags[rng_below(&self->rng, ARRAY_SIZE(flags))], 64,
				 1 + rng_below(&self->rng, 2000));

	FIND_IF(self, map < 0 && map != -EEXIST && map != -ENOMEM && map != -EDQUOT, "CREATE: %s",
		rc_name(map));
	if (map < 0)
		return;
	check_id(juggler, map);
	keep_or_close(juggler, map);
}

static void open_some(struct juggler *juggler, const char *name)
{
	int map = map_open(name, 1 + rng_below(&juggler->self->rng, 3));

	FIND_IF(juggler->self, map < 0 && map != -ENOENT && map != -ENOMEM, "OPEN: %s",
		rc_name(map));
	if (map >= 0)
		keep_or_close(juggler, map);
}

static void use_some(struct juggler *juggler)
{
	int map = juggler->maps[rng_below(&juggler->self->rng, OPEN_MAX)];

	if (map < 0)
		return;
	u64_fill(map, rng_below(&juggler->self->rng, 100), 200, NSEC_PER_SEC / 10);
	close(dup(map));
}

static void check_list(struct self *self)
{
	struct ttlmap_list_item items[LIST_ROOM];
	struct ttlmap_list list = { .items = (uintptr_t)items, .item_size = sizeof(items[0]) };
	u64 last = 0;
	int herds = 0, rc;

	do {
		list.count = 1 + rng_below(&self->rng, LIST_ROOM);
		rc = device_ioctl(TTLMAP_IOC_LIST, &list);
		FIND_IF(self, rc, "LIST: %s", rc_name(rc));
		for (u32 i = 0; i < list.count && !rc; i++) {
			FIND_IF(self, items[i].id <= last, "the list goes from %llu to %llu", last,
				items[i].id);
			last = items[i].id;
			herds += !strcmp((const char *)items[i].name, HERD);
		}
	} while (list.count && !rc);
	FIND_IF(self, herds != 1 && !rc, HERD " is listed %d times", herds);
}

static void juggle_one(struct juggler *juggler)
{
	struct self *self = juggler->self;
	char name[TTLMAP_NAME_SIZE];
	int rc;

	snprintf(name, sizeof(name), "torture.%llu", rng_below(&self->rng, NAMES));
	switch (rng_below(&self->rng, 6)) {
	case 0:
		create_some(juggler, rng_below(&self->rng, 4) ? name : NULL);
		break;
	case 1:
		rc = map_unlink(name);
		FIND_IF(self, rc && rc != -ENOENT, "UNLINK: %s", rc_name(rc));
		break;
	case 2:
		check_list(self);
		break;
	case 3:
		use_some(juggler);
		break;
	case 4:
		keep_or_close(juggler, -1);
		break;
	default:
		open_some(juggler, name);
	}
}

void juggle_names(struct self *self)
{
	struct juggler juggler = { .self = self, .maps = { -1, -1, -1, -1 } };
	char name[TTLMAP_NAME_SIZE];

	while (going(self)) {
		juggle_one(&juggler);
		self->part->rounds++;
	}
	for (int i = 0; i < OPEN_MAX; i++)
		if (juggler.maps[i] >= 0)
			close(juggler.maps[i]);
	for (int i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "torture.%d", i);
		map_unlink(name);
	}
}

/* A name that nobody removes goes with its namespace. */
static int leave_a_name(void)
{
	int map;

	if (unshare(CLONE_NEWNET))
		return errno;
	map = torture_create(HERD, 0, 64, 5000);
	if (map < 0)
		return -map;
	u64_fill(map, 0, 2000, 0);
	return 0;
}

void end_namespaces(struct self *self)
{
	while (going(self)) {
		pid_t child = fork();
		int status = 0;

		if (!child)
			_exit(leave_a_name());
		if (child > 0)
			waitpid(child, &status, 0);
		FIND_IF(self, WIFEXITED(status) && WEXITSTATUS(status) &&
			WEXITSTATUS(status) != ENOMEM && WEXITSTATUS(status) != EDQUOT,
			"a map in a new namespace: %s", rc_name(-WEXITSTATUS(status)));
		self->part->rounds++;
		nap(self, 300);
	}
}
