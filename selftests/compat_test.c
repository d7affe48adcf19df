// SPDX-License-Identifier: GPL-2.0
/*
 * 32-bit programs on a 64-bit kernel: every command and every operation by way of
 * compat_client, on maps that this program, which has 64 bits, shares with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "compat.h"
#include "harness.h"

#define CLIENT		"./compat_client"

/* Status of execve() failing, as a shell has it. */
#define NOT_RUN		127

FIXTURE(compat) {
	int fds[3], map, counters, reports;
};

FIXTURE_SETUP(compat)
{
	struct ttlmap_create create = MAP_8_8(10 * COMPAT_ENTRIES);
	int ends[2];

	create.flags = TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS;
	ASSERT_FD(self->map, map_create(&create));
	create.flags = TTLMAP_F_COUNTERS;
	ASSERT_FD(self->counters, map_create(&create));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	self->reports = ends[0];
	self->fds[0] = self->map;
	self->fds[1] = self->counters;
	self->fds[2] = ends[1];
}

FIXTURE_TEARDOWN(compat)
{
	for (int i = 0; i < 3; i++)
		close(self->fds[i]);
	close(self->reports);
	map_unlink(COMPAT_NAME);
}

/* Out of the way of the places that they go to, and then there. */
static void hand_over(const int *fds)
{
	int copies[3];

	for (int i = 0; i < 3; i++)
		copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, COMPAT_REPORT + 1);
	for (int i = 0; i < 3; i++)
		if (copies[i] < 0 || dup2(copies[i], COMPAT_MAP + i) < 0)
			_exit(NOT_RUN);
}

static pid_t client_start(const int *fds, const char *part)
{
	pid_t child = fork();

	if (child)
		return child;
	hand_over(fds);
	execl(CLIENT, CLIENT, part, NULL);
	/* ENOEXEC: without CONFIG_IA32_EMULATION, or with ia32_emulation=off. */
	printf("# " CLIENT ": %s\n", strerrorname_np(errno));
	fflush(stdout);
	_exit(NOT_RUN);
}

static int client_end(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The exit status of the companion. */
static int client(const int *fds, const char *part)
{
	return client_end(client_start(fds, part));
}

TEST_F(compat, structures_are_the_same)
{
	u64 theirs[COMPAT_LAYOUT];

	ASSERT_EQ(0, client(self->fds, "layout"));
	ASSERT_EQ(sizeof(theirs), read(self->reports, theirs, sizeof(theirs)));
	for (unsigned int i = 0; i < COMPAT_LAYOUT; i++) {
		EXPECT_EQ(compat_layout[i], theirs[i])
			TH_LOG("number %u of the layout", i);
	}
}

TEST_F(compat, create_open_list_unlink)
{
	u64 value;
	int map;

	EXPECT_EQ(0, client(self->fds, "names"));
	EXPECT_EQ(1, named_maps());
	ASSERT_FD(map, map_open(COMPAT_NAME, TTLMAP_OPEN_READ));
	EXPECT_RC(0, u64_get(map, 5, &value));
	EXPECT_EQ(5, value);
	EXPECT_EQ(1, map_entries(map));
	close(map);
}

TEST_F(compat, reads_what_others_wrote)
{
	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "read"));
}

TEST_F(compat, writes_what_others_read)
{
	struct ttlmap_op op;
	u64 key = 0, value;

	EXPECT_EQ(0, client(self->fds, "write"));
	op = op_lookup(&key, 8, &value, 8);
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_EQ(0x123456789abcdefULL, value);
	EXPECT_GE(1ULL << 42, op.ttl_ns);
	EXPECT_LT(1ULL << 41, op.ttl_ns);
	EXPECT_FALSE(u64_has(self->map, 1));
	EXPECT_EQ(4, u64_count_present(self->map, 2, 4));
	EXPECT_EQ(5, map_entries(self->map));
}

TEST_F(compat, touch)
{
	u64 key = 1, value;
	struct ttlmap_op op = op_lookup(&key, 8, &value, 8);

	EXPECT_EQ(0, client(self->fds, "touch"));
	EXPECT_RC(0, map_op(self->map, &op));
	EXPECT_GE(1ULL << 52, op.ttl_ns);
	EXPECT_LT(1ULL << 51, op.ttl_ns);
}

TEST_F(compat, pop)
{
	EXPECT_EQ(0, client(self->fds, "pop"));
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_F(compat, conditions)
{
	EXPECT_EQ(0, client(self->fds, "conditions"));
	EXPECT_EQ(0, map_entries(self->map));
}

/* The descriptor is shared: the entry goes with its last duplicate, which is ours. */
TEST_F(compat, owned)
{
	struct ttlmap_stat stat;

	EXPECT_EQ(0, client(self->fds, "owned"));
	EXPECT_RC(0, map_stat(self->map, &stat));
	EXPECT_EQ(1, stat.my_entries);
	EXPECT_EQ(1, stat.entries);
}

TEST_F(compat, clear)
{
	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "clear"));
	EXPECT_EQ(0, map_entries(self->map));
}

/* Programs of both kinds add to one counter at the same time. */
TEST_F(compat, add)
{
	pid_t child = client_start(self->fds, "add");
	struct ttlmap_op op;
	u64 key = 0, value;

	for (int i = 0; i < COMPAT_ADDS; i++) {
		op = (struct ttlmap_op){ .op = TTLMAP_OP_ADD, .key = (uintptr_t)&key,
					 .key_len = 8, .arg = 1 };
		ASSERT_RC(0, map_op(self->counters, &op));
	}
	EXPECT_EQ(0, client_end(child));
	EXPECT_RC(0, u64_get(self->counters, 0, &value));
	EXPECT_EQ(((u64)COMPAT_ADDS << 32) + COMPAT_ADDS, value);
}

TEST_F(compat, batch)
{
	u64 value;

	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "batch"));
	for (u64 key = 0; key < COMPAT_ENTRIES; key++) {
		EXPECT_RC(0, u64_get(self->map, key, &value));
		EXPECT_EQ(key % 2 ? key + (1ULL << 40) : key, value);
	}
}

TEST_F(compat, scan)
{
	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "scan"));
}

TEST_F(compat, stat)
{
	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "stat"));
}

TEST_F(compat, tune)
{
	struct ttlmap_stat stat;

	EXPECT_EQ(0, client(self->fds, "tune"));
	EXPECT_RC(0, map_stat(self->map, &stat));
	EXPECT_EQ(54321, stat.max_entries);
	EXPECT_EQ(1ULL << 45, stat.default_ttl_ns);
}

TEST_F(compat, freeze)
{
	ASSERT_RC(0, u64_fill(self->map, 0, COMPAT_ENTRIES, 0));
	EXPECT_EQ(0, client(self->fds, "freeze"));
	EXPECT_RC(-EROFS, u64_delete(self->map, 1));
	EXPECT_EQ(COMPAT_ENTRIES, map_entries(self->map));
}

TEST_F(compat, errors)
{
	EXPECT_EQ(0, client(self->fds, "errors"));
	EXPECT_EQ(0, map_entries(self->map));
}

TEST_HARNESS_MAIN
