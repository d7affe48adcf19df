// SPDX-License-Identifier: GPL-2.0
/*
 * A map that a module and programs use together: what the module does is in
 * modules/kapi_steps.c, a step behind a file in debugfs.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "harness.h"
#include "kmodules.h"

#define KAPI	"ttlmap_kapi_test"
#define SHARED	"kapi.shared"

/* What a step has to say is what is wrong. */
static char *run_step(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/kernel/debug/" KAPI "/steps/%s", name);
	return file_read(path) ?: strdup("there is no such step");
}

#define EXPECT_STEP(name) do {						\
	char *said_ = run_step(name);					\
									\
	EXPECT_STREQ("", said_) TH_LOG("%s", said_);			\
	free(said_);							\
} while (0)

FIXTURE(shared) {
	int maps;
};

FIXTURE_SETUP(shared)
{
	self->maps = live_maps();
	ASSERT_RC(0, kmodule_load(KAPI, ""));
}

FIXTURE_TEARDOWN(shared)
{
	EXPECT_RC(0, kmodule_unload(KAPI));
	EXPECT_TRUE(eventually(live_maps() == self->maps));
	EXPECT_EQ(0, named_maps());
}

TEST_F(shared, ttlmap_stays_while_a_module_uses_it)
{
	EXPECT_RC(-EWOULDBLOCK, module_unload());
}

static int map_command(int map, u32 command)
{
	struct ttlmap_op op = { .op = command };

	return map_op(map, &op);
}

static int freeze(int map)
{
	struct ttlmap_freeze arg = { };

	return map_ioctl(map, TTLMAP_IOC_FREEZE, &arg);
}

TEST_F(shared, each_sees_what_the_other_does)
{
	u64 value;
	int map;

	EXPECT_STEP("make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_TRUE(u64_has(map, 1));
	EXPECT_RC(0, u64_delete(map, 1));
	EXPECT_RC(0, u64_set(map, 2, 2, HOUR_NS, 0));
	EXPECT_STEP("see");
	EXPECT_TRUE(u64_has(map, 3));
	EXPECT_RC(0, map_command(map, TTLMAP_OP_CLEAR));
	EXPECT_STEP("see_nothing");
	EXPECT_RC(0, freeze(map));
	EXPECT_STEP("see_frozen");
	EXPECT_RC(0, u64_get(map, 4, &value));
	EXPECT_EQ(44, value);
	EXPECT_STEP("put");
	close(map);
}

/* What it bound to a descriptor goes with that, whoever made the map. */
TEST_F(shared, programs_bind_entries_to_descriptors)
{
	int map;

	EXPECT_STEP("make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_RC(0, u64_set(map, 2, 2, HOUR_NS, TTLMAP_OWNED));
	close(map);
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ));
	EXPECT_TRUE(eventually(!u64_has(map, 2)));
	EXPECT_TRUE(u64_has(map, 1));
	close(map);
	EXPECT_STEP("put");
}

/* The module goes, its map stays with those who have it open, and ttlmap too. */
TEST_F(shared, programs_may_keep_a_map)
{
	int map;

	EXPECT_STEP("make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_STEP("put");
	EXPECT_RC(-ENOENT, map_open(SHARED, TTLMAP_OPEN_READ));
	ASSERT_RC(0, kmodule_unload(KAPI));
	EXPECT_TRUE(u64_has(map, 1));
	EXPECT_RC(0, u64_set(map, 5, 5, HOUR_NS, 0));
	EXPECT_RC(-EWOULDBLOCK, module_unload());
	close(map);
	EXPECT_TRUE(eventually(!module_unload()));
	EXPECT_RC(0, module_load());
	ASSERT_RC(0, kmodule_load(KAPI, ""));
}

TEST_HARNESS_MAIN
