// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "command.h"
#include "input.h"
#include "stream.h"
#include "trouble.h"

#define HASH_FUNCTION(key, len, hash) ((hash) = (unsigned int)XXH3_64bits(key, len))
#define uthash_fatal(message) exit(trouble_with(message))
#include <uthash.h>

/* All numbers in little-endian order. */
struct trace_record {
	uint32_t time_s;
	uint64_t key;
	uint32_t size;
	uint32_t ttl_s;
} __attribute__((packed));

/**
 * struct known_key - a key that came already
 * @hh: by the bytes of the key
 * @index: in stream->keys
 */
struct known_key {
	UT_hash_handle hh;
	uint32_t index;
};

/* Makes room for one more element of an array. */
static void *room_for_one(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 1024;
	array = reallocarray(array, *room, size);
	if (!array)
		exit(trouble_with("the stream of keys"));
	return array;
}

/* Memory that lives as long as the stream. */
static char *keep(struct stream *stream, char *bytes)
{
	if (!bytes)
		exit(trouble_with("the stream of keys"));
	stream->inputs = reallocarray(stream->inputs, stream->input_count + 1,
				      sizeof(*stream->inputs));
	if (!stream->inputs)
		exit(trouble_with("the stream of keys"));
	stream->inputs[stream->input_count++] = bytes;
	return bytes;
}

void stream_cut_key(char *to, const char *key, size_t len, size_t key_max)
{
	XXH128_hash_t hash = XXH3_128bits(key, len);
	char digits[33];
	size_t hash_len = key_max < 32 ? key_max : 32;

	snprintf(digits, sizeof(digits), "%016llx%016llx",
		 (unsigned long long)hash.high64, (unsigned long long)hash.low64);
	memcpy(to, key, key_max - hash_len);
	memcpy(to + key_max - hash_len, digits, hash_len);
}

static uint32_t add_key(struct stream *stream, const char *key, size_t len)
{
	struct known_key *known = calloc(1, sizeof(*known));

	if (!known)
		exit(trouble_with("the stream of keys"));
	known->index = stream->key_count;
	HASH_ADD_KEYPTR(hh, stream->known, key, len, known);
	stream->keys = room_for_one(stream->keys, stream->key_count, &stream->key_room,
				    sizeof(*stream->keys));
	stream->keys[stream->key_count++] = (struct stream_key){ key, len };
	if (len > stream->longest_key)
		stream->longest_key = len;
	return known->index;
}

static uint32_t find_or_add_key(struct stream *stream, const char *key, size_t len)
{
	char cut[512];
	struct known_key *known;
	const char *whole = key;

	if (len > stream->key_max) {
		stream_cut_key(cut, key, len, stream->key_max);
		key = cut;
		len = stream->key_max;
	}
	HASH_FIND(hh, stream->known, key, len, known);
	if (known)
		return known->index;
	if (key != whole) {
		char *copy = keep(stream, malloc(len));

		key = memcpy(copy, key, len);
		stream->cut++;
	}
	return add_key(stream, key, len);
}

static void add_request(struct stream *stream, const char *key, size_t len,
			uint32_t ttl_s, uint32_t size)
{
	stream->requests = room_for_one(stream->requests, stream->count,
					&stream->request_room,
					sizeof(*stream->requests));
	stream->requests[stream->count++] = (struct stream_request){
		.key = find_or_add_key(stream, key, len),
		.ttl_s = ttl_s,
		.size = size,
	};
	if (size > stream->longest_value)
		stream->longest_value = size;
}

static void add_words(struct stream *stream, const struct input *input)
{
	const char *p = input->bytes, *end = p + input->len;

	while (p < end) {
		const char *start = p;

		while (p < end && !isspace((unsigned char)*p))
			p++;
		if (p > start)
			add_request(stream, start, p - start, 0, 0);
		p++;
	}
}

static void add_lines(struct stream *stream, const struct input *input)
{
	const char *p = input->bytes, *end = p + input->len;

	while (p < end) {
		const char *newline = memchr(p, '\n', end - p);
		const char *line_end = newline ? newline : end;

		if (line_end > p)
			add_request(stream, p, line_end - p, 0, 0);
		p = line_end + 1;
	}
}

static int add_trace(struct stream *stream, const struct input *input, const char *path)
{
	const struct trace_record *record = (const void *)input->bytes;
	size_t count = input->len / sizeof(*record);

	if (input->len % sizeof(*record)) {
		fprintf(stderr, "ttlmap: %s: not a trace: %zu bytes are not a multiple of %zu\n",
			path, input->len, sizeof(*record));
		return EXIT_TROUBLE;
	}
	for (size_t i = 0; i < count; i++)
		add_request(stream, (const char *)&record[i].key, sizeof(record->key),
			    le32toh(record[i].ttl_s), le32toh(record[i].size));
	return 0;
}

static enum stream_form form_by_name(const char *path)
{
	return ends_with(path, ".bin") || ends_with(path, ".bin.xz") ?
	       STREAM_TRACE : STREAM_WORDS;
}

int stream_add_file(struct stream *stream, const char *path, enum stream_form form)
{
	struct input input;

	if (input_read(path, &input))
		return EXIT_TROUBLE;
	keep(stream, input.bytes);
	if (form == STREAM_BY_NAME)
		form = form_by_name(path);
	if (form == STREAM_TRACE)
		return add_trace(stream, &input, path);
	if (form == STREAM_LINES)
		add_lines(stream, &input);
	else
		add_words(stream, &input);
	return 0;
}

void stream_free(struct stream *stream)
{
	struct known_key *known, *next;

	/* The next one is known before this goes. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	HASH_ITER(hh, stream->known, known, next) {
		HASH_DEL(stream->known, known);
		free(known);
	}
	for (size_t i = 0; i < stream->input_count; i++)
		free(stream->inputs[i]);
	free(stream->inputs);
	free(stream->keys);
	free(stream->requests);
}
