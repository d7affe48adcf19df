/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FRAME_H
#define TOOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "maps.h"

/*
 * One picture of all maps, as lines of text: `ttlmap top' shows it on a screen
 * or prints it.
 */

enum line_style {
	LINE_PLAIN,
	LINE_TITLE,
	LINE_HEADER,
	LINE_SELECTED,
};

#define FRAME_WIDTH_MAX 160

/**
 * struct frame_line - a line of text
 * @text: in ASCII
 * @style: of the line
 * @mark: where the sorted column's title stands
 * @mark_len: its length, 0 in all lines but the header
 */
struct frame_line {
	char text[FRAME_WIDTH_MAX + 1];
	enum line_style style;
	int mark;
	int mark_len;
};

/**
 * struct view - what the user wants to see
 * @width: columns of the screen
 * @height: its lines, 0 for as many as there are
 * @sort: column to sort by
 * @reverse: smallest first
 * @selected: id of the map that is shown in detail, 0 for the first
 */
struct view {
	int width;
	int height;
	size_t sort;
	bool reverse;
	uint64_t selected;
};

/**
 * struct frame - the picture
 * @line: its lines
 * @count: how many
 */
struct frame {
	struct frame_line *line;
	size_t count;
};

/* Figures of two moments; rates are what happened in between.  Sorts @now. */
int frame_build(struct frame *frame, const struct view *view, struct maps *now,
		const struct maps *before);
void frame_free(struct frame *frame);

/* The column to sort by that is shown next to view->sort, by +1 or -1. */
size_t frame_sort_beside(const struct view *view, int step);

/* The column of the number of entries, by which a frame is sorted at first. */
extern const size_t frame_sort_default;

#endif /* TOOL_FRAME_H */
