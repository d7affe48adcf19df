// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "detail.h"
#include "frame.h"
#include "options.h"
#include "screen.h"
#include "terminal.h"
#include "trouble.h"

#define HELP "q quit  up, down select  enter details  / filter  left, right sort  r reverse"
#define HELP_DETAIL "q quit  enter back  up, down other map"
#define PAGE 10		/* maps */

enum {
	OPT_ONCE = 256,
	OPT_INTERVAL,
};

struct request {
	bool once;
	uint64_t interval_ns;
};

static const struct argp_option options[] = {
	{ "once", OPT_ONCE, NULL, 0,
	  "print one frame, with the rates of one interval, and exit", 0 },
	{ "interval", OPT_INTERVAL, "DURATION", 0, "time between frames (1s)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_ONCE:
		request->once = true;
		return 0;
	case OPT_INTERVAL:
		request->interval_ns = option_interval(state, arg, 100000000);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Watch all maps."
	       "\v"
	       "HITS is the share of lookups that found their key since the map was made; STALE counts entries that have expired and are not reclaimed yet, OLDEST says for how long the oldest has been.  GET/s has pops in it, PUT/s additions; AL counts alarms that are on.  Enter shows the selected map in detail: its history, how its table is filled, what is left of its TTLs and who wrote what is in it; / takes a part of the names that are wanted.  Root sees all maps; others those that they may read.",
};

static int print_frame(const struct view *view, struct maps *now, const struct maps *before)
{
	struct frame frame;

	if (frame_build(&frame, view, now, before))
		return -1;
	for (size_t i = 0; i < frame.count; i++)
		printf("%s\n", frame.line[i].text);
	frame_free(&frame);
	return 0;
}

static int frame_width(void)
{
	int width = terminal_width();

	return width < FRAME_WIDTH_MAX ? width : FRAME_WIDTH_MAX;
}

static int once(const struct request *request)
{
	struct view view = { .width = frame_width(), .sort = frame_sort_default };
	struct maps before, now;
	int ret;

	if (maps_read_all(&before))
		return trouble_with_map(NULL);
	sleep_ns(request->interval_ns);
	if (maps_read_all(&now)) {
		maps_free(&before);
		return trouble_with_map(NULL);
	}
	ret = print_frame(&view, &now, &before);
	maps_free(&before);
	maps_free(&now);
	return ret ? trouble_with("top") : EXIT_SUCCESS;
}

/* As far as a wish goes in a list of so many; 0 if it does not. */
static long step_of(enum wish wish, long count)
{
	switch (wish) {
	case WISH_SELECT_UP:
		return -1;
	case WISH_SELECT_DOWN:
		return 1;
	case WISH_PAGE_UP:
		return -PAGE;
	case WISH_PAGE_DOWN:
		return PAGE;
	case WISH_FIRST:
		return -count;
	case WISH_LAST:
		return count;
	default:
		return 0;
	}
}

static void select_beside(struct view *view, const struct maps *maps, enum wish wish)
{
	long count = (long)maps->count, at = 0;

	for (long i = 0; i < count; i++)
		if (maps->map[i].id == view->selected)
			at = i;
	at += step_of(wish, count);
	if (at >= count)
		at = count - 1;
	if (count)
		view->selected = maps->map[at > 0 ? at : 0].id;
}

/* Where somebody sits: what is shown, and whether keys are typed into the filter. */
struct seat {
	struct view view;
	bool detail;
	bool typing;
};

static void type(struct seat *seat, char typed)
{
	char *filter = seat->view.filter;
	size_t len = strlen(filter);

	if (typed == TYPED_END || typed == TYPED_CANCEL) {
		seat->typing = false;
		if (typed == TYPED_CANCEL)
			filter[0] = '\0';
	} else if (typed == TYPED_ERASE) {
		filter[len ? len - 1 : 0] = '\0';
	} else if (len + 1 < sizeof(seat->view.filter)) {
		filter[len] = typed;
		filter[len + 1] = '\0';
	}
}

static void obey(struct seat *seat, enum wish wish, const struct maps *maps)
{
	struct view *view = &seat->view;

	switch (wish) {
	case WISH_DETAIL:
		seat->detail = !seat->detail;
		break;
	case WISH_BACK:
		if (!seat->detail)
			view->filter[0] = '\0';
		seat->detail = false;
		break;
	case WISH_FILTER:
		seat->typing = true;
		seat->detail = false;
		break;
	case WISH_SORT_LEFT:
		view->sort = frame_sort_beside(view, -1);
		break;
	case WISH_SORT_RIGHT:
		view->sort = frame_sort_beside(view, 1);
		break;
	case WISH_REVERSE:
		view->reverse = !view->reverse;
		break;
	default:
		select_beside(view, maps, wish);
	}
}

static int build_detail(struct frame *frame, const struct view *view, const struct maps *now,
			const struct maps *before)
{
	struct row row = frame_row(frame_selected(view, now), now, before);
	struct detail detail;
	int ret;

	if (detail_read(&detail, &row, now->at_ns))
		return -1;
	ret = detail_build(frame, view, &detail);
	detail_free(&detail);
	return ret;
}

static int build(struct frame *frame, const struct seat *seat, struct maps *now,
		 const struct maps *before)
{
	if (seat->detail && now->count)
		return build_detail(frame, &seat->view, now, before);
	return frame_build(frame, &seat->view, now, before);
}

static void show_help(const struct seat *seat, const struct frame *frame)
{
	char prompt[64];

	snprintf(prompt, sizeof(prompt), "names with: %s_", seat->view.filter);
	screen_show(frame, seat->typing ? prompt : seat->detail ? HELP_DETAIL : HELP);
}

static int show(struct seat *seat, struct maps *now, const struct maps *before)
{
	struct view *view = &seat->view;
	struct frame frame;

	screen_size(&view->width, &view->height);
	if (view->width > FRAME_WIDTH_MAX)
		view->width = FRAME_WIDTH_MAX;
	view->height--;		/* the last line is help */
	if (build(&frame, seat, now, before))
		return -1;
	show_help(seat, &frame);
	frame_free(&frame);
	return 0;
}

/* Shows one pair of moments until the next is due; 1 to go on, 0 to quit. */
static int watch_interval(struct seat *seat, struct maps *now, const struct maps *before,
			  uint64_t until_ns)
{
	for (;;) {
		struct maps shown = *now;
		enum wish wish;
		char typed = 0;

		frame_filter(&seat->view, &shown);
		if (show(seat, &shown, before))
			return -1;
		wish = screen_wish(until_ns, seat->typing ? &typed : NULL);
		if (wish == WISH_NONE)
			return 1;
		if (wish == WISH_QUIT)
			return 0;
		if (wish == WISH_TYPED)
			type(seat, typed);
		else
			obey(seat, wish, &shown);
	}
}

static int watch(const struct request *request)
{
	struct seat seat = { .view = { .sort = frame_sort_default } };
	struct maps before, now;
	int ret;

	if (maps_read_all(&before))
		return -1;
	do {
		if (maps_read_all(&now)) {
			ret = -1;
			break;
		}
		ret = watch_interval(&seat, &now, &before, clock_ns() + request->interval_ns);
		maps_free(&before);
		before = now;
	} while (ret > 0);
	maps_free(&before);
	return ret;
}

static int run(int argc, char **argv)
{
	struct request request = { .interval_ns = 1000000000 };
	struct maps probe;
	int ret, error;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.once)
		return once(&request);
	/* What is wrong is said before the screen is cleared. */
	if (maps_read_all(&probe))
		return trouble_with_map(NULL);
	maps_free(&probe);
	if (!screen_begin())
		return EXIT_TROUBLE;
	ret = watch(&request);
	error = errno;
	screen_end();
	errno = error;
	return ret ? trouble_with_map(NULL) : EXIT_SUCCESS;
}

const struct command command_top = {
	.name = "top",
	.summary = "watch all maps",
	.argp = &argp,
	.run = run,
};
