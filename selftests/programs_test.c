// SPDX-License-Identifier: GPL-2.0
/*
 * The programs in samples/, as they are: a DNS cache between this test's own questions
 * and answers, a limit of logins, a store of sessions, and a memory for commands.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define BOTH	(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

/* ---- processes */

/**
 * struct worker - a process that is spoken to
 * @pid: of it
 * @to: its standard input
 * @from: its standard output
 */
struct worker {
	pid_t pid;
	FILE *to, *from;
};

static int worker_start(struct worker *worker, char *const command[])
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return -errno;
	worker->pid = fork();
	if (!worker->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execv(command[0], command);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	worker->to = fdopen(in[1], "we");
	worker->from = fdopen(out[0], "re");
	return worker->pid > 0 && worker->to && worker->from ? 0 : -ECHILD;
}

static void worker_kill(struct worker *worker)
{
	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, NULL, 0);
	fclose(worker->to);
	fclose(worker->from);
}

/* Runs a command in a shell; its exit status, and what it printed, up to 4 KiB. */
static int shell(char out[4096], const char *format, ...)
{
	char command[4096];
	va_list args;
	FILE *pipe;
	size_t len;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	pipe = popen(command, "re");
	if (!pipe)
		return -errno;
	len = fread(out, 1, 4095, pipe);
	out[len] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

/* What is left of an entry's time in a map of that name; 0 without such an entry. */
static u64 left_of(const char *name, const void *key, u32 len)
{
	int map = map_open(name, TTLMAP_OPEN_READ);
	u64 room[512];
	struct ttlmap_op op = op_lookup(key, len, room, sizeof(room));
	int rc;

	op.flags = TTLMAP_PEEK;
	rc = map_op(map, &op);
	close(map);
	return rc ? 0 : op.ttl_ns;
}

/* Give it another time. */
static int set_left(const char *name, const void *key, u32 len, u64 ttl_ns)
{
	int map = map_open(name, BOTH), rc;
	struct ttlmap_op op = op_touch(key, len, ttl_ns, 0);

	rc = map_op(map, &op);
	close(map);
	return rc;
}

/* ---- the DNS cache */

#define SERVER_PORT	5301
#define FIRST_PORT	5302	/* of two caches */
#define HEADER		12
#define TYPE_A		1
#define TYPE_SOA	6
#define TYPE_AAAA	28
#define TYPE_OPT	41
#define NO_ERROR	0
#define SERVER_FAILURE	2
#define NO_SUCH_NAME	3
#define CUT_OFF		0x02

struct message {
	size_t len;
	u8 data[4096];
};

static void put(struct message *message, const void *data, size_t len)
{
	memcpy(message->data + message->len, data, len);
	message->len += len;
}

static void put16(struct message *message, unsigned int value)
{
	u8 bytes[] = { value >> 8, value };

	put(message, bytes, sizeof(bytes));
}

static void put32(struct message *message, u32 value)
{
	put16(message, value >> 16);
	put16(message, value);
}

static unsigned int get16(const struct message *message, size_t at)
{
	return message->data[at] << 8 | message->data[at + 1];
}

static u32 get32(const struct message *message, size_t at)
{
	return (u32)get16(message, at) << 16 | get16(message, at + 2);
}

static struct message question_of(unsigned int number, const char *name, unsigned int type)
{
	struct message message = { };

	put16(&message, number);
	put16(&message, 0x0100);
	put16(&message, 1);
	message.len = HEADER;
	while (*name) {
		u8 len = strcspn(name, ".");

		put(&message, &len, 1);
		put(&message, name, len);
		name += len + (name[len] == '.');
	}
	put(&message, "", 1);
	put16(&message, type);
	put16(&message, 1);
	return message;
}

static struct message answer_to(const struct message *question, unsigned int result)
{
	struct message message = *question;

	message.data[2] |= 0x80;
	message.data[3] |= result;
	return message;
}

/* One more, of which @count, by its place in the header, says so. */
static size_t put_record(struct message *message, size_t count, unsigned int type, u32 ttl,
			 const void *data, size_t len)
{
	size_t ttl_at;

	message->data[count + 1]++;
	put16(message, 0xc00c);
	put16(message, type);
	put16(message, 1);
	ttl_at = message->len;
	put32(message, ttl);
	put16(message, len);
	put(message, data, len);
	return ttl_at;
}

static size_t put_address(struct message *message, u32 ttl)
{
	return put_record(message, 6, TYPE_A, ttl, "\xc0\x00\x02\x01", 4);
}

/* With two names of one byte each, and numbers of which the last one counts. */
static size_t put_soa(struct message *message, u32 ttl, u32 minimum)
{
	u8 data[22] = { };

	minimum = htonl(minimum);
	memcpy(data + 18, &minimum, sizeof(minimum));
	return put_record(message, 8, TYPE_SOA, ttl, data, sizeof(data));
}

static int udp_socket(unsigned int port, bool here)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = here ? bind(fd, (void *)&address, sizeof(address)) :
			connect(fd, (void *)&address, sizeof(address));

	if (!rc)
		return fd;
	close(fd);
	return -errno;
}

FIXTURE(dns) {
	int server;
	struct worker caches[2];
	int clients[2];
};

/* Asking before somebody is there is an error, which may come when somebody is. */
static bool udp_served(int port)
{
	char *sockets = file_read("/proc/net/udp"), local[64];
	bool served;

	snprintf(local, sizeof(local), " 0100007F:%04X 00000000:0000 ", port);
	served = sockets && strstr(sockets, local);
	free(sockets);
	return served;
}

FIXTURE_SETUP(dns)
{
	ASSERT_FD(self->server, udp_socket(SERVER_PORT, true));
	for (int i = 0; i < 2; i++) {
		char port[16];
		char *const command[] = { "./dns_cache", "127.0.0.1", port, "127.0.0.1", "5301",
					  NULL };

		snprintf(port, sizeof(port), "%d", FIRST_PORT + i);
		ASSERT_RC(0, worker_start(&self->caches[i], command));
		ASSERT_FD(self->clients[i], udp_socket(FIRST_PORT + i, false));
		ASSERT_TRUE(eventually(udp_served(FIRST_PORT + i)));
	}
}

FIXTURE_TEARDOWN(dns)
{
	for (int i = 0; i < 2; i++) {
		/* Nothing that came has been the end of it. */
		EXPECT_EQ(0, waitpid(self->caches[i].pid, NULL, WNOHANG));
		worker_kill(&self->caches[i]);
		close(self->clients[i]);
	}
	close(self->server);
	EXPECT_RC(0, map_unlink("dns"));
	EXPECT_TRUE(eventually(module_idle()));
}

#define ASKED	1	/* the server was asked */
#define KNOWN	0	/* the cache knew it */

/* What the server says to the next question of a cache's, by the number of that. */
static int serve(int server, const struct message *reply)
{
	struct message question, own = *reply;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t got = recvfrom(server, question.data, sizeof(question.data), 0, (void *)&from,
			       &len);

	if (got < HEADER)
		return -EPROTO;
	memcpy(own.data, question.data, 2);
	/* One with another number is not ours. */
	own.data[0] ^= 1;
	sendto(server, own.data, own.len, 0, (void *)&from, len);
	own.data[0] ^= 1;
	return sendto(server, own.data, own.len, 0, (void *)&from, len) < 0 ? -errno : ASKED;
}

/* Ask a cache, and answer for the server if that is asked. What came is in @answer. */
static int ask(int client, int server, const struct message *question,
	       const struct message *reply, struct message *answer)
{
	struct pollfd ready[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	int asked = KNOWN;
	ssize_t len;

	if (write(client, question->data, question->len) != (ssize_t)question->len)
		return -errno;
	while (poll(ready, 2, 60000 * slowness()) > 0) {
		if (ready[1].revents & POLLIN) {
			asked = serve(server, reply);
			continue;
		}
		len = read(client, answer->data, sizeof(answer->data));
		if (len < 0)
			return -errno;
		answer->len = len;
		return asked;
	}
	return -ETIMEDOUT;
}

#define EXPECT_ASKS(want, number, question, reply)			\
	EXPECT_RC(want, ask(self->clients[number], self->server, question, reply, &answer))

#define EXPECT_SAME(message)						\
	EXPECT_TRUE((message)->len == answer.len &&			\
		    !memcmp((message)->data, answer.data, answer.len))

static u64 kept_for(const struct message *question)
{
	return left_of("dns", question->data + 2, question->len - 2);
}

TEST_F(dns, is_shared_by_processes)
{
	struct message question = question_of(7, "www.example.com", TYPE_A), answer;
	struct message reply = answer_to(&question, NO_ERROR);

	put_address(&reply, 86400);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_SAME(&reply);
	EXPECT_ASKS(KNOWN, 0, &question, NULL);
	EXPECT_ASKS(KNOWN, 1, &question, NULL);
	/* Another number, and other capitals, come back as they were sent. */
	question = question_of(8, "WWW.Example.com", TYPE_A);
	EXPECT_ASKS(KNOWN, 1, &question, NULL);
	EXPECT_EQ(0, memcmp(question.data + HEADER, answer.data + HEADER,
			    question.len - HEADER));
	EXPECT_EQ(8, get16(&answer, 0));
	question = question_of(9, "www.example.com", TYPE_AAAA);
	reply = answer_to(&question, NO_ERROR);
	EXPECT_ASKS(ASKED, 1, &question, &reply);
}

/* The record that ends first says how long, and all of them get older alike. */
TEST_F(dns, keeps_what_the_ttls_say)
{
	struct message question = question_of(7, "a.example.com", TYPE_A), answer;
	struct message reply = answer_to(&question, NO_ERROR);
	size_t first = put_address(&reply, 300), second = put_address(&reply, 60), opt;

	opt = put_record(&reply, 10, TYPE_OPT, 0x8000, "", 0);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_GE(60 * NSEC_PER_SEC, kept_for(&question));
	EXPECT_LT(0, kept_for(&question));
	sleep_ms(1100);
	EXPECT_ASKS(KNOWN, 1, &question, NULL);
	EXPECT_GE(59, get32(&answer, second));
	EXPECT_EQ(240, get32(&answer, first) - get32(&answer, second));
	EXPECT_EQ(0x8000, get32(&answer, opt));
}

TEST_F(dns, asks_again_when_it_is_over)
{
	struct message question = question_of(7, "b.example.com", TYPE_A), answer;
	struct message reply = answer_to(&question, NO_ERROR);

	put_address(&reply, 1);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_TRUE(eventually(!kept_for(&question)));
	EXPECT_ASKS(ASKED, 0, &question, &reply);
}

TEST_F(dns, keeps_that_there_is_nothing)
{
	struct message names[] = { question_of(1, "none.example.com", TYPE_A),
				   question_of(2, "empty.example.com", TYPE_A) };
	static const unsigned int results[] = { NO_SUCH_NAME, NO_ERROR };

	for (int i = 0; i < 2; i++) {
		struct message reply = answer_to(&names[i], results[i]), answer;

		/* Nobody says for how long. */
		EXPECT_ASKS(ASKED, 0, &names[i], &reply);
		EXPECT_EQ(0, kept_for(&names[i]));
		put_soa(&reply, 3600, 30);
		EXPECT_ASKS(ASKED, 0, &names[i], &reply);
		EXPECT_ASKS(KNOWN, 1, &names[i], NULL);
		EXPECT_GE(30 * NSEC_PER_SEC, kept_for(&names[i]));
		EXPECT_LT(0, kept_for(&names[i]));
	}
}

TEST_F(dns, keeps_nothing_else)
{
	struct message question = question_of(7, "c.example.com", TYPE_A), answer;
	struct message reply = answer_to(&question, NO_ERROR);
	size_t ttl = put_address(&reply, 0);

	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	/* As good as 0. */
	reply.data[ttl] = 0x80;
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	reply.data[ttl] = 1;
	reply.data[2] |= CUT_OFF;
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_SAME(&reply);
	reply = answer_to(&question, SERVER_FAILURE);
	put_soa(&reply, 3600, 30);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_SAME(&reply);
}

/* One that does not answer what was asked is as good as none. */
TEST_F(dns, says_that_the_server_is_silent)
{
	struct message question = question_of(7, "d.example.com", TYPE_A), answer;
	struct message other = question_of(7, "e.example.com", TYPE_A);
	struct message reply = answer_to(&other, NO_ERROR);

	put_address(&reply, 60);
	EXPECT_ASKS(ASKED, 0, &question, &reply);
	EXPECT_EQ(SERVER_FAILURE, answer.data[3] & 0xf);
	EXPECT_EQ(question.len, answer.len);
	EXPECT_EQ(0, kept_for(&question));
}

/* Answers that make no sense are passed on, and are nobody's end. */
TEST_F(dns, takes_whatever_comes)
{
	struct rng rng = rng_make(seed_from_env(53));

	for (int i = 0; i < 300; i++) {
		struct message question, reply, answer;
		char name[32];

		snprintf(name, sizeof(name), "%d.example.com", i);
		question = question_of(i, name, TYPE_A);
		reply = answer_to(&question, rng_below(&rng, 4));
		if (rng_below(&rng, 2))
			put_address(&reply, rng_next(&rng));
		for (u64 more = rng_below(&rng, 100); more; more--) {
			u8 byte = rng_next(&rng);

			put(&reply, rng_below(&rng, 4) ? &byte : (u8 *)"\xc0", 1);
		}
		for (int count = 7; count < HEADER; count += 2)
			reply.data[count] = rng_below(&rng, 4);
		EXPECT_ASKS(ASKED, i % 2, &question, &reply);
		EXPECT_SAME(&reply);
		EXPECT_LE(0, ask(self->clients[i % 2], self->server, &question, &reply, &answer));
		/* No question, and so without an answer. */
		ASSERT_LE(0, write(self->clients[0], reply.data, rng_below(&rng, reply.len)));
	}
}

/* ---- the limit of logins */

FIXTURE(logins) {
	char out[4096];
};

FIXTURE_SETUP(logins)
{
}

FIXTURE_TEARDOWN(logins)
{
	EXPECT_RC(0, map_unlink("logins"));
	EXPECT_TRUE(eventually(module_idle()));
}

#define EXPECT_LOGIN(want, ...)						\
	EXPECT_EQ(want, shell(self->out, "./login_limit " __VA_ARGS__)) TH_LOG("%s", self->out)

TEST_F(logins, are_limited)
{
	for (int i = 0; i < 5; i++)
		EXPECT_LOGIN(0, "attempt alice");
	EXPECT_LOGIN(1, "attempt alice");
	EXPECT_EQ(0, strncmp("6 attempts: try again in ", self->out, 25));
	EXPECT_LOGIN(0, "attempt bob");
	EXPECT_LOGIN(0, "passed alice");
	EXPECT_LOGIN(0, "attempt alice");
	EXPECT_STREQ("", self->out);
	EXPECT_LOGIN(0, "passed nobody");
}

TEST_F(logins, may_be_tried_again_after_the_window)
{
	u64 first, later;

	EXPECT_LOGIN(0, "attempt alice");
	first = left_of("logins", "alice", 5);
	EXPECT_LT(0, first);
	for (int i = 0; i < 6; i++)
		EXPECT_LOGIN(i > 3, "attempt alice");
	later = left_of("logins", "alice", 5);
	EXPECT_GE(first, later) TH_LOG("the window began anew");
	EXPECT_LT(0, later);
	EXPECT_RC(0, set_left("logins", "alice", 5, NSEC_PER_MSEC));
	EXPECT_TRUE(eventually(!left_of("logins", "alice", 5)));
	EXPECT_LOGIN(0, "attempt alice");
}

TEST_F(logins, are_limited_for_those_who_try_at_once)
{
	EXPECT_EQ(0, shell(self->out, "for i in $(seq 12); do ( %s ) & done; wait",
			   "./login_limit attempt carol >/dev/null; echo $?"));
	EXPECT_EQ(24, strlen(self->out));
	for (int zeros = 5; zeros; zeros--) {
		char *zero = strchr(self->out, '0');

		ASSERT_NE(NULL, zero);
		*zero = '1';
	}
	EXPECT_EQ(NULL, strchr(self->out, '0'));
}

TEST_F(logins, refuse_nonsense)
{
	EXPECT_LOGIN(0, "attempt alice");
	EXPECT_LOGIN(2, "2>&1");
	EXPECT_LOGIN(2, "attempt 2>&1");
	EXPECT_LOGIN(2, "try alice 2>&1");
	EXPECT_LOGIN(2, "attempt '' 2>&1");
	EXPECT_LOGIN(2, "attempt %0300d 2>&1", 0);
}

/* ---- sessions */

FIXTURE(sessions) {
	struct worker workers[2];
	char line[256];
};

FIXTURE_SETUP(sessions)
{
	char *const command[] = { "./sessions", NULL };

	for (int i = 0; i < 2; i++)
		ASSERT_RC(0, worker_start(&self->workers[i], command));
}

FIXTURE_TEARDOWN(sessions)
{
	for (int i = 0; i < 2; i++)
		worker_kill(&self->workers[i]);
	EXPECT_RC(0, map_unlink("sessions"));
	EXPECT_TRUE(eventually(module_idle()));
}

/* What a worker answers, without its end of line. */
static const char *command(struct worker *worker, char line[256], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(worker->to, format, args);
	va_end(args);
	fputc('\n', worker->to);
	if (fflush(worker->to) || !fgets(line, 256, worker->from))
		return "gone";
	line[strcspn(line, "\n")] = '\0';
	return line;
}

#define EXPECT_ANSWER(want, number, ...)				\
	EXPECT_STREQ(want, command(&self->workers[number], self->line, __VA_ARGS__))

TEST_F(sessions, are_shared_by_workers)
{
	char token[256];

	ASSERT_EQ(32, strlen(command(&self->workers[0], token, "login alice")));
	EXPECT_ANSWER("alice", 0, "user %s", token);
	EXPECT_ANSWER("alice", 1, "user %s", token);
	EXPECT_ANSWER("1 0", 1, "count");
	EXPECT_ANSWER("ok", 1, "logout %s", token);
	EXPECT_ANSWER("none", 0, "user %s", token);
	EXPECT_ANSWER("none", 0, "logout %s", token);
}

TEST_F(sessions, go_with_the_worker_that_they_are_attached_to)
{
	char attached[256], free[256];

	ASSERT_EQ(32, strlen(command(&self->workers[0], attached, "attach alice")));
	ASSERT_EQ(32, strlen(command(&self->workers[0], free, "login alice")));
	EXPECT_ANSWER("2 1", 0, "count");
	EXPECT_ANSWER("2 0", 1, "count");
	EXPECT_ANSWER("alice", 1, "user %s", attached);
	kill(self->workers[0].pid, SIGKILL);
	EXPECT_TRUE(eventually(!strcmp("none", command(&self->workers[1], self->line, "user %s",
						       attached))));
	EXPECT_ANSWER("alice", 1, "user %s", free);
}

TEST_F(sessions, last_as_long_as_they_are_used)
{
	char token[256];
	u64 until, now;

	ASSERT_EQ(32, strlen(command(&self->workers[0], token, "login alice")));
	until = left_of("sessions", token, 32);
	until += boottime_ns();
	sleep_ms(1000);
	EXPECT_ANSWER("alice", 1, "user %s", token);
	now = boottime_ns();
	EXPECT_LT(until, now + left_of("sessions", token, 32)) TH_LOG("a use has not made it last longer");
	EXPECT_RC(0, set_left("sessions", token, 32, NSEC_PER_MSEC));
	EXPECT_TRUE(eventually(!left_of("sessions", token, 32)));
	EXPECT_ANSWER("none", 1, "user %s", token);
}

TEST_F(sessions, refuse_nonsense)
{
	EXPECT_ANSWER("error no such command", 0, "nonsense");
	EXPECT_ANSWER("none", 0, "user 0123");
	EXPECT_ANSWER("error Invalid argument", 0, "user");
	EXPECT_ANSWER("error Argument list too long", 0, "user %0100d", 0);
	EXPECT_ANSWER("error Argument list too long", 0, "login %0100d", 0);
	EXPECT_ANSWER("0 0", 1, "count");
}

/* ---- a memory for commands, in C++ */

#define RUNS	"/tmp/memo.runs"

FIXTURE(memo) {
	char out[4096];
};

FIXTURE_SETUP(memo)
{
	unlink(RUNS);
}

FIXTURE_TEARDOWN(memo)
{
	unlink(RUNS);
	EXPECT_RC(0, map_unlink("memo"));
	EXPECT_TRUE(eventually(module_idle()));
}

static long runs(void)
{
	struct stat stat_;

	return stat(RUNS, &stat_) ? 0 : stat_.st_size;
}

#define REMEMBER(...)	shell(self->out, "./memo 600 sh -c 'printf x >>" RUNS "; " __VA_ARGS__)

TEST_F(memo, remembers)
{
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(3, REMEMBER("echo $0; exit 3' one"));
		EXPECT_STREQ("one\n", self->out);
		EXPECT_EQ(1, runs());
	}
	EXPECT_EQ(0, REMEMBER("printf \"$0\"' two"));
	EXPECT_STREQ("two", self->out);
	EXPECT_EQ(2, runs());
	EXPECT_EQ(0, shell(self->out, "./memo --list"));
	EXPECT_NE(NULL, strstr(self->out, "exit 3 one\n"));
	EXPECT_NE(NULL, strstr(self->out, "two\n"));
}

TEST_F(memo, forgets)
{
	static const char key[] = "echo\0hello";

	EXPECT_EQ(0, shell(self->out, "./memo 600 echo hello"));
	EXPECT_GE(600 * NSEC_PER_SEC, left_of("memo", key, sizeof(key)));
	EXPECT_LT(0, left_of("memo", key, sizeof(key)));
	EXPECT_RC(0, set_left("memo", key, sizeof(key), NSEC_PER_MSEC));
	EXPECT_TRUE(eventually(!left_of("memo", key, sizeof(key))));
	EXPECT_EQ(0, shell(self->out, "./memo 600 echo hello"));
	EXPECT_LT(0, left_of("memo", key, sizeof(key)));
}

TEST_F(memo, remembers_long_output_up_to_a_limit)
{
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, REMEMBER("head -c 100000 /dev/zero' | wc -c"));
		EXPECT_STREQ("100000\n", self->out);
	}
	EXPECT_EQ(1, runs());
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, REMEMBER("head -c 2000000 /dev/zero' | wc -c"));
		EXPECT_STREQ("2000000\n", self->out);
	}
	EXPECT_EQ(3, runs());
}

TEST_F(memo, says_what_is_wrong)
{
	EXPECT_EQ(125, shell(self->out, "./memo 2>&1"));
	EXPECT_EQ(125, shell(self->out, "./memo 0 echo 2>&1"));
	EXPECT_EQ(125, shell(self->out, "./memo 600 echo %0600d 2>&1", 0));
	EXPECT_STREQ("memo: get: Argument list too long\n", self->out);
	EXPECT_EQ(127, shell(self->out, "./memo 600 ./nosuch 2>&1"));
	EXPECT_STREQ("memo: ./nosuch: No such file or directory\n", self->out);
	EXPECT_EQ(125, shell(self->out, "./memo 600 sh -c 'kill -9 $$' 2>&1"));
}

TEST_HARNESS_MAIN
