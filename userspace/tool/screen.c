// SPDX-License-Identifier: GPL-2.0
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "screen.h"

#define PAIR_TITLE 1
#define PAIR_HEADER 2
#define PAIR_ALARM 3

#define ESCAPE 27
#define CONTROL_L 12

static SCREEN *screen;

bool screen_begin(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("ttlmap: this is for a terminal; `ttlmap top --once' needs none\n", stderr);
		return false;
	}
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		fprintf(stderr, "ttlmap: cannot use this terminal (TERM=%s); `ttlmap top --once' needs none\n",
			term ? term : "");
		return false;
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(PAIR_TITLE, COLOR_CYAN, -1);
		init_pair(PAIR_HEADER, COLOR_BLACK, COLOR_GREEN);
		init_pair(PAIR_ALARM, COLOR_RED, -1);
	}
	return true;
}

void screen_end(void)
{
	endwin();
	delscreen(screen);
}

void screen_size(int *width, int *height)
{
	*width = COLS;
	*height = LINES;
}

static attr_t header_attribute(void)
{
	return has_colors() ? COLOR_PAIR(PAIR_HEADER) : A_REVERSE;
}

static attr_t attribute(enum line_style style)
{
	switch (style) {
	case LINE_TITLE:
		return has_colors() ? COLOR_PAIR(PAIR_TITLE) | A_BOLD : A_BOLD;
	case LINE_HEADER:
		return header_attribute();
	case LINE_SELECTED:
		return A_REVERSE;
	case LINE_ALARM:
		return has_colors() ? COLOR_PAIR(PAIR_ALARM) | A_BOLD : A_BOLD;
	default:
		return A_NORMAL;
	}
}

static void show_line(int y, const struct frame_line *line)
{
	attrset(attribute(line->style));
	mvprintw(y, 0, "%-*.*s", COLS, COLS, line->text);
	attrset(header_attribute() | A_BOLD | A_UNDERLINE);
	mvprintw(y, line->mark, "%.*s", line->mark_len, line->text + line->mark);
	attrset(A_NORMAL);
}

void screen_show(const struct frame *frame, const char *help)
{
	int room = LINES - 1;

	erase();
	for (int y = 0; y < room && (size_t)y < frame->count; y++)
		show_line(y, &frame->line[y]);
	attrset(A_DIM);
	mvprintw(LINES - 1, 0, "%.*s", COLS - 1, help);
	attrset(A_NORMAL);
	refresh();
}

static enum wish meaning(int key)
{
	static const struct {
		int key;
		enum wish wish;
	} keys[] = {
		{ 'q', WISH_QUIT }, { 'Q', WISH_QUIT },
		{ KEY_UP, WISH_SELECT_UP }, { 'k', WISH_SELECT_UP },
		{ KEY_DOWN, WISH_SELECT_DOWN }, { 'j', WISH_SELECT_DOWN },
		{ KEY_PPAGE, WISH_PAGE_UP }, { KEY_NPAGE, WISH_PAGE_DOWN },
		{ KEY_HOME, WISH_FIRST }, { 'g', WISH_FIRST },
		{ KEY_END, WISH_LAST }, { 'G', WISH_LAST },
		{ KEY_LEFT, WISH_SORT_LEFT }, { '<', WISH_SORT_LEFT },
		{ KEY_RIGHT, WISH_SORT_RIGHT }, { '>', WISH_SORT_RIGHT },
		{ 'r', WISH_REVERSE }, { '/', WISH_FILTER },
		{ 'd', WISH_DETAIL }, { '\r', WISH_DETAIL }, { KEY_ENTER, WISH_DETAIL },
		{ ESCAPE, WISH_BACK },
		{ KEY_RESIZE, WISH_REDRAW }, { CONTROL_L, WISH_REDRAW },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].key == key)
			return keys[i].wish;
	return WISH_NONE;
}

static enum wish take_typed(int key, char *typed)
{
	switch (key) {
	case KEY_RESIZE:
		return WISH_REDRAW;
	case '\r':
	case KEY_ENTER:
		*typed = TYPED_END;
		return WISH_TYPED;
	case KEY_BACKSPACE:
	case 127:
		*typed = TYPED_ERASE;
		return WISH_TYPED;
	case TYPED_CANCEL:
	case TYPED_ERASE:
		*typed = (char)key;
		return WISH_TYPED;
	}
	if (key < ' ' || key > '~')
		return WISH_NONE;
	*typed = (char)key;
	return WISH_TYPED;
}

enum wish screen_wish(uint64_t until_ns, char *typed)
{
	for (;;) {
		uint64_t now = clock_ns();
		uint64_t left = until_ns > now ? (until_ns - now + 999999) / 1000000 : 0;
		enum wish wish;
		int ch;

		timeout(left < 3600000 ? (int)left : 3600000);
		ch = getch();
		wish = typed ? take_typed(ch, typed) : meaning(ch);
		/* Whatever the terminal made of what was there: draw all of it. */
		if (wish == WISH_REDRAW)
			clearok(curscr, TRUE);
		if (wish != WISH_NONE)
			return wish;
		if (ch == ERR && clock_ns() >= until_ns)
			return WISH_NONE;
	}
}
