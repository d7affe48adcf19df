/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_STREAM_H
#define TOOL_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum stream_form {
	STREAM_BY_NAME,		/* a trace if it is called *.bin or *.bin.xz, else words */
	STREAM_WORDS,		/* a key a word, between white space */
	STREAM_LINES,		/* a key a line */
	STREAM_TRACE,		/* records of 20 bytes, see struct trace_record */
};

struct stream_key {
	const char *bytes;
	size_t len;
};

/**
 * struct stream_request - a lookup
 * @key: index of its key
 * @ttl_s: TTL in seconds of what is inserted on a miss, 0 if not known
 * @size: bytes of its value, 0 if not known
 */
struct stream_request {
	uint32_t key;
	uint32_t ttl_s;
	uint32_t size;
};

/**
 * struct stream - requests in their order
 * @key_max: longer keys are cut to this
 * @keys: the different keys
 * @key_count: how many
 * @requests: the requests
 * @count: how many
 * @cut: different keys that were longer than @key_max
 * @longest_key: bytes
 * @longest_value: largest size of a request
 */
struct stream {
	size_t key_max;
	struct stream_key *keys;
	uint32_t key_count;
	struct stream_request *requests;
	size_t count;
	uint32_t cut;
	size_t longest_key;
	uint32_t longest_value;

	/* private: */
	size_t key_room;
	size_t request_room;
	struct known_key *known;
	char **inputs;
	size_t input_count;
};

/*
 * A key that is too long keeps its beginning; its end becomes 32 hexadecimal
 * digits of its hash (XXH3, 128 bits), or as many as there is room for.
 */
void stream_cut_key(char *to, const char *key, size_t len, size_t key_max);

/* Adds a file.  Returns 0, or EXIT_TROUBLE with a message. */
int stream_add_file(struct stream *stream, const char *path, enum stream_form form);

void stream_free(struct stream *stream);

#endif /* TOOL_STREAM_H */
