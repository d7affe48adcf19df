/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct trace - requests for keys, in their order
 * @name: for the samples
 * @keys: a key a request
 * @count: how many requests
 * @unique: how many different keys
 */
struct trace {
	char name[64];
	uint64_t *keys;
	size_t count;
	size_t unique;
};

/*
 * Reads a trace, NAME.bin.xz, or makes up one: zipf:S is a stream in which the key of rank
 * r comes r^-S times as often as the first.  Takes @most requests of it, 0 meaning all.
 */
struct trace trace_make(const char *what, size_t most);

#endif
