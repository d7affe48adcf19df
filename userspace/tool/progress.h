/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct progress - how far a replay has come, shown on stderr
 * @total: requests in all
 * @started_ns: when it began
 * @terminal: a bar that is redrawn; otherwise a line for each tenth
 * @tenths: that have been shown
 */
struct progress {
	uint64_t total;
	uint64_t started_ns;
	bool terminal;
	unsigned int tenths;
};

void progress_begin(struct progress *progress, uint64_t total);
void progress_show(struct progress *progress, uint64_t requests, uint64_t hits);

/* Clears the bar. */
void progress_end(const struct progress *progress);

#endif /* TOOL_PROGRESS_H */
