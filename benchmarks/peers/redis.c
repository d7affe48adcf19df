// SPDX-License-Identifier: GPL-2.0
/* Valkey, or Redis where Debian has that: the protocol is the same. */
#include <err.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "entries.h"
#include "peer.h"

#define SOCKET	"/tmp/redis.sock"

static redisContext *server;

static void redis_open(void)
{
	server = redisConnectUnix(SOCKET);
	if (!server || server->err)
		errx(1, SOCKET ": %s", server ? server->errstr : "out of memory");
}

static redisReply *receive(int type)
{
	redisReply *reply;

	if (redisGetReply(server, (void **)&reply))
		errx(1, SOCKET ": %s", server->errstr);
	if (reply->type != type)
		errx(1, SOCKET ": not the answer: %d %s", reply->type, reply->str ?: "");
	return reply;
}

static size_t pipeline_get(size_t at, size_t count)
{
	for (size_t i = at; i < at + count; i++)
		redisAppendCommand(server, "GET %b", entries_key(i), entries.key_size);
	for (size_t i = at; i < at + count; i++) {
		redisReply *reply = receive(REDIS_REPLY_STRING);

		if (reply->len != entries.value_size)
			errx(1, SOCKET ": a value of %zu bytes", reply->len);
		entries_check(SOCKET, i, reply->str);
		freeReplyObject(reply);
	}
	return count;
}

static size_t pipeline_set(size_t at, size_t count)
{
	char value[VALUE_MOST];

	for (size_t i = at; i < at + count; i++) {
		entries_value(i, value);
		redisAppendCommand(server, "SET %b %b EX %d", entries_key(i), entries.key_size,
				   value, entries.value_size, TTL_SECONDS);
	}
	for (size_t i = at; i < at + count; i++)
		freeReplyObject(receive(REDIS_REPLY_STATUS));
	return count;
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

/* Keys only: SCAN gives no values. */
static size_t scan(size_t at)
{
	char cursor[32] = "0";
	size_t count = 0;

	(void)at;
	do {
		redisReply *reply;

		redisAppendCommand(server, "SCAN %s COUNT 1000", cursor);
		reply = receive(REDIS_REPLY_ARRAY);
		snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
		count += reply->element[1]->elements;
		freeReplyObject(reply);
	} while (strcmp(cursor, "0"));
	return count;
}

#define REDIS_CALLS	{ lookup, lookup_64, update, update_64, scan }

const struct peer peer_valkey = {
	.name = "valkey",
	.open = redis_open,
	.calls = REDIS_CALLS,
};

const struct peer peer_redis = {
	.name = "redis",
	.open = redis_open,
	.calls = REDIS_CALLS,
};
