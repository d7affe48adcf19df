// SPDX-License-Identifier: GPL-2.0
/*
 * Containers, made of user, network, process and mount namespaces: whose names they
 * see, who is who, what their root may do, and what is left when they die. And what
 * groups, seccomp and security modules have to say.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"container.test"
#define FIRST_UID	100000
#define FIRST_GID	200000
#define IDS		1000U
#define USER		5	/* somebody in the container */
#define OVERFLOW	65534	/* as who does not exist in a namespace is shown */
#define OUTSIDER	1000
#define GROUP		500
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

/* ---- containers */

#define ALL_NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS)

/**
 * struct box - a container
 * @init: its process 1, as seen from outside
 * @orders: where it is told to go on, by one byte each time
 * @reports: what it has to report
 */
struct box {
	pid_t init;
	int orders[2];
	int reports[2];
};

static int wait_for_order(struct box *box)
{
	char byte;

	return read(box->orders[0], &byte, 1) == 1 ? 0 : -EPIPE;
}

static int order(struct box *box)
{
	return write(box->orders[1], "", 1) == 1 ? 0 : -EPIPE;
}

static int report(struct box *box, int what)
{
	return write(box->reports[1], &what, sizeof(what)) == sizeof(what) ? 0 : -EPIPE;
}

static int reported(struct box *box)
{
	int what;

	return read(box->reports[0], &what, sizeof(what)) == sizeof(what) ? what : -EPIPE;
}

static int become_root_there(int namespaces)
{
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return -errno;
	if (!(namespaces & CLONE_NEWPID))
		return 0;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL))
		return -errno;
	return getpid() == 1 ? 0 : -ESRCH;
}

static void run_in_box(struct box *box, int namespaces, int (*call)(struct box *))
{
	int rc;

	close(box->orders[1]);
	rc = wait_for_order(box);
	rc = rc ?: become_root_there(namespaces);
	_exit(-(rc ?: call(box)));
}

static int map_ids(pid_t pid, const char *file, unsigned int first)
{
	char path[64], line[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	snprintf(line, sizeof(line), "0 %u %u", first, IDS);
	return file_write(path, line);
}

/* Made and waiting: the first order has it run @call as its root. */
static int box_make(struct box *box, int namespaces, int (*call)(struct box *))
{
	int rc;

	if (pipe(box->orders) || pipe(box->reports))
		return -errno;
	box->init = syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!box->init)
		run_in_box(box, namespaces, call);
	rc = box->init < 0 ? -errno : map_ids(box->init, "uid_map", FIRST_UID);
	return rc ?: map_ids(box->init, "gid_map", FIRST_GID);
}

/* What @call has returned, or -ECHILD. */
static int box_end(struct box *box)
{
	int status, rc = waitpid(box->init, &status, 0) == box->init && WIFEXITED(status) ?
			 -WEXITSTATUS(status) : -ECHILD;

	for (int i = 0; i < 2; i++) {
		close(box->orders[i]);
		close(box->reports[i]);
	}
	return rc;
}

static int box_run(int namespaces, int (*call)(struct box *))
{
	struct box box;
	int rc = box_make(&box, namespaces, call);

	rc = rc ?: order(&box);
	return box_end(&box) ?: rc;
}

/* A descriptor of a process's as one of ours. */
static int descriptor_of(pid_t pid, int fd)
{
	int process = syscall(SYS_pidfd_open, pid, 0), own;

	own = syscall(SYS_pidfd_getfd, process, fd, 0);
	if (own < 0)
		own = -errno;
	close(process);
	return own;
}

/* In a container's code, which has no harness: -EPROTO once something was not so. */
static int verdict;

static void need(bool holds, const char *what, int line)
{
	if (holds)
		return;
	printf("# container_test.c:%d: not so: %s\n", line, what);
	fflush(stdout);
	verdict = -EPROTO;
}

#define NEED(condition)	need(condition, #condition, __LINE__)

/* The map that is there when a test begins; its own container has none. */
static int host_map = -1;

FIXTURE(container) {
	int map;
	int maps;	/* that there were before the test made any but this */
};

FIXTURE_SETUP(container)
{
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	ASSERT_FD(self->map, map_create_named(NAME, 0600, 100));
	ASSERT_RC(0, u64_set(self->map, 1, 1, 0, 0));
	host_map = self->map;
	self->maps = live_maps();
}

/* Whatever a test did, the map of those outside is what it was. */
FIXTURE_TEARDOWN(container)
{
	EXPECT_TRUE(eventually(live_maps() == self->maps));
	EXPECT_EQ(1, map_entries(self->map));
	EXPECT_EQ(1, named_maps());
	EXPECT_RC(0, map_unlink(NAME));
	close(self->map);
	EXPECT_TRUE(eventually(module_idle()));
	chmod(DEVICE, 0660);
}

/* ---- names */

static int use_own_names(struct box *box)
{
	int map;

	(void)box;
	NEED(named_maps() == 0);
	NEED(map_open(NAME, TTLMAP_OPEN_READ) == -ENOENT);
	NEED(map_unlink(NAME) == -ENOENT);
	map = map_create_named(NAME, 0600, 100);
	NEED(map >= 0);
	NEED(map_create_named(NAME, 0600, 100) == -EEXIST);
	NEED(!u64_set(map, 2, 2, 0, 0) && !u64_has(map, 1));
	NEED(named_maps() == 1);
	return verdict;
}

TEST_F(container, sees_its_own_names_only)
{
	EXPECT_RC(0, box_run(ALL_NAMESPACES, use_own_names));
	EXPECT_FALSE(u64_has(self->map, 2));
}

#define MAPS	5
#define EACH	1000

/* Maps with and without a name, a second process that holds one, and then nothing more. */
static int fill_and_wait(struct box *box)
{
	int last = -1;

	for (int i = 0; i < MAPS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "inside.%d", i);
		last = map_create_named(i ? name : "", i ? 0600 : 0, 2 * EACH);
		NEED(last >= 0 && !u64_fill(last, 0, EACH, 0));
	}
	NEED(named_maps() == MAPS - 1);
	if (!fork())
		pause();
	NEED(!report(box, last));
	pause();
	return verdict;
}

TEST_F(container, takes_its_maps_with_it)
{
	struct box box;

	ASSERT_RC(0, box_make(&box, ALL_NAMESPACES, fill_and_wait));
	ASSERT_RC(0, order(&box));
	ASSERT_LE(0, reported(&box));
	EXPECT_EQ(self->maps + MAPS, live_maps());
	EXPECT_EQ(1, named_maps());
	EXPECT_LE(MAPS * EACH, slab_objects("ttlmap"));
	ASSERT_EQ(0, kill(box.init, SIGKILL));
	EXPECT_RC(-ECHILD, box_end(&box));
	EXPECT_TRUE(eventually(live_maps() == self->maps))
		TH_LOG("%d maps are left", live_maps() - self->maps);
}

/* A descriptor that somebody outside holds keeps its map, but no name. */
TEST_F(container, leaves_what_others_hold)
{
	struct ttlmap_stat stat;
	struct box box;
	int theirs;

	ASSERT_RC(0, box_make(&box, ALL_NAMESPACES, fill_and_wait));
	ASSERT_RC(0, order(&box));
	theirs = descriptor_of(box.init, reported(&box));
	ASSERT_LE(0, theirs);
	ASSERT_EQ(0, kill(box.init, SIGKILL));
	EXPECT_RC(-ECHILD, box_end(&box));
	EXPECT_TRUE(eventually(live_maps() == self->maps + 1));
	EXPECT_TRUE(eventually(!map_stat(theirs, &stat) && !stat.name[0]));
	EXPECT_EQ(EACH, u64_count_present(theirs, 0, EACH));
	close(theirs);
}

/* ---- who is who */

static int see_ids(struct box *box)
{
	struct ttlmap_stat stat;
	int map = map_create_named("ids", 0640, 10);

	NEED(map >= 0 && !map_stat(map, &stat));
	NEED(stat.uid == 0 && stat.gid == 0);
	NEED(!map_stat(host_map, &stat));
	NEED(stat.uid == OVERFLOW && stat.gid == OVERFLOW);
	NEED(!report(box, map));
	return wait_for_order(box) ?: verdict;
}

TEST_F(container, has_ids_of_its_own)
{
	struct ttlmap_stat stat;
	struct box box;
	int map;

	ASSERT_RC(0, box_make(&box, ALL_NAMESPACES, see_ids));
	ASSERT_RC(0, order(&box));
	map = descriptor_of(box.init, reported(&box));
	ASSERT_LE(0, map);
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(FIRST_UID, stat.uid);
	EXPECT_EQ(FIRST_GID, stat.gid);
	EXPECT_EQ(0640, stat.mode);
	close(map);
	ASSERT_RC(0, order(&box));
	EXPECT_RC(0, box_end(&box));
}

static int create_own(void *mode)
{
	int map = map_create_named("own", *(u32 *)mode, 10);

	return map < 0 ? map : 0;
}

static int open_own(void *unused)
{
	int map = map_open("own", BOTH);

	(void)unused;
	return map < 0 ? map : 0;
}

static int unlink_own(void *unused)
{
	(void)unused;
	return map_unlink("own");
}

/* Those who exist in the container are under its root. */
static int rule_over_users(struct box *box)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 20 };
	u32 mode = 0600;
	int map;

	(void)box;
	NEED(!as_user(USER, USER, create_own, &mode));
	NEED(as_user(USER + 1, USER + 1, open_own, NULL) == -EACCES);
	NEED(as_user(USER + 1, USER + 1, unlink_own, NULL) == -EPERM);
	NEED(!as_user(USER, USER, open_own, NULL));
	map = map_open("own", BOTH);
	NEED(map >= 0 && !map_tune(map, tune));
	NEED(!map_unlink("own"));
	return verdict;
}

TEST_F(container, has_a_root_over_its_users)
{
	EXPECT_RC(0, box_run(ALL_NAMESPACES, rule_over_users));
}

/* Those who do not are not, in whatever namespace the name is. */
static int lack_power(struct box *box)
{
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 20 };
	struct ttlmap_list_item item;
	struct ttlmap_list list = { .items = (uintptr_t)&item, .count = 1,
				    .item_size = sizeof(item) };

	(void)box;
	NEED(named_maps() == 1);
	NEED(!device_ioctl(TTLMAP_IOC_LIST, &list) && list.count == 1);
	NEED(!strcmp((char *)item.name, NAME) && item.uid == OVERFLOW && item.gid == OVERFLOW);
	NEED(map_open(NAME, TTLMAP_OPEN_READ) == -EACCES);
	NEED(map_open(NAME, TTLMAP_OPEN_WRITE) == -EACCES);
	NEED(map_unlink(NAME) == -EPERM);
	/* A descriptor that it was given permits what it was opened for, and no more. */
	NEED(u64_has(host_map, 1));
	NEED(map_tune(host_map, tune) == -EPERM);
	NEED(map_freeze(host_map) == -EPERM);
	return verdict;
}

TEST_F(container, has_no_power_over_others_in_their_network)
{
	EXPECT_RC(0, box_run(CLONE_NEWUSER, lack_power));
}

static int make_map_there(void *box)
{
	char path[64];
	int net, map;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", ((struct box *)box)->init);
	net = open(path, O_RDONLY | O_CLOEXEC);
	if (setns(net, CLONE_NEWNET))
		return -errno;
	map = map_create_named(NAME, 0600, 10);
	return map < 0 ? map : 0;
}

TEST_F(container, has_no_power_over_others_in_its_network)
{
	struct box box;

	ASSERT_RC(0, box_make(&box, ALL_NAMESPACES, lack_power));
	EXPECT_RC(0, as_user(0, 0, make_map_there, &box));
	ASSERT_RC(0, order(&box));
	EXPECT_RC(0, box_end(&box));
}

/* A user who makes a namespace of his own has all capabilities there, and no mapping. */
static int hoard_in_namespace(void *limit)
{
	struct ttlmap_stat stat;
	int map = 0, made = 0;

	if (unshare(CLONE_NEWUSER))
		return -errno;
	NEED(getuid() == OVERFLOW);
	for (; made < 100; made++) {
		map = map_create_named("", 0, 1);
		if (map < 0)
			break;
		NEED(!map_stat(map, &stat) && stat.uid == OVERFLOW);
	}
	NEED(made == *(int *)limit && map == -EDQUOT);
	return verdict;
}

TEST_F(container, lifts_no_limit)
{
	u64 before = parameter_read("max_maps_per_user");
	int limit = 7;

	ASSERT_RC(0, parameter_write("max_maps_per_user", limit));
	EXPECT_RC(0, as_user(OUTSIDER, OUTSIDER, hoard_in_namespace, &limit));
	EXPECT_RC(0, parameter_write("max_maps_per_user", before));
}

/* ---- groups */

static int open_shared(void *flags)
{
	int map = map_open("shared", *(u32 *)flags);

	return map < 0 ? map : 0;
}

static int open_as_member(void *flags)
{
	gid_t group = GROUP;

	if (setgroups(1, &group) || setresgid(OUTSIDER, OUTSIDER, OUTSIDER) ||
	    setresuid(OUTSIDER, OUTSIDER, OUTSIDER))
		return -errno;
	return open_shared(flags);
}

static int create_shared(void *mode)
{
	int map = map_create_named("shared", *(u32 *)mode, 10);

	return map < 0 ? map : 0;
}

/* As the rule for udev has it: the device and the map for members of a group. */
TEST_F(container, admits_members_of_a_group)
{
	u32 mode = 0640, reading = TTLMAP_OPEN_READ, writing = TTLMAP_OPEN_WRITE;

	ASSERT_EQ(0, chown(DEVICE, 0, GROUP));
	ASSERT_EQ(0, chmod(DEVICE, 0660));
	ASSERT_RC(0, as_user(0, GROUP, create_shared, &mode));
	EXPECT_RC(0, as_user(0, 0, open_as_member, &reading));
	EXPECT_RC(-EACCES, as_user(0, 0, open_as_member, &writing), "the map's mode says so");
	EXPECT_RC(-EACCES, as_user(OUTSIDER, OUTSIDER, open_shared, &reading), "the device's");
	EXPECT_RC(-EACCES, as_user(OUTSIDER, OUTSIDER, create_shared, &mode));
	EXPECT_RC(0, map_unlink("shared"));
	ASSERT_EQ(0, chown(DEVICE, 0, 0));
}

/* ---- seccomp and security modules */

/* No command of ours, whatever the descriptor. */
static int forbid_commands(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, _IOC_TYPESHIFT),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, _IOC_TYPEMASK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TTLMAP_IOC_MAGIC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return verdict;
}

static int use_filtered(void *unused)
{
	struct ttlmap_stat stat;
	int pipes[2], waiting = -1;

	(void)unused;
	NEED(u64_has(host_map, 1) && !pipe(pipes));
	NEED(!forbid_commands());
	NEED(u64_set(host_map, 2, 2, 0, 0) == -EPERM);
	NEED(map_stat(host_map, &stat) == -EPERM);
	NEED(map_open(NAME, TTLMAP_OPEN_READ) == -EPERM);
	NEED(map_create_named("", 0, 1) == -EPERM);
	NEED(!ioctl(pipes[0], FIONREAD, &waiting) && !waiting);
	return verdict;
}

TEST_F(container, may_be_forbidden_the_commands)
{
	EXPECT_RC(0, as_user(0, 0, use_filtered, NULL));
	EXPECT_RC(-ENOENT, u64_delete(self->map, 2));
}

/* What a security module would label; there is a call for it since 6.8. */
TEST_F(container, descriptors_have_inodes)
{
	struct stat one, other;
	struct utsname name;
	int major, minor, map;

	uname(&name);
	ASSERT_EQ(2, sscanf(name.release, "%d.%d", &major, &minor));
	ASSERT_FD(map, map_open(NAME, TTLMAP_OPEN_READ));
	ASSERT_EQ(0, fstat(self->map, &one));
	ASSERT_EQ(0, fstat(map, &other));
	EXPECT_EQ(major > 6 || (major == 6 && minor >= 8), one.st_ino != other.st_ino);
	close(map);
}

TEST_HARNESS_MAIN
