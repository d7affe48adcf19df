// SPDX-License-Identifier: GPL-2.0
/*
 * A trace is xz over records of 20 bytes: time, key (8 bytes at offset 4), size and TTL,
 * little-endian.
 */
#include <err.h>
#include <lzma.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "lru.h"
#include "trace.h"

#define RECORD_SIZE	20
#define KEY_OFFSET	4
#define SUFFIX		".bin.xz"

#define ZIPF		"zipf:"
#define ZIPF_KEYS	100000
#define ZIPF_REQUESTS	1000000

static void add(struct trace *trace, uint64_t key)
{
	if (!(trace->count & (trace->count - 1))) {
		size_t room = trace->count ? 2 * trace->count : 1;

		trace->keys = reallocarray(trace->keys, room, sizeof(key));
		if (!trace->keys)
			err(1, "requests");
	}
	trace->keys[trace->count++] = key;
}

static void add_records(struct trace *trace, const uint8_t *records, const uint8_t *end,
			size_t most)
{
	for (; records < end && trace->count < most; records += RECORD_SIZE) {
		uint64_t key;

		memcpy(&key, records + KEY_OFFSET, sizeof(key));
		add(trace, key);
	}
}

/* Fills what there is room for, short of the end of the file. */
static lzma_ret decode(lzma_stream *stream, FILE *file)
{
	static uint8_t in[1 << 16];
	lzma_ret rc = LZMA_OK;

	while (rc == LZMA_OK && stream->avail_out) {
		if (!stream->avail_in) {
			stream->next_in = in;
			stream->avail_in = fread(in, 1, sizeof(in), file);
		}
		rc = lzma_code(stream, stream->avail_in ? LZMA_RUN : LZMA_FINISH);
	}
	return rc;
}

static void read_records(struct trace *trace, FILE *file, size_t most)
{
	static uint8_t records[RECORD_SIZE << 12];
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret rc = lzma_stream_decoder(&stream, UINT64_MAX, 0);

	while (rc == LZMA_OK && trace->count < most) {
		stream.next_out = records;
		stream.avail_out = sizeof(records);
		rc = decode(&stream, file);
		add_records(trace, records, stream.next_out, most);
	}
	lzma_end(&stream);
	if (rc != LZMA_OK && rc != LZMA_STREAM_END)
		errx(1, "%s: not in the form of xz", trace->name);
}

static void read_file(struct trace *trace, const char *path, size_t most)
{
	const char *slash = strrchr(path, '/');
	FILE *file = fopen(path, "re");
	char *suffix;

	if (!file)
		err(1, "%s", path);
	snprintf(trace->name, sizeof(trace->name), "%s", slash ? slash + 1 : path);
	suffix = strstr(trace->name, SUFFIX);
	if (suffix)
		*suffix = '\0';
	read_records(trace, file, most);
	fclose(file);
}

/* The inverse of the continuous distribution is near enough to that of the whole numbers. */
static void make_zipf(struct trace *trace, const char *text, size_t most)
{
	double exponent = atof(text), share = 1 - exponent, whole = pow(ZIPF_KEYS, share) - 1;

	if (exponent <= 0 || exponent == 1)
		errx(2, "%s: not an exponent", text);
	snprintf(trace->name, sizeof(trace->name), "zipf-%s", text);
	for (uint64_t i = 0; i < ZIPF_REQUESTS && i < most; i++) {
		double uniform = ldexp(mix64(i + 1) >> 11, -53);

		add(trace, pow(whole * uniform + 1, 1 / share));
	}
}

struct trace trace_make(const char *what, size_t most)
{
	struct trace trace = { };

	if (!strncmp(what, ZIPF, strlen(ZIPF)))
		make_zipf(&trace, what + strlen(ZIPF), most ?: SIZE_MAX);
	else
		read_file(&trace, what, most ?: SIZE_MAX);
	if (!trace.count)
		errx(1, "%s: no requests", what);
	trace.unique = lru_misses(&trace, SIZE_MAX);
	return trace;
}
