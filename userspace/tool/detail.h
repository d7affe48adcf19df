/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_DETAIL_H
#define TOOL_DETAIL_H

#include "columns.h"
#include "evidence.h"
#include "frame.h"
#include "occupancy.h"

/**
 * struct detail - all that is shown of one map
 * @row: its figures in two moments
 * @evidence: what there is beside them
 * @occupancy: how its table is filled
 * @now_ns: of CLOCK_BOOTTIME
 */
struct detail {
	struct row row;
	struct evidence evidence;
	struct occupancy occupancy;
	uint64_t now_ns;
};

/* Whatever this user may see of it.  Returns -1 with errno. */
int detail_read(struct detail *detail, const struct row *row, uint64_t now_ns);
void detail_free(struct detail *detail);

/* A picture of at most view->height lines; 0 is no limit.  Returns -1 without memory. */
int detail_build(struct frame *frame, const struct view *view, const struct detail *detail);

/* Figures as one character each, as high as they are; the last ones that fit. */
void sparkline(char *text, int width, const double *figures, size_t count);

#endif /* TOOL_DETAIL_H */
