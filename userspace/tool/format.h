/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FORMAT_H
#define TOOL_FORMAT_H

#include <stdint.h>

/* Figures as text for people; never longer than this with its NUL. */
struct text {
	char s[48];
};

/* Three significant digits: "999", "1.23K", "45.6M" (powers of 1000). */
struct text format_count(uint64_t count);

/* The same in powers of 1024. */
struct text format_size(uint64_t bytes);

/* The largest two units that count: "250ms", "1h30m", "never". */
struct text format_duration(uint64_t ns);

/* The same, in whole seconds. */
struct text format_seconds(uint64_t ns);

/* "12.3%" of a whole, or "-" of nothing. */
struct text format_percent(uint64_t part, uint64_t whole);

/* "1,234,567" */
struct text format_exact(uint64_t number);

/* A latency: "730ns", "1.24us", "45.6ms". */
struct text format_latency(uint64_t ns);

#endif /* TOOL_FORMAT_H */
