// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A cache of DNS answers that processes share: each answer is kept for as long as its
 * own TTLs permit.
 *
 *   dns_cache ADDRESS PORT SERVER PORT      dns_cache 127.0.0.1 5353 192.0.2.1 53
 *
 * It answers what is asked at ADDRESS, asking SERVER for what it does not know, one
 * question after the other. For more at once it is started more often, at the same
 * address or at others: what one of them has learnt, all know.
 *
 * The key is the question as it came, but for its number, with the name in lower case:
 * all that an answer may depend on is in it. The value is the answer, its TTL in the
 * map that of the record which expires first; where there is no such name, or nothing
 * of that type, what the zone says of that (RFC 2308). From what is left of it follows
 * how old the answer is, and by so much the TTLs are lowered in what is given on.
 *
 * Left out: TCP, to which an answer that is cut off sends the client.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "shared.h"

#define HEADER		12
#define MESSAGE_MAX	4096
#define KEEP_MAX	86400	/* seconds */
#define WAIT_SECONDS	3
#define TYPE_SOA	6
#define TYPE_OPT	41	/* its TTL is none */
#define NO_ERROR	0
#define SERVER_FAILURE	2
#define NO_SUCH_NAME	3

struct message {
	size_t len;
	uint8_t data[MESSAGE_MAX];
};

struct record {
	uint16_t type;
	size_t ttl_at;
	size_t end;
};

struct address {
	socklen_t len;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
};

static uint16_t get16(const struct message *message, size_t at)
{
	return message->data[at] << 8 | message->data[at + 1];
}

static uint32_t get32(const struct message *message, size_t at)
{
	return (uint32_t)get16(message, at) << 16 | get16(message, at + 2);
}

static void put32(struct message *message, size_t at, uint32_t value)
{
	value = htonl(value);
	memcpy(message->data + at, &value, sizeof(value));
}

static bool is_answer(const struct message *message)
{
	return message->data[2] & 0x80;
}

static unsigned int result_of(const struct message *message)
{
	return message->data[3] & 0x0f;
}

/* Where the name at @at ends, in a pointer to elsewhere or a label of no length; or 0. */
static size_t name_end(const struct message *message, size_t at)
{
	while (at < message->len) {
		uint8_t len = message->data[at];

		if (len >= 0xc0)
			return at + 2;
		if (len >= 0x40)
			return 0;
		at += 1 + len;
		if (!len)
			return at;
	}
	return 0;
}

/* Where the question ends; 0 if there is not just one. */
static size_t question_end(const struct message *message)
{
	size_t end;

	if (message->len < HEADER || get16(message, 4) != 1)
		return 0;
	end = name_end(message, HEADER);
	return end && end + 4 <= message->len ? end + 4 : 0;
}

/* The record at @at; false if it is not whole. */
static bool read_record(const struct message *message, size_t at, struct record *record)
{
	size_t end = name_end(message, at);

	if (!end || end + 10 > message->len)
		return false;
	record->type = get16(message, end);
	record->ttl_at = end + 4;
	record->end = end + 10 + get16(message, end + 8);
	return record->end <= message->len;
}

static unsigned int records(const struct message *message)
{
	return get16(message, 6) + get16(message, 8) + get16(message, 10);
}

/* A TTL with the highest bit set is one of 0 (RFC 2181). */
static uint32_t ttl_of(const struct message *message, const struct record *record)
{
	uint32_t ttl = get32(message, record->ttl_at);

	return ttl >> 31 ? 0 : ttl;
}

/* For how many seconds an answer may be kept; 0 is not at all. */
static uint32_t lifetime(const struct message *message)
{
	bool nothing = !get16(message, 6), known = !nothing;
	size_t at = question_end(message);
	uint32_t seconds = KEEP_MAX;
	struct record record;

	for (unsigned int i = 0; i < records(message); i++, at = record.end) {
		if (!read_record(message, at, &record))
			return 0;
		if (record.type == TYPE_OPT)
			continue;
		seconds = MIN(seconds, ttl_of(message, &record));
		/* The last number of a SOA is for how long there is nothing. */
		if (nothing && record.type == TYPE_SOA && record.end >= record.ttl_at + 6 + 22) {
			seconds = MIN(seconds, get32(message, record.end - 4));
			known = true;
		}
	}
	return known ? seconds : 0;
}

static bool may_be_kept(const struct message *answer)
{
	bool cut_off = answer->data[2] & 0x02;

	return !cut_off && (result_of(answer) == NO_ERROR || result_of(answer) == NO_SUCH_NAME);
}

static void grow_older(struct message *answer, uint32_t seconds)
{
	size_t at = question_end(answer);
	struct record record;

	for (unsigned int i = 0; i < records(answer); i++, at = record.end) {
		if (!read_record(answer, at, &record))
			return;
		if (record.type != TYPE_OPT)
			put32(answer, record.ttl_at, ttl_of(answer, &record) - seconds);
	}
}

/* The question but its number. Lengths of labels are no letters. */
static size_t key_of(const struct message *question, uint8_t key[TTLMAP_KEY_MAX])
{
	size_t len = question->len - 2, name = question_end(question) - 4 - 2;

	if (len > TTLMAP_KEY_MAX)
		return 0;
	memcpy(key, question->data + 2, len);
	for (size_t i = HEADER - 2; i < name; i++)
		key[i] = tolower(key[i]);
	return len;
}

static bool find(int map, const struct message *question, struct message *answer)
{
	uint8_t key[TTLMAP_KEY_MAX];
	size_t len = key_of(question, key);
	uint64_t left;

	answer->len = sizeof(answer->data);
	if (!len || ttlmap_lookup(map, key, len, answer->data, &answer->len, &left, NULL))
		return false;
	grow_older(answer, (lifetime(answer) * SECOND_NS - left) / SECOND_NS);
	/* The number, and which letters are capitals. */
	memcpy(answer->data, question->data, 2);
	memcpy(answer->data + HEADER, question->data + HEADER, question_end(question) - HEADER);
	return true;
}

static void remember(int map, const struct message *question, const struct message *answer)
{
	uint8_t key[TTLMAP_KEY_MAX];
	size_t len = key_of(question, key);
	uint32_t seconds = may_be_kept(answer) ? lifetime(answer) : 0;

	if (len && seconds && ttlmap_update(map, key, len, answer->data, answer->len,
					    seconds * SECOND_NS, 0, NULL))
		warn("cannot keep an answer");
}

/* To what we asked, and nothing else. */
static bool belongs(const struct message *answer, const struct message *question)
{
	size_t end = question_end(question);

	return answer->len >= end && is_answer(answer) && question_end(answer) == end &&
	       !memcmp(answer->data, question->data, 2) &&
	       !memcmp(answer->data + HEADER, question->data + HEADER, end - HEADER);
}

static bool receive(int fd, const struct message *question, struct message *answer)
{
	ssize_t len;

	do {
		len = recv(fd, answer->data, sizeof(answer->data), 0);
		answer->len = len < 0 ? 0 : len;
	} while (len >= 0 && !belongs(answer, question));
	return len >= 0;
}

/* By a number and from a port that nobody can guess. */
static bool ask(const struct address *server, struct message *question, struct message *answer)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };
	int fd = socket(server->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t number[2];
	bool answered;

	memcpy(number, question->data, sizeof(number));
	answered = fd >= 0 && getrandom(question->data, 2, 0) == 2 &&
		   !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) &&
		   !connect(fd, &server->any, server->len) &&
		   send(fd, question->data, question->len, 0) == (ssize_t)question->len &&
		   receive(fd, question, answer);
	memcpy(question->data, number, sizeof(number));
	memcpy(answer->data, number, sizeof(number));
	if (fd >= 0)
		close(fd);
	return answered;
}

static void fail(const struct message *question, struct message *answer)
{
	memcpy(answer, question, sizeof(*answer));
	answer->len = question_end(question);
	answer->data[2] |= 0x80;
	answer->data[3] = SERVER_FAILURE;
	memset(answer->data + 6, 0, 6);
}

static void answer_one(int map, int fd, const struct address *server)
{
	static struct message question, answer;
	struct address client = { .len = sizeof(client.v6) };
	ssize_t len = recvfrom(fd, question.data, sizeof(question.data), 0, &client.any,
			       &client.len);

	question.len = len < 0 ? 0 : len;
	if (!question_end(&question) || is_answer(&question))
		return;
	if (!find(map, &question, &answer)) {
		if (ask(server, &question, &answer))
			remember(map, &question, &answer);
		else
			fail(&question, &answer);
	}
	sendto(fd, answer.data, answer.len, 0, &client.any, client.len);
}

static struct address address_of(const char *text, const char *port)
{
	struct address address = { .len = sizeof(address.v4) };

	if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(atoi(port));
	} else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
		address.len = sizeof(address.v6);
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(atoi(port));
	} else {
		errx(2, "%s: not an address", text);
	}
	return address;
}

static int listen_at(const struct address *address)
{
	int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)) ||
	    bind(fd, &address->any, address->len))
		err(1, "cannot listen");
	return fd;
}

int main(int argc, char **argv)
{
	static const struct ttlmap_create create = {
		.flags = TTLMAP_F_SIPHASH | TTLMAP_F_REQUIRE_TTL,
		.key_max = TTLMAP_KEY_MAX,
		.value_max = MESSAGE_MAX,
		.mode = 0600,
		.max_entries = 10000,
		.max_bytes = 16 << 20,
		.name = "dns",
	};
	struct address here, server;
	int map, fd;

	if (argc != 5) {
		fprintf(stderr, "usage: dns_cache ADDRESS PORT SERVER PORT\n");
		return 2;
	}
	here = address_of(argv[1], argv[2]);
	server = address_of(argv[3], argv[4]);
	map = shared_map(&create);
	if (map < 0)
		err(1, "dns");
	fd = listen_at(&here);
	for (;;)
		answer_one(map, fd, &server);
}
