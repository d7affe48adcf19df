// SPDX-License-Identifier: GPL-2.0
/*
 * profile.proto in as far as stacks of bytes need it: ten fields, for which a library
 * and a compiler of schemas would be more to look after than these lines.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "pprof.h"

/* Fields of messages, by their names in profile.proto. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE = 2,
	PROFILE_LOCATION = 4,
	PROFILE_FUNCTION = 5,
	PROFILE_STRING_TABLE = 6,
	PROFILE_TIME_NANOS = 9,
	VALUE_TYPE_TYPE = 1,
	VALUE_TYPE_UNIT = 2,
	SAMPLE_LOCATION_ID = 1,
	SAMPLE_VALUE = 2,
	LOCATION_ID = 1,
	LOCATION_LINE = 4,
	LINE_FUNCTION_ID = 1,
	FUNCTION_ID = 1,
	FUNCTION_NAME = 2,
};

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* Those that contain no text are short. */
struct message {
	unsigned char bytes[128];
	size_t len;
};

/* Each text once; its place is also the id of its function and location, but for 0. */
struct strings {
	const char **text;
	size_t count;
};

static size_t varint(unsigned char *to, uint64_t value)
{
	size_t len = 0;

	for (; value > 127; value >>= 7)
		to[len++] = value | 128;
	to[len++] = value;
	return len;
}

static void put_number(struct message *message, unsigned int field, uint64_t value)
{
	message->len += varint(message->bytes + message->len, field << 3 | WIRE_VARINT);
	message->len += varint(message->bytes + message->len, value);
}

static void put_message(struct message *message, unsigned int field, const struct message *inner)
{
	message->len += varint(message->bytes + message->len, field << 3 | WIRE_BYTES);
	message->len += varint(message->bytes + message->len, inner->len);
	memcpy(message->bytes + message->len, inner->bytes, inner->len);
	message->len += inner->len;
}

/* Into the profile itself; what fails, gzclose() tells. */
static void write_bytes(gzFile out, unsigned int field, const void *bytes, size_t len)
{
	struct message head = { 0 };

	head.len = varint(head.bytes, field << 3 | WIRE_BYTES);
	head.len += varint(head.bytes + head.len, len);
	gzwrite(out, head.bytes, head.len);
	gzwrite(out, bytes, len);
}

static void write_message(gzFile out, unsigned int field, const struct message *message)
{
	write_bytes(out, field, message->bytes, message->len);
}

static size_t find(const struct strings *strings, const char *text)
{
	size_t at = 0;

	while (at < strings->count && strcmp(strings->text[at], text))
		at++;
	return at;
}

/* There is room for all. */
static size_t intern(struct strings *strings, const char *text)
{
	size_t at = find(strings, text);

	if (at == strings->count)
		strings->text[strings->count++] = text;
	return at;
}

static void write_type(gzFile out, struct strings *strings)
{
	struct message type = { 0 };

	put_number(&type, VALUE_TYPE_TYPE, intern(strings, "space"));
	put_number(&type, VALUE_TYPE_UNIT, intern(strings, "bytes"));
	write_message(out, PROFILE_SAMPLE_TYPE, &type);
}

/* The innermost frame comes first. */
static void write_sample(gzFile out, struct strings *strings, const struct stack *stack)
{
	struct message sample = { 0 };

	for (size_t i = stack->depth; i; i--)
		put_number(&sample, SAMPLE_LOCATION_ID, intern(strings, stack->frame[i - 1]));
	put_number(&sample, SAMPLE_VALUE, stack->bytes);
	write_message(out, PROFILE_SAMPLE, &sample);
}

static void write_place(gzFile out, uint64_t id)
{
	struct message line = { 0 }, location = { 0 }, function = { 0 };

	put_number(&line, LINE_FUNCTION_ID, id);
	put_number(&location, LOCATION_ID, id);
	put_message(&location, LOCATION_LINE, &line);
	write_message(out, PROFILE_LOCATION, &location);
	put_number(&function, FUNCTION_ID, id);
	put_number(&function, FUNCTION_NAME, id);
	write_message(out, PROFILE_FUNCTION, &function);
}

static void write_profile(gzFile out, struct strings *strings, const struct stacks *stacks,
			  uint64_t time_ns)
{
	struct message time = { 0 };

	intern(strings, "");
	write_type(out, strings);
	for (size_t i = 0; i < stacks->count; i++)
		write_sample(out, strings, &stacks->stack[i]);
	for (size_t i = 1; i < strings->count; i++)
		write_place(out, i);
	for (size_t i = 0; i < strings->count; i++)
		write_bytes(out, PROFILE_STRING_TABLE, strings->text[i],
			    strlen(strings->text[i]));
	put_number(&time, PROFILE_TIME_NANOS, time_ns);
	gzwrite(out, time.bytes, time.len);
}

/* What zlib could not write is known at the end. */
static int finish(gzFile out)
{
	int error;

	gzerror(out, &error);
	if (gzclose(out) == Z_OK && error == Z_OK)
		return 0;
	if (error != Z_ERRNO)
		errno = ENOMEM;
	return -1;
}

int pprof_write(const char *path, const struct stacks *stacks, uint64_t time_ns)
{
	struct strings strings = {
		.text = calloc(STACK_DEPTH_MAX * stacks->count + 3, sizeof(*strings.text)),
	};
	gzFile out;
	int ret = -1;

	if (!strings.text)
		return -1;
	out = gzopen(path, "wbe");
	if (out) {
		write_profile(out, &strings, stacks, time_ns);
		ret = finish(out);
	}
	free(strings.text);
	return ret;
}
