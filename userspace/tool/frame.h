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
	LINE_ALARM,
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
 * @filter: what the names of maps must have in them, "" for all
 */
struct view {
	int width;
	int height;
	size_t sort;
	bool reverse;
	uint64_t selected;
	char filter[32];
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

/* Adds a line; what is too long is cut.  Returns -1 where there is no memory. */
int frame_add(struct frame *frame, enum line_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A map in two moments; one that has just come had done nothing before. */
struct row;
struct row frame_row(const struct ttlmap_stat *map, const struct maps *now,
		     const struct maps *before);

/* The map that is selected, or the first; there must be one. */
const struct ttlmap_stat *frame_selected(const struct view *view, const struct maps *now);

/* Counts only the maps whose names pass the filter; the others come after those. */
void frame_filter(const struct view *view, struct maps *now);

/* The column to sort by that is shown next to view->sort, by +1 or -1. */
size_t frame_sort_beside(const struct view *view, int step);

/* The column of the number of entries, by which a frame is sorted at first. */
extern const size_t frame_sort_default;

#endif /* TOOL_FRAME_H */
