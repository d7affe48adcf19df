/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_SCREEN_H
#define TOOL_SCREEN_H

#include "frame.h"

/* The terminal of `ttlmap top'. */

/* False with a message if the terminal cannot do it. */
bool screen_begin(void);
void screen_end(void);
void screen_size(int *width, int *height);
void screen_show(const struct frame *frame, const char *help);

enum wish {
	WISH_NONE,		/* the time is over */
	WISH_QUIT,
	WISH_REDRAW,
	WISH_SELECT_UP,
	WISH_SELECT_DOWN,
	WISH_PAGE_UP,
	WISH_PAGE_DOWN,
	WISH_FIRST,
	WISH_LAST,
	WISH_SORT_LEFT,
	WISH_SORT_RIGHT,
	WISH_REVERSE,
	WISH_DETAIL,		/* of the selected map, or back from there */
	WISH_BACK,		/* from there, or to all maps */
	WISH_FILTER,		/* what follows is typed */
	WISH_TYPED,
};

#define TYPED_END '\n'
#define TYPED_CANCEL 27
#define TYPED_ERASE '\b'

/*
 * Waits for a key that means something.  With somewhere to put it, that is a
 * printable character or one of TYPED_*.
 */
enum wish screen_wish(uint64_t until_ns, char *typed);

#endif /* TOOL_SCREEN_H */
