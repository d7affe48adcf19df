// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "format.h"
#include "frame.h"

#define NAME_WIDTH_MAX MAP_TITLE_MAX
#define DETAIL_LINES 8
#define TITLE_LINES 3

/* A rate measured in less is noise. */
#define SHORTEST_NS 10000000

const size_t frame_sort_default = COLUMN_ENTRIES;

/* How many columns there is room for; the first one takes what is left over. */
static size_t columns_shown(int width, int *name_width)
{
	int left = width - columns[COLUMN_MAP].width;
	size_t n = 1;

	while (n < columns_count && left >= columns[n].width + 1)
		left -= columns[n++].width + 1;
	*name_width = columns[COLUMN_MAP].width + (left > 0 ? left : 0);
	if (*name_width > NAME_WIDTH_MAX)
		*name_width = NAME_WIDTH_MAX;
	return n;
}

size_t frame_sort_beside(const struct view *view, int step)
{
	int name_width;
	size_t shown = columns_shown(view->width, &name_width);
	size_t at = view->sort < shown ? view->sort : shown - 1;

	if (step < 0)
		return at ? at - 1 : 0;
	return at + 1 < shown ? at + 1 : at;
}

static struct frame_line *add_line(struct frame *frame, enum line_style style)
{
	struct frame_line *line;

	line = reallocarray(frame->line, frame->count + 1, sizeof(*line));
	if (!line)
		return NULL;
	frame->line = line;
	line += frame->count++;
	memset(line, 0, sizeof(*line));
	line->style = style;
	return line;
}

int frame_add(struct frame *frame, enum line_style style, const char *format, ...)
{
	struct frame_line *line = add_line(frame, style);
	va_list args;

	if (!line)
		return -1;
	va_start(args, format);
	vsnprintf(line->text, sizeof(line->text), format, args);
	va_end(args);
	return 0;
}

/* Adds a cell to a line: names to the left, figures to the right. */
static void add_cell(struct frame_line *line, size_t column, int width, const char *text)
{
	size_t at = strlen(line->text);
	size_t room = sizeof(line->text) - at;

	if (column == COLUMN_MAP && strlen(text) > (size_t)width)
		snprintf(line->text + at, room, "%.*s~", width - 1, text);
	else if (column == COLUMN_MAP)
		snprintf(line->text + at, room, "%-*s", width, text);
	else
		snprintf(line->text + at, room, " %*.*s", width, width, text);
}

static int column_width(size_t column, int name_width)
{
	return column == COLUMN_MAP ? name_width : columns[column].width;
}

static int add_header(struct frame *frame, const struct view *view)
{
	struct frame_line *line = add_line(frame, LINE_HEADER);
	int name_width;
	size_t shown = columns_shown(view->width, &name_width);

	if (!line)
		return -1;
	for (size_t i = 0; i < shown; i++) {
		int title_len = strlen(columns[i].title);

		add_cell(line, i, column_width(i, name_width), columns[i].title);
		if (i == view->sort) {
			line->mark_len = title_len;
			line->mark = i == COLUMN_MAP ? 0 : (int)strlen(line->text) - title_len;
		}
	}
	return 0;
}

static int add_row(struct frame *frame, const struct view *view, const struct row *row,
		   enum line_style style)
{
	struct frame_line *line = add_line(frame, style);
	int name_width;
	size_t shown = columns_shown(view->width, &name_width);

	if (!line)
		return -1;
	for (size_t i = 0; i < shown; i++)
		add_cell(line, i, column_width(i, name_width), columns[i].cell(row).s);
	return 0;
}

static int add_title(struct frame *frame, const struct view *view, const struct maps *maps)
{
	struct ttlmap_stat sum = { 0 };

	for (size_t i = 0; i < maps->count; i++) {
		sum.entries += maps->map[i].entries;
		sum.resident_bytes += maps->map[i].resident_bytes;
		sum.live_bytes += maps->map[i].live_bytes;
		sum.stale_bytes += maps->map[i].stale_bytes;
		sum.retired_bytes += maps->map[i].retired_bytes;
		sum.table_bytes += maps->map[i].table_bytes;
	}
	if (frame_add(frame, LINE_TITLE, "ttlmap: %zu map%s%s%s, %s entries%s", maps->count,
		      maps->count == 1 ? "" : "s", view->filter[0] ? " with " : "", view->filter,
		      format_exact(sum.entries).s,
		      maps->hidden ? " (and maps that this user may not read)" : ""))
		return -1;
	return frame_add(frame, LINE_PLAIN,
			 "bytes: %s resident = %s live + %s stale + %s retired + %s table",
			 format_size(sum.resident_bytes).s, format_size(sum.live_bytes).s,
			 format_size(sum.stale_bytes).s, format_size(sum.retired_bytes).s,
			 format_size(sum.table_bytes).s);
}

static int add_removals(struct frame *frame, const struct ttlmap_stat *now)
{
	return frame_add(frame, LINE_PLAIN,
			 "  gone   %s evicted, %s reclaimed, %s expired; stale %s",
			 format_exact(now->evicted).s, format_exact(now->reclaimed).s,
			 format_exact(now->expired).s, format_exact(now->stale_entries).s) ||
	       frame_add(frame, LINE_PLAIN,
			 "         %s deleted, %s popped, %s cleared, %s with their owner",
			 format_exact(now->deletes).s, format_exact(now->popped).s,
			 format_exact(now->cleared).s, format_exact(now->owner_gone).s);
}

static int add_detail_lines(struct frame *frame, const struct row *row)
{
	const struct ttlmap_stat *now = row->now;
	const struct ttlmap_stat *before = row->before;
	uint64_t hits = now->hits - before->hits;
	uint64_t misses = now->misses - before->misses;

	return frame_add(frame, LINE_TITLE, "%s: %s of %s entries, %s bytes each",
			 map_title(now).s, format_exact(now->entries).s,
			 format_exact(now->max_entries).s,
			 now->entries ? format_exact(now->resident_bytes / now->entries).s : "-") ||
	       frame_add(frame, LINE_PLAIN,
			 "  bytes  %s resident = %s live + %s stale + %s retired + %s table",
			 format_size(now->resident_bytes).s, format_size(now->live_bytes).s,
			 format_size(now->stale_bytes).s, format_size(now->retired_bytes).s,
			 format_size(now->table_bytes).s) ||
	       frame_add(frame, LINE_PLAIN,
			 "  gets   %s hits, %s misses; %s hit lately",
			 format_exact(now->hits).s, format_exact(now->misses).s,
			 format_percent(hits, hits + misses).s) ||
	       frame_add(frame, LINE_PLAIN,
			 "  puts   %s inserts, %s replaces, %s additions, %s touches",
			 format_exact(now->inserts).s, format_exact(now->replaces).s,
			 format_exact(now->adds).s, format_exact(now->touches).s) ||
	       frame_add(frame, LINE_PLAIN, "  not    %s refused, %s canceled%s",
			 format_exact(now->refused).s, format_exact(now->canceled).s,
			 now->frozen ? "; the map is frozen" : "") ||
	       add_removals(frame, now);
}

static int add_details(struct frame *frame, const struct row *row)
{
	return frame_add(frame, LINE_PLAIN, "%s", "") || add_detail_lines(frame, row);
}

struct row frame_row(const struct ttlmap_stat *map, const struct maps *now,
		     const struct maps *before)
{
	static const struct ttlmap_stat nothing;
	const struct ttlmap_stat *was = maps_find(before, map->id);
	uint64_t elapsed = now->at_ns - before->at_ns;

	return (struct row){
		.now = map,
		.before = was ? was : &nothing,
		.seconds = elapsed > SHORTEST_NS ? elapsed / 1e9 : 0,
	};
}

struct order {
	const struct view *view;
	const struct maps *now;
	const struct maps *before;
};

static int compare(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	struct row row_a = frame_row(a, order->now, order->before);
	struct row row_b = frame_row(b, order->now, order->before);
	double rank_a = columns[order->view->sort].rank(&row_a);
	double rank_b = columns[order->view->sort].rank(&row_b);
	int larger_first = (rank_a < rank_b) - (rank_a > rank_b);

	/* Equals keep their places from frame to frame. */
	if (!larger_first)
		return (row_a.now->id > row_b.now->id) - (row_a.now->id < row_b.now->id);
	return order->view->reverse ? -larger_first : larger_first;
}

static size_t find_selected(const struct maps *maps, uint64_t id)
{
	for (size_t i = 0; i < maps->count; i++)
		if (maps->map[i].id == id)
			return i;
	return 0;
}

const struct ttlmap_stat *frame_selected(const struct view *view, const struct maps *now)
{
	return &now->map[find_selected(now, view->selected)];
}

void frame_filter(const struct view *view, struct maps *now)
{
	size_t kept = 0;

	for (size_t i = 0; i < now->count; i++) {
		struct ttlmap_stat map = now->map[i];

		if (!strstr(map_title(&map).s, view->filter))
			continue;
		now->map[i] = now->map[kept];
		now->map[kept++] = map;
	}
	now->count = kept;
}

/* Rows that fit, scrolled so that the selected one is among them. */
static int add_rows(struct frame *frame, const struct view *view, const struct maps *now,
		    const struct maps *before, size_t selected, size_t room)
{
	size_t first = selected >= room ? selected - room + 1 : 0;

	for (size_t i = first; i < now->count && i < first + room; i++) {
		struct row row = frame_row(&now->map[i], now, before);

		enum line_style style = i == selected ? LINE_SELECTED :
					map_alarms(row.now) ? LINE_ALARM : LINE_PLAIN;

		if (add_row(frame, view, &row, style))
			return -1;
	}
	return 0;
}

static int add_body(struct frame *frame, const struct view *view, const struct maps *now,
		    const struct maps *before)
{
	size_t selected = find_selected(now, view->selected);
	size_t room = now->count;
	bool details = now->count > 0;
	struct row row;

	if (view->height) {
		room = view->height > TITLE_LINES ? view->height - TITLE_LINES : 0;
		details = details && room >= DETAIL_LINES + 3;
		room -= details ? DETAIL_LINES : 0;
	}
	if (add_rows(frame, view, now, before, selected, room))
		return -1;
	if (!details)
		return 0;
	row = frame_row(&now->map[selected], now, before);
	return add_details(frame, &row);
}

int frame_build(struct frame *frame, const struct view *view, struct maps *now,
		const struct maps *before)
{
	struct order order = { view, now, before };

	memset(frame, 0, sizeof(*frame));
	qsort_r(now->map, now->count, sizeof(now->map[0]), compare, &order);
	if (add_title(frame, view, now) || add_header(frame, view) ||
	    add_body(frame, view, now, before)) {
		frame_free(frame);
		return -1;
	}
	return 0;
}

void frame_free(struct frame *frame)
{
	free(frame->line);
	frame->line = NULL;
	frame->count = 0;
}
