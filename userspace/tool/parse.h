/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_PARSE_H
#define TOOL_PARSE_H

#include <stdint.h>

/*
 * What people type.  Each returns NULL, or why the text cannot be taken.
 * Nothing here accepts a space or a fraction, and only a counter a sign.
 */

/* "250ms", "1h30m", "45" (seconds): nanoseconds, at most TTLMAP_TTL_MAX. */
const char *parse_duration(const char *text, uint64_t *ns);

/* "4096", "64K", "1G": powers of 1024. */
const char *parse_size(const char *text, uint64_t *bytes);

/* "256", "50K", "1M": powers of 1000. */
const char *parse_count(const char *text, uint64_t *count);

/* "42": exactly that. */
const char *parse_number(const char *text, uint64_t *number);

/* "42" or "-1", which is 2^64 - 1: what is added to a counter wraps around. */
const char *parse_counter(const char *text, uint64_t *counter);

/* "0660": octal permission bits. */
const char *parse_mode(const char *text, uint32_t *mode);

#endif /* TOOL_PARSE_H */
