// SPDX-License-Identifier: GPL-2.0
/*
 * Entries are charged to the memory cgroup of whoever writes them, which bounds what
 * that can take: it is told that there is no more, and nobody is killed for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* With all of its own memory at hand: the group is to be full of entries alone. */
static int join_group(void)
{
	return mlockall(MCL_CURRENT) ? -errno : file_write(GROUP "/cgroup.procs", "0");
}

static int write_in_group(void *arg)
{
	struct load *load = arg;
	static const char value[65536];
	int rc = join_group();

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

/* How often has a process of the group been killed for want of memory? */
static u64 killed(void)
{
	char *text = file_read(GROUP "/memory.events");
	const char *at = text ? strstr(text, "oom_kill ") : NULL;
	u64 count = at ? strtoull(at + strlen("oom_kill "), NULL, 10) : ~0ULL;

	free(text);
	return count;
}

/* A group that is full: the writer is told so; the map stays whole, and others use it. */
TEST_F(memcg, a_group_that_is_full)
{
	struct load load = { self->map, variant->value_len };
	struct ttlmap_stat stat;
	u64 limit = BYTES / 4;

	ASSERT_RC(0, file_write(GROUP "/memory.max", "8388608"));
	EXPECT_RC(-ENOMEM, as_user(0, 0, write_in_group, &load));
	EXPECT_EQ(0, killed());
	ASSERT_RC(0, map_stat(self->map, &stat));
	EXPECT_GE(limit, stat.live_bytes);
	EXPECT_LT(limit / 4, stat.live_bytes);
	EXPECT_TRUE(stat_adds_up(&stat));
	EXPECT_EQ(stat.inserts, stat.entries);
	EXPECT_EQ(1, stat.no_memory);
	EXPECT_RC(0, u64_set(self->map, 1ULL << 40, 1, 0, 0));
	EXPECT_TRUE(u64_has(self->map, 1ULL << 40));
}

/* ---- bystanders */

#define LIMIT		"67108864"	/* 64 MiB */
#define LIMIT_BYTES	(64ULL << 20)
#define SIBLING		ROOT "/ttlmap.sibling"
#define OWN_BYTES	(8 << 20)	/* of memory that each bystander has */

/* Somebody with memory of its own, in a group or in none. */
static pid_t bystander(const char *procs)
{
	static atomic_char memory[OWN_BYTES];
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (procs && file_write(procs, "0"))
		_exit(1);
	for (;;) {
		for (int i = 0; i < OWN_BYTES; i += 4096)
			memory[i]++;
		sleep_ms(100);
	}
}

static bool lives(pid_t pid)
{
	return !waitpid(pid, NULL, WNOHANG);
}

/* Far more than there is room for, and on after the first refusals. */
static int write_too_much(void *arg)
{
	struct load *load = arg;
	static const char value[65536];
	u64 refused = 0;
	int rc = join_group();

	for (u64 key = 0; !rc && key < 2 * LIMIT_BYTES / load->value_len; key++) {
		struct ttlmap_op op = op_update(&key, 8, value, load->value_len, 0, 0);

		rc = map_op(load->map, &op);
		refused += rc == -ENOMEM;
		if (rc == -ENOMEM && refused < 100)
			rc = 0;
	}
	return rc;
}

TEST_F(memcg, bystanders_live)
{
	struct load load = { self->map, variant->value_len };
	struct ttlmap_stat stat;
	pid_t others[3];

	ASSERT_EQ(0, mkdir(SIBLING, 0755));
	ASSERT_RC(0, file_write(GROUP "/memory.max", LIMIT));
	others[0] = bystander(NULL);
	others[1] = bystander(SIBLING "/cgroup.procs");
	others[2] = bystander(GROUP "/cgroup.procs");
	ASSERT_TRUE(eventually(charged() > OWN_BYTES));
	EXPECT_RC(-ENOMEM, as_user(0, 0, write_too_much, &load));
	ASSERT_RC(0, map_stat(self->map, &stat));
	ksft_print_msg("%llu KiB of entries in a group of 64 MiB, %llu refused\n",
		       stat.live_bytes >> 10, stat.no_memory);
	EXPECT_EQ(100, stat.no_memory);
	EXPECT_LT(LIMIT_BYTES / 4, stat.live_bytes);
	EXPECT_GE(LIMIT_BYTES, stat.live_bytes + OWN_BYTES);
	EXPECT_EQ(0, killed());
	for (int i = 0; i < 3; i++) {
		EXPECT_TRUE(lives(others[i])) TH_LOG("bystander %d is gone", i);
		kill(others[i], SIGKILL);
		EXPECT_EQ(others[i], waitpid(others[i], NULL, 0));
	}
	EXPECT_EQ(0, rmdir(SIBLING));
}

TEST_HARNESS_MAIN
