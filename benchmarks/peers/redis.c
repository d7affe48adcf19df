// SPDX-License-Identifier: GPL-2.0
/* Valkey, or Redis where Debian has that: the protocol is the same. */
#include <err.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "entries.h"
#include "peer.h"

static const char *name;
static redisContext *server;

static void redis_connect(const char *which, const char *path)
{
	name = which;
	server = redisConnectUnix(path);
	if (!server || server->err)
		errx(1, "%s: %s", name, server ? server->errstr : "out of memory");
}

static void valkey_open(void)
{
	redis_connect("valkey", "/tmp/valkey.sock");
}

static void redis_open(void)
{
	redis_connect("redis", "/tmp/redis.sock");
}

static redisReply *receive(int type)
{
	redisReply *reply;

	if (redisGetReply(server, (void **)&reply))
		errx(1, "%s: %s", name, server->errstr);
	if (reply->type != type)
		errx(1, "%s: not the answer: %d %s", name, reply->type, reply->str ?: "");
	return reply;
}

static size_t pipeline_get(size_t at, size_t length)
{
	for (size_t i = at; i < at + length; i++)
		redisAppendCommand(server, "GET %b", entries_key(i), entries.key_size);
	for (size_t i = at; i < at + length; i++) {
		redisReply *reply = receive(REDIS_REPLY_STRING);

		if (reply->len != entries.value_size)
			errx(1, "%s: a value of %zu bytes", name, reply->len);
		entries_check(name, i, reply->str);
		freeReplyObject(reply);
	}
	return length;
}

static size_t pipeline_set(size_t at, size_t length)
{
	char value[VALUE_MOST];

	for (size_t i = at; i < at + length; i++) {
		entries_value(i, value);
		redisAppendCommand(server, "SET %b %b EX %u", entries_key(i), entries.key_size,
				   value, entries.value_size, entries_ttl(i));
	}
	for (size_t i = at; i < at + length; i++)
		freeReplyObject(receive(REDIS_REPLY_STATUS));
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

/* Keys only: SCAN gives no values. */
static size_t scan(size_t at)
{
	char cursor[32] = "0";
	size_t found = 0;

	(void)at;
	do {
		redisReply *reply;

		redisAppendCommand(server, "SCAN %s COUNT 1000", cursor);
		reply = receive(REDIS_REPLY_ARRAY);
		snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
		found += reply->element[1]->elements;
		freeReplyObject(reply);
	} while (strcmp(cursor, "0"));
	return found;
}

static size_t count(void)
{
	redisReply *reply;
	size_t keys;

	redisAppendCommand(server, "DBSIZE");
	reply = receive(REDIS_REPLY_INTEGER);
	keys = reply->integer;
	freeReplyObject(reply);
	return keys;
}

#define REDIS_CALLS	{ lookup, lookup_64, update, update_64, scan }

const struct peer peer_valkey = {
	.name = "valkey",
	.open = valkey_open,
	.count = count,
	.calls = REDIS_CALLS,
};

const struct peer peer_redis = {
	.name = "redis",
	.open = redis_open,
	.count = count,
	.calls = REDIS_CALLS,
};
