// SPDX-License-Identifier: GPL-2.0
/* Entries are charged to the memory cgroup of whoever writes them. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "harness.h"

#define ROOT	"/sys/fs/cgroup"
#define GROUP	ROOT "/ttlmap.test"
#define BYTES	(32ULL << 20)
#define NAME	"memcg.test"

FIXTURE(memcg) {
	int map;
};

FIXTURE_SETUP(memcg)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 65536,
					.max_entries = 1 << 20, .mode = 0600, .name = NAME };

	mount("cgroup2", ROOT, "cgroup2", 0, NULL);
	ASSERT_RC(0, file_write(ROOT "/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	ASSERT_FD(self->map, map_create(&create));
}

FIXTURE_TEARDOWN(memcg)
{
	close(self->map);
	map_unlink(NAME);
	rmdir(GROUP);
}

static u64 charged(void)
{
	char *text = file_read(GROUP "/memory.current");
	u64 bytes = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return bytes;
}

struct load {
	int map;
	u32 value_len;
};

static int write_in_group(void *arg)
{
	struct load *load = arg;
	static const char value[65536];
	int rc = file_write(GROUP "/cgroup.procs", "0");

	for (u64 key = 0; !rc && key < BYTES / load->value_len; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, load->value_len, 0, 0);

		rc = map_op(load->map, &op);
	}
	return rc;
}

FIXTURE_VARIANT(memcg) {
	u32 value_len;
};

FIXTURE_VARIANT_ADD(memcg, small) { .value_len = 200 };
FIXTURE_VARIANT_ADD(memcg, middle) { .value_len = 4000 };
FIXTURE_VARIANT_ADD(memcg, large) { .value_len = 65536 };

TEST_F(memcg, charged_and_given_back)
{
	struct load load = { self->map, variant->value_len };
	u64 before = charged(), full;

	ASSERT_RC(0, as_user(0, 0, write_in_group, &load));
	full = charged();
	ksft_print_msg("charged: %llu KiB before, %llu KiB full\n", before >> 10, full >> 10);
	EXPECT_LE(before + BYTES, full);
	close(self->map);
	ASSERT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(slab_shrink("ttlmap") > 0 && charged() < before + BYTES / 8))
		TH_LOG("charged: %llu full, %llu afterwards", full, charged());
}

/*
 * A group that is full: the writer is told so or killed, as the kernel decides;
 * the map stays whole, and others can use it.
 */
TEST_F(memcg, a_group_that_is_full)
{
	struct load load = { self->map, variant->value_len };
	struct ttlmap_stat stat;
	u64 limit = BYTES / 4;
	int rc;

	ASSERT_RC(0, file_write(GROUP "/memory.max", "8388608"));
	rc = as_user(0, 0, write_in_group, &load);
	ksft_print_msg("the writer: %s\n", rc == -ECHILD ? "killed" : rc_name(rc));
	EXPECT_TRUE(rc == -ENOMEM || rc == -ECHILD);
	ASSERT_RC(0, map_stat(self->map, &stat));
	EXPECT_GE(limit, stat.live_bytes);
	EXPECT_LT(limit / 4, stat.live_bytes);
	EXPECT_TRUE(stat_adds_up(&stat));
	EXPECT_EQ(stat.inserts, stat.entries);
	EXPECT_LE(rc == -ENOMEM, stat.no_memory);
	EXPECT_RC(0, u64_set(self->map, 1ULL << 40, 1, 0, 0));
	EXPECT_TRUE(u64_has(self->map, 1ULL << 40));
}

TEST_HARNESS_MAIN
