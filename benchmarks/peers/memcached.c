// SPDX-License-Identifier: GPL-2.0
/*
 * memcached over a socket.  Keys and values have lengths that are known, and so have the
 * answers: what comes back is compared with what has to come back.
 */
#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "entries.h"
#include "peer.h"

#define NAME	"memcached"
#define SOCKET	"/tmp/memcached.sock"

/* A request or an answer takes less than twice the longest value. */
struct text {
	char bytes[BATCH * 2 * VALUE_MOST];
	size_t length;
};

static int server;

static void memcached_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET };

	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof(address)))
		err(1, NAME);
}

static void append(struct text *text, const void *bytes, size_t length)
{
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

__attribute__((format(printf, 2, 3)))
static void append_line(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->length += vsnprintf(text->bytes + text->length, sizeof(text->bytes) - text->length,
				  format, args);
	va_end(args);
}

static void append_value(struct text *text, size_t at)
{
	char value[VALUE_MOST];

	entries_value(at, value);
	append(text, value, entries.value_size);
	append(text, "\r\n", 2);
}

static void send_all(const struct text *text)
{
	size_t sent = 0;

	while (sent < text->length) {
		ssize_t rc = write(server, text->bytes + sent, text->length - sent);

		if (rc < 0)
			err(1, NAME ": write");
		sent += rc;
	}
}

/* Returns what came, 0 at the end of the connection being none of it. */
static size_t receive(char *bytes, size_t room)
{
	ssize_t rc = read(server, bytes, room);

	if (rc < 0)
		err(1, NAME ": read");
	if (!rc)
		errx(1, NAME ": hung up");
	return rc;
}

static void exchange(const struct text *request, const struct text *wanted)
{
	char bytes[sizeof(wanted->bytes)];
	size_t length = 0;

	send_all(request);
	while (length < wanted->length)
		length += receive(bytes + length, sizeof(bytes) - length);
	if (length != wanted->length || memcmp(bytes, wanted->bytes, length))
		errx(1, NAME ": not the answer: %.*s", (int)length, bytes);
}

static size_t pipeline_get(size_t at, size_t length)
{
	struct text request, wanted;

	request.length = 0;
	wanted.length = 0;
	for (size_t i = at; i < at + length; i++) {
		append_line(&request, "get %.*s\r\n", (int)entries.key_size, entries_key(i));
		append_line(&wanted, "VALUE %.*s 0 %zu\r\n", (int)entries.key_size,
			    entries_key(i), entries.value_size);
		append_value(&wanted, i);
		append(&wanted, "END\r\n", 5);
	}
	exchange(&request, &wanted);
	return length;
}

static size_t pipeline_set(size_t at, size_t length)
{
	struct text request, wanted;

	request.length = 0;
	wanted.length = 0;
	for (size_t i = at; i < at + length; i++) {
		append_line(&request, "set %.*s 0 %u %zu\r\n", (int)entries.key_size,
			    entries_key(i), entries_ttl(i), entries.value_size);
		append_value(&request, i);
		append(&wanted, "STORED\r\n", 8);
	}
	exchange(&request, &wanted);
	return length;
}

static size_t lookup(size_t at)
{
	return pipeline_get(at, 1);
}

static size_t lookup_64(size_t at)
{
	return pipeline_get(at, BATCH);
}

static size_t update(size_t at)
{
	return pipeline_set(at, 1);
}

static size_t update_64(size_t at)
{
	return pipeline_set(at, BATCH);
}

static size_t count_lines(const char *bytes, size_t length)
{
	size_t lines = 0;

	for (size_t i = 0; i < length; i++)
		lines += bytes[i] == '\n';
	return lines;
}

/* The whole of an answer that ends so. */
static void receive_until(struct text *text, const char *end)
{
	size_t length = strlen(end);

	text->length = 0;
	do {
		text->length += receive(text->bytes + text->length,
					sizeof(text->bytes) - 1 - text->length);
		text->bytes[text->length] = '\0';
	} while (text->length < length || strcmp(text->bytes + text->length - length, end));
}

static size_t count(void)
{
	static const struct text request = { "stats\r\n", 7 };
	static const char name[] = "STAT curr_items ";
	struct text answer;
	char *items;

	send_all(&request);
	receive_until(&answer, "END\r\n");
	items = strstr(answer.bytes, name);
	if (!items)
		errx(1, NAME ": does not say how many items there are");
	return strtoul(items + strlen(name), NULL, 10);
}

/* Keys only, a line each: there is no command that gives values. */
static size_t scan(size_t at)
{
	static const struct text request = { "lru_crawler metadump all\r\n", 26 };
	char bytes[1 << 16], tail[5] = "";
	size_t length, lines = 0;

	(void)at;
	send_all(&request);
	do {
		length = receive(bytes + 5, sizeof(bytes) - 5);
		memcpy(bytes, tail, 5);
		memcpy(tail, bytes + length, 5);
		lines += count_lines(bytes + 5, length);
	} while (memcmp(tail, "END\r\n", 5));
	return lines - 1;
}

const struct peer peer_memcached = {
	.name = NAME,
	.open = memcached_open,
	.count = count,
	.calls = { lookup, lookup_64, update, update_64, scan },
};
