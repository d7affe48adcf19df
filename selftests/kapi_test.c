// SPDX-License-Identifier: GPL-2.0
/*
 * The API for other modules. Its tests are in a module of their own,
 * modules/kapi_*.c, each behind a file in debugfs; here they are run, and what
 * takes a program beside the module is added.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>

#include "harness.h"
#include "kmodules.h"

#define KAPI	"ttlmap_kapi_test"
#define DIR_OF	"/sys/kernel/debug/" KAPI
#define SHARED	"kapi.shared"

#define STEPS(step)							\
	step(shared_make) step(shared_see) step(shared_see_nothing)	\
	step(shared_see_frozen) step(shared_put)

#define CASES(one)							\
	one(lookup) one(lengths) one(lookup_many)			\
	one(entry_survives_delete) one(entry_survives_update)		\
	one(entry_survives_expiry) one(entry_survives_eviction)		\
	one(entry_references_are_limited)				\
	one(for_each) one(for_each_ends_early)				\
	one(for_each_while_others_write)				\
	one(create_checks) one(no_callback_with_a_name)			\
	one(names_are_unique) one(update_flags)				\
	one(lengths_are_checked) one(ttls_are_checked)			\
	one(update_and_expiry) one(full_without_eviction)		\
	one(larger_than_the_map) one(counters) one(counters_expire)	\
	one(counters_ask_for_their_flag)				\
	one(removed_deleted) one(removed_replaced) one(removed_expired)	\
	one(removed_evicted) one(removed_evicted_prealloc)		\
	one(removed_with_all_tails) one(removed_before_put_returns)	\
	one(removed_after_the_last_reference)				\
	one(updates_in_all_contexts) one(updates_in_all_contexts_tails)	\
	one(adds_in_all_contexts) one(growth_in_atomic_context)

/* What the kernel has to say about a case: nothing, if all is well. */
static char *run_case(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), DIR_OF "/%s", name);
	return file_read(path) ?: strdup("there is no such case");
}

#define EXPECT_CASE(name) do {						\
	char *said_ = run_case(name);					\
									\
	EXPECT_STREQ("", said_) TH_LOG("%s", said_);			\
	free(said_);							\
} while (0)

FIXTURE(kapi) {
	int maps;
};

FIXTURE_SETUP(kapi)
{
	self->maps = live_maps();
	ASSERT_RC(0, kmodule_load(KAPI, ""));
}

FIXTURE_TEARDOWN(kapi)
{
	EXPECT_RC(0, kmodule_unload(KAPI));
	EXPECT_TRUE(eventually(live_maps() == self->maps));
	EXPECT_EQ(0, named_maps());
}

#define KERNEL_TEST(name)						\
	TEST_F(kapi, name)						\
	{								\
		EXPECT_CASE(#name);					\
	}

CASES(KERNEL_TEST)

#define NAME(name)	#name,
static const char * const names[] = { CASES(NAME) STEPS(NAME) };

TEST_F(kapi, all_cases_are_run)
{
	DIR *dir = opendir(DIR_OF);
	struct dirent *file;
	unsigned int found = 0;

	ASSERT_NE(NULL, dir);
	while ((file = readdir(dir)))
		found += file->d_name[0] != '.';
	closedir(dir);
	EXPECT_EQ(sizeof(names) / sizeof(names[0]), found);
}

TEST_F(kapi, ttlmap_stays_while_a_module_uses_it)
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

TEST_F(kapi, shares_a_map_with_programs)
{
	u64 value;
	int map;

	EXPECT_CASE("shared_make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_TRUE(u64_has(map, 1));
	EXPECT_RC(0, u64_delete(map, 1));
	EXPECT_RC(0, u64_set(map, 2, 2, HOUR_NS, 0));
	EXPECT_CASE("shared_see");
	EXPECT_TRUE(u64_has(map, 3));
	EXPECT_RC(0, map_command(map, TTLMAP_OP_CLEAR));
	EXPECT_CASE("shared_see_nothing");
	EXPECT_RC(0, freeze(map));
	EXPECT_CASE("shared_see_frozen");
	EXPECT_RC(0, u64_get(map, 4, &value));
	EXPECT_EQ(44, value);
	EXPECT_CASE("shared_put");
	close(map);
}

/* What it bound to a descriptor goes with that, whoever made the map. */
TEST_F(kapi, programs_bind_entries_to_descriptors)
{
	int map;

	EXPECT_CASE("shared_make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_RC(0, u64_set(map, 2, 2, HOUR_NS, TTLMAP_OWNED));
	close(map);
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ));
	EXPECT_TRUE(eventually(!u64_has(map, 2)));
	EXPECT_TRUE(u64_has(map, 1));
	close(map);
	EXPECT_CASE("shared_put");
}

/* The module goes, its map stays with those who have it open, and ttlmap too. */
TEST_F(kapi, programs_may_keep_a_map)
{
	int map;

	EXPECT_CASE("shared_make");
	ASSERT_FD(map, map_open(SHARED, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
	EXPECT_CASE("shared_put");
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
