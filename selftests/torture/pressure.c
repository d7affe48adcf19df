// SPDX-License-Identifier: GPL-2.0
/* Memory that runs short: shrinkers that are called, a group that is full. */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define GROUP_ROOT	"/sys/fs/cgroup"
#define GROUP		GROUP_ROOT "/ttlmap.torture"
#define GROUP_BYTES	"2097152"
#define SHRINKERS	"/sys/kernel/debug/shrinker/ttlmap*/scan"
#define WATERMARKS	"/proc/sys/vm/watermark_scale_factor"
/* What the hog leaves free, and how much it takes at a time. */
#define LEFT_BYTES	(56ULL << 20)
#define PIECE_BYTES	(4ULL << 20)

void make_caches_shrink(struct self *self)
{
	while (going(self)) {
		int rc = file_write("/proc/sys/vm/drop_caches", "2");

		FIND_IF(self, rc && rc != -EINTR, "drop_caches: %s", rc_name(rc));
		self->part->rounds++;
		nap(self, 600);
	}
}

bool shrinker_debugfs_missing(void)
{
	glob_t found;
	bool missing = glob(SHRINKERS, 0, NULL, &found);

	if (!missing)
		globfree(&found);
	return missing;
}

/* A group that is not one, a node, and how many. */
void shrink_by_debugfs(struct self *self)
{
	glob_t found;

	if (glob(SHRINKERS, 0, NULL, &found))
		return;
	while (going(self)) {
		char text[32];
		int rc;

		snprintf(text, sizeof(text), "0 0 %llu", 1 + rng_below(&self->rng, 500));
		rc = file_write(found.gl_pathv[0], text);
		FIND_IF(self, rc && rc != -EINTR, "the shrinker's file: %s", rc_name(rc));
		self->part->rounds++;
		nap(self, 100);
	}
	globfree(&found);
}

/* All but a little, so that the kernel reclaims, and nobody is killed for it. */
static void hog(void)
{
	char *piece;

	file_write("/proc/self/oom_score_adj", "1000");
	while (meminfo_bytes("MemFree") > LEFT_BYTES + PIECE_BYTES) {
		piece = mmap(NULL, PIECE_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (piece == MAP_FAILED)
			break;
	}
}

/*
 * With the watermarks far apart the kernel begins to reclaim long before it runs
 * out of memory.
 */
void take_memory(struct self *self)
{
	char *usual = file_read(WATERMARKS);

	file_write(WATERMARKS, "1000");
	while (going(self)) {
		pid_t child = fork();

		if (!child) {
			hog();
			pause();
		}
		nap(self, 3000);
		if (child > 0) {
			kill(child, SIGKILL);
			waitpid(child, NULL, 0);
			self->part->rounds++;
		}
		nap(self, 1000);
	}
	if (usual)
		file_write(WATERMARKS, usual);
	free(usual);
}

bool cgroup_missing(void)
{
	return access(GROUP_ROOT "/cgroup.subtree_control", W_OK);
}

/* A writer in a group that is full is told so, or killed, in the middle of anything. */
static int write_in_group(int map)
{
	static const char value[2048];
	int rc = file_write(GROUP "/cgroup.procs", "0");

	for (u64 key = 0; !rc && key < 20000; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, 1 + key % sizeof(value),
						NSEC_PER_SEC / 5, 0);

		rc = map_op(map, &op);
		if (rc == -EDQUOT)
			rc = 0;
	}
	return -rc;
}

static void fill_once(struct self *self)
{
	int map = torture_create(NULL, 0, 2048, 100000), status = 0;
	pid_t child;

	if (map < 0)
		return;
	child = fork();
	if (!child)
		_exit(write_in_group(map));
	if (child > 0)
		waitpid(child, &status, 0);
	FIND_IF(self, WIFEXITED(status) && WEXITSTATUS(status) && WEXITSTATUS(status) != ENOMEM,
		"a writer in a full group: %s", rc_name(-WEXITSTATUS(status)));
	close(map);
}

void fill_cgroup(struct self *self)
{
	int rc = file_write(GROUP_ROOT "/cgroup.subtree_control", "+memory");

	rc = rc ?: mkdir(GROUP, 0755) ? -errno : 0;
	rc = rc ?: file_write(GROUP "/memory.max", GROUP_BYTES);
	FIND_IF(self, rc, "no group: %s", rc_name(rc));
	while (going(self)) {
		fill_once(self);
		self->part->rounds++;
		nap(self, 1000);
	}
	rmdir(GROUP);
}
