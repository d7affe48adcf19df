// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading, and what the machine's memory looks like afterwards.
 * The module is loaded when the program starts and when it ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include "harness.h"

#define NAME	"module.test"

/* Refused in either of the two ways in which the kernel says so. */
static int unload_refused(void)
{
	int rc = module_unload();

	return rc == -EWOULDBLOCK || rc == -EBUSY ? 0 : rc ?: -EISCONN;
}

TEST(load_and_unload_many_times)
{
	u64 rounds = effort(200, 200);

	ASSERT_TRUE(module_loaded());
	for (u64 round = 0; round < rounds; round++) {
		ASSERT_RC(0, module_unload(), "round %llu", round);
		ASSERT_FALSE(module_loaded());
		ASSERT_RC(-ENOENT, device_open());
		ASSERT_RC(0, module_load(), "round %llu", round);
		ASSERT_TRUE(module_loaded());
		if (round % 50 == 49)
			ksft_print_msg("%llu times\n", round + 1);
	}
	ASSERT_RC(-EEXIST, module_load());
}

TEST(unload_after_use_each_time)
{
	for (int round = 0; round < 10; round++) {
		struct ttlmap_create create = MAP_8_8(5000);
		int map;

		ASSERT_FD(map, map_create(&create));
		ASSERT_RC(0, u64_fill(map, 0, 3000, NSEC_PER_MSEC));
		ASSERT_RC(0, u64_fill(map, 5000, 3000, HOUR_NS));
		close(map);
		/* A map's memory goes in a worker that still belongs to the module. */
		ASSERT_TRUE(eventually(!module_unload()));
		ASSERT_RC(0, module_load());
	}
}

TEST(unload_refused_while_a_descriptor_is_open)
{
	struct ttlmap_create create = MAP_8_8(10);
	int map, device;

	ASSERT_FD(map, map_create(&create));
	EXPECT_RC(0, unload_refused());
	EXPECT_RC(0, u64_set(map, 1, 1, 0, 0));
	close(map);
	ASSERT_FD(device, device_open());
	EXPECT_RC(0, unload_refused());
	close(device);
	EXPECT_TRUE(eventually(!module_unload()));
	ASSERT_RC(0, module_load());
}

TEST(unload_refused_while_a_name_is_left)
{
	int map;

	ASSERT_FD(map, map_create_named(NAME, 0600, 10));
	ASSERT_RC(0, u64_set(map, 1, 1, 0, 0));
	close(map);
	EXPECT_RC(0, unload_refused());
	ASSERT_FD(map, map_open(NAME, TTLMAP_OPEN_READ));
	EXPECT_TRUE(u64_has(map, 1));
	close(map);
	ASSERT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(!module_unload()));
	ASSERT_RC(0, module_load());
}

static pid_t busy_client(u64 first)
{
	struct ttlmap_create create = MAP_8_8(5000);
	pid_t child = fork();
	int map;

	if (child)
		return child;
	map = map_create(&create);
	for (;;)
		u64_fill(map, first++, 4000, 5 * NSEC_PER_MSEC);
}

TEST(unload_under_load)
{
	pid_t clients[4];

	for (int i = 0; i < 4; i++)
		clients[i] = busy_client(i * 1000000ULL);
	ASSERT_TRUE(eventually(live_maps() == 4));
	for (int i = 0; i < 50; i++) {
		ASSERT_RC(0, unload_refused());
		sleep_ms(10);
	}
	for (int i = 0; i < 4; i++) {
		kill(clients[i], SIGKILL);
		ASSERT_EQ(clients[i], waitpid(clients[i], NULL, 0));
	}
	EXPECT_TRUE(eventually(!module_unload()));
	ASSERT_RC(0, module_load());
}

/* ---- memory */

struct memory {
	u64 slab, vmalloc, percpu, module_vmalloc, objects;
};

static struct memory memory_now(void)
{
	slab_shrink("ttlmap");
	return (struct memory){
		.slab = meminfo_bytes("Slab"),
		.vmalloc = meminfo_bytes("VmallocUsed"),
		.percpu = meminfo_bytes("Percpu"),
		.module_vmalloc = vmalloc_bytes("[ttlmap]"),
		.objects = slab_objects("ttlmap"),
	};
}

static bool memory_back(const struct memory *before, struct memory *now)
{
	/* Others allocate as well: a little may differ, but no tenth of a map. */
	const u64 slack = 4 << 20;

	*now = memory_now();
	return now->objects <= before->objects &&
	       now->module_vmalloc <= before->module_vmalloc &&
	       now->slab <= before->slab + slack &&
	       now->vmalloc <= before->vmalloc + slack / 4 &&
	       now->percpu <= before->percpu + slack / 4;
}

static void show(const char *when, const struct memory *memory)
{
	ksft_print_msg("%s: slab %llu KiB, vmalloc %llu KiB (%llu of the module), "
		       "percpu %llu KiB, %llu objects\n", when, memory->slab >> 10,
		       memory->vmalloc >> 10, memory->module_vmalloc >> 10,
		       memory->percpu >> 10, memory->objects);
}

TEST(a_million_entries_leave_no_trace)
{
	u64 count = affordable(effort(1000000, 1000000), 160);
	struct ttlmap_create create = MAP_8_8(count);
	struct memory before, full, after;
	struct ttlmap_stat stat;
	int map;

	ASSERT_FD(map, map_create(&create));
	close(map);
	ASSERT_TRUE(eventually(live_maps() == 0));
	before = memory_now();
	show("before", &before);
	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, u64_fill(map, 0, count, 0));
	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	full = memory_now();
	show("full", &full);
	ksft_print_msg("%llu bytes an entry\n",
		       (stat.live_bytes + stat.table_bytes) / stat.entries);
	EXPECT_EQ(count, stat.entries);
	EXPECT_GE(72 * count, stat.live_bytes + stat.table_bytes);
	EXPECT_LE(before.slab + 40 * count, full.slab) TH_LOG("the look at the slab sees nothing");
	close(map);
	EXPECT_TRUE(eventually(memory_back(&before, &after)));
	show("after", &after);
}

/* Objects of the module's caches against what the map says that it holds. */
TEST(slabinfo_agrees)
{
	u64 count = affordable(effort(300000, 300000), 160), slab, said;
	struct ttlmap_create create = { .key_max = 16, .value_max = 64, .max_entries = count };
	static const char value[64];
	struct ttlmap_stat stat;
	u64 key[2] = { };
	int map;

	ASSERT_FD(map, map_create(&create));
	ASSERT_RC(0, map_stat(map, &stat));
	for (key[0] = 0; key[0] < count; key[0]++) {
		struct ttlmap_op op = op_update(key, 16, value, 64, HOUR_NS, 0);

		ASSERT_RC(0, map_op(map, &op));
	}
	ASSERT_TRUE(eventually(map_at_rest(map, &stat)));
	slab_shrink("ttlmap");
	slab = slab_object_bytes("ttlmap");
	said = stat.live_bytes + stat.table_bytes;
	ksft_print_msg("slabinfo %llu bytes, stat %llu bytes, %llu an entry\n", slab, said,
		       said / count);
	EXPECT_GE(136 * count, said);
	EXPECT_LE(slab - slab / 50, said);
	EXPECT_GE(slab + slab / 50, said);
	close(map);
}

TEST(the_module_is_loaded_at_the_end)
{
	EXPECT_TRUE(module_loaded() || !module_load());
}

TEST_HARNESS_MAIN
