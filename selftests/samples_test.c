// SPDX-License-Identifier: GPL-2.0
/*
 * The modules in samples/, loaded and used: the rate limiter with packets over
 * the loopback device, which come to its hook in softirq context.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/socket.h>

#include "harness.h"
#include "kmodules.h"

#define MINIMAL		"ttlmap_minimal"
#define RATELIMIT	"ttlmap_ratelimit"
#define HOLD_HOOKS	"hold_hooks"
#define MAP		"ratelimit"
#define PORT		7777
/* A window that no test outlives. */
#define LONG_WINDOW	"window_ms=3600000 "

/* ---- packets */

static int udp_socket(int family, const char *address, unsigned int port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return -errno;
	if (family == AF_INET) {
		inet_pton(family, address, &v4.sin_addr);
		rc = bind(fd, (void *)&v4, sizeof(v4));
	} else {
		inet_pton(family, address, &v6.sin6_addr);
		rc = bind(fd, (void *)&v6, sizeof(v6));
	}
	if (!rc)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

static int send_one(int fd, int family)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(PORT),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const void *to = family == AF_INET ? (void *)&v4 : (void *)&v6;
	socklen_t size = family == AF_INET ? sizeof(v4) : sizeof(v6);

	return sendto(fd, "x", 1, 0, to, size) == 1 ? 0 : -errno;
}

static int family_of(const char *address)
{
	return strchr(address, ':') ? AF_INET6 : AF_INET;
}

/* Send packets from an address. */
static int send_from(const char *address, unsigned int count)
{
	int family = family_of(address), fd = udp_socket(family, address, 0), rc = 0;

	if (fd < 0)
		return fd;
	while (count-- && !rc)
		rc = send_one(fd, family);
	close(fd);
	return rc;
}

/* How many packets wait at a socket. */
static unsigned int received(int fd)
{
	unsigned int count = 0;
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		count++;
	return count;
}

static pid_t flood(unsigned int cpu, const char *address, unsigned int count)
{
	pid_t child = fork();
	cpu_set_t set;

	if (child)
		return child;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		_exit(1);
	_exit(send_from(address, count) ? 2 : 0);
}

static int wait_for(pid_t child)
{
	int status;

	return waitpid(child, &status, 0) == child && !status ? 0 : -ECHILD;
}

static u64 passed(void)
{
	return kmodule_parameter(RATELIMIT, "passed");
}

static u64 dropped(void)
{
	return kmodule_parameter(RATELIMIT, "dropped");
}

/* The counter that the limiter has for an address. */
static int counter_of(const char *address, u64 *count)
{
	int map = map_open(MAP, TTLMAP_OPEN_READ), family = family_of(address), rc;
	struct ttlmap_op op;
	u8 key[16];

	if (map < 0)
		return map;
	inet_pton(family, address, key);
	op = op_lookup(key, family == AF_INET ? 4 : 16, count, sizeof(*count));
	rc = map_op(map, &op);
	close(map);
	return rc;
}

/* ---- the smallest user */

static int greetings(void)
{
	int size = klogctl(10, NULL, 0), count = 0;
	char *log = calloc(1, size + 1);

	if (!log || klogctl(3, log, size) < 0) {
		free(log);
		return -errno;
	}
	for (char *at = log; (at = strstr(at, MINIMAL ": hello")); at++)
		count++;
	free(log);
	return count;
}

TEST(minimal_does_what_it_says)
{
	int before = greetings(), maps = live_maps();

	ASSERT_LE(0, before);
	ASSERT_RC(0, kmodule_load(MINIMAL, ""));
	EXPECT_EQ(before + 1, greetings());
	EXPECT_EQ(maps + 1, live_maps());
	EXPECT_EQ(0, named_maps());
	ASSERT_RC(0, kmodule_unload(MINIMAL));
	EXPECT_EQ(maps, live_maps());
}

TEST(ttlmap_stays_while_a_module_uses_it)
{
	ASSERT_RC(0, kmodule_load(MINIMAL, ""));
	EXPECT_RC(-EWOULDBLOCK, module_unload());
	ASSERT_RC(0, kmodule_load(RATELIMIT, ""));
	EXPECT_RC(0, kmodule_unload(MINIMAL));
	EXPECT_RC(-EWOULDBLOCK, module_unload());
	EXPECT_RC(0, kmodule_unload(RATELIMIT));
	EXPECT_TRUE(eventually(!module_unload()));
	EXPECT_RC(-ENOENT, kmodule_load(MINIMAL, ""));
	ASSERT_RC(0, module_load());
}

/* ---- the rate limiter */

FIXTURE(ratelimit) {
	int v4, v6;
};

FIXTURE_SETUP(ratelimit)
{
	ASSERT_FD(self->v4, udp_socket(AF_INET, "0.0.0.0", PORT));
	ASSERT_FD(self->v6, udp_socket(AF_INET6, "::1", PORT));
}

FIXTURE_TEARDOWN(ratelimit)
{
	kmodule_unload(RATELIMIT);
	close(self->v4);
	close(self->v6);
}

TEST_F(ratelimit, drops_what_is_past_the_limit)
{
	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "packets=10"));
	ASSERT_RC(0, send_from("127.0.0.1", 30));
	ASSERT_TRUE(eventually(passed() + dropped() == 30));
	EXPECT_EQ(10, passed());
	EXPECT_EQ(20, dropped());
	EXPECT_EQ(10, received(self->v4));
}

TEST_F(ratelimit, drops_what_is_past_the_limit_of_ipv6)
{
	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "packets=10"));
	ASSERT_RC(0, send_from("::1", 30));
	ASSERT_TRUE(eventually(passed() + dropped() == 30));
	EXPECT_EQ(10, received(self->v6));
	EXPECT_EQ(20, dropped());
}

TEST_F(ratelimit, counts_each_address_for_itself)
{
	u64 count;

	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "packets=10"));
	ASSERT_RC(0, send_from("127.0.0.1", 30));
	ASSERT_RC(0, send_from("127.0.0.2", 8));
	ASSERT_RC(0, send_from("::1", 9));
	ASSERT_TRUE(eventually(passed() + dropped() == 47));
	EXPECT_EQ(18, received(self->v4));
	EXPECT_EQ(9, received(self->v6));
	EXPECT_EQ(20, dropped());
	EXPECT_RC(0, counter_of("127.0.0.1", &count));
	EXPECT_EQ(30, count);
	EXPECT_RC(0, counter_of("127.0.0.2", &count));
	EXPECT_EQ(8, count);
	EXPECT_RC(0, counter_of("::1", &count));
	EXPECT_EQ(9, count);
	EXPECT_RC(-ENOENT, counter_of("127.0.0.3", &count));
}

TEST_F(ratelimit, lets_through_again_after_the_window)
{
	u64 before;

	ASSERT_RC(0, kmodule_load(RATELIMIT, "window_ms=500 packets=10"));
	ASSERT_TRUE(eventually(!send_from("127.0.0.1", 100) && dropped() > 0));
	/* At rest, so that what passes from here on is of another window. */
	ASSERT_TRUE(eventually((passed() + dropped()) % 100 == 0));
	received(self->v4);
	before = passed();
	ASSERT_TRUE(eventually(!send_from("127.0.0.1", 1) && passed() > before));
	EXPECT_TRUE(eventually(received(self->v4) > 0));
}

TEST_F(ratelimit, limit_may_change_meanwhile)
{
	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "packets=10"));
	ASSERT_RC(0, send_from("127.0.0.1", 20));
	ASSERT_TRUE(eventually(passed() + dropped() == 20));
	ASSERT_RC(0, kmodule_parameter_write(RATELIMIT, "packets", 25));
	ASSERT_RC(0, send_from("127.0.0.1", 20));
	ASSERT_TRUE(eventually(passed() + dropped() == 40));
	EXPECT_EQ(15, passed());
}

TEST_F(ratelimit, addresses_are_bounded)
{
	struct ttlmap_stat stat;
	int map;

	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "capacity=100"));
	for (int i = 1; i <= 250; i++) {
		char address[32];

		snprintf(address, sizeof(address), "127.0.1.%d", i);
		ASSERT_RC(0, send_from(address, 1));
	}
	ASSERT_TRUE(eventually(passed() == 250));
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(100, stat.entries);
	EXPECT_EQ(150, stat.evicted);
	close(map);
}

TEST_F(ratelimit, shows_the_addresses)
{
	struct ttlmap_scan scan = { };
	__be32 seen = 0;
	u64 buf[64];
	int map;

	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW));
	ASSERT_RC(0, send_from("127.0.0.9", 3));
	ASSERT_TRUE(eventually(passed() == 3));
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, map_scan(map, &scan, buf, sizeof(buf), 0));
	ASSERT_EQ(1, scan.count);
	for_each_record(record, buf, scan.bytes) {
		ASSERT_EQ(sizeof(seen), record->key_len);
		memcpy(&seen, record_key(record), sizeof(seen));
		EXPECT_EQ(3, *(const u64 *)record_value(record));
	}
	EXPECT_EQ(htonl(0x7f000009), seen);
	close(map);
}

/* Both processors count the same address in softirq context; none is lost. */
TEST_F(ratelimit, loses_no_packet)
{
	u64 count = 0;
	pid_t a, b;

	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW "packets=1000"));
	a = flood(0, "127.0.0.1", 3000);
	b = flood(1, "127.0.0.1", 3000);
	EXPECT_RC(0, wait_for(a));
	EXPECT_RC(0, wait_for(b));
	EXPECT_TRUE(eventually(!counter_of("127.0.0.1", &count) &&
			       count == passed() + dropped()));
	EXPECT_EQ(1000, passed());
	EXPECT_LE(1000, dropped());
}

TEST_F(ratelimit, unloads_while_packets_flow)
{
	pid_t floods[2];

	ASSERT_RC(0, kmodule_load(HOLD_HOOKS, ""));
	floods[0] = flood(0, "127.0.0.1", ~0U);
	floods[1] = flood(1, "::1", ~0U);
	for (int round = 0; round < 20; round++) {
		ASSERT_RC(0, kmodule_load(RATELIMIT, "window_ms=1 packets=5"));
		EXPECT_TRUE(eventually(passed() + dropped() > 100));
		ASSERT_RC(0, kmodule_unload(RATELIMIT));
	}
	for (int i = 0; i < 2; i++) {
		kill(floods[i], SIGKILL);
		EXPECT_EQ(floods[i], waitpid(floods[i], NULL, 0));
	}
	EXPECT_RC(0, kmodule_unload(HOLD_HOOKS));
	EXPECT_EQ(0, named_maps());
}

TEST_F(ratelimit, a_program_may_keep_its_map)
{
	struct ttlmap_stat stat;
	int map;

	ASSERT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW));
	ASSERT_RC(0, send_from("127.0.0.1", 1));
	ASSERT_TRUE(eventually(passed() == 1));
	ASSERT_FD(map, map_open(MAP, TTLMAP_OPEN_READ));
	ASSERT_RC(0, kmodule_unload(RATELIMIT));
	EXPECT_RC(-ENOENT, map_open(MAP, TTLMAP_OPEN_READ));
	EXPECT_RC(-EWOULDBLOCK, module_unload());
	EXPECT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1, stat.entries);
	EXPECT_EQ(0, stat.name[0]);
	/* The name is free again. */
	EXPECT_RC(0, kmodule_load(RATELIMIT, LONG_WINDOW));
	close(map);
}

TEST_F(ratelimit, refuses_what_it_cannot_do)
{
	int map;

	EXPECT_RC(-ERANGE, kmodule_load(RATELIMIT, "window_ms=0"));
	EXPECT_RC(-EINVAL, kmodule_load(RATELIMIT, "capacity=0"));
	ASSERT_FD(map, map_create_named(MAP, 0600, 10));
	EXPECT_RC(-EBUSY, kmodule_load(RATELIMIT, ""));
	EXPECT_RC(0, map_unlink(MAP));
	close(map);
	EXPECT_RC(0, kmodule_load(RATELIMIT, ""));
}

TEST_HARNESS_MAIN
