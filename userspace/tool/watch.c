// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <time.h>

#include "command.h"
#include "options.h"
#include "watch.h"

enum {
	OPT_INTERVAL = 256,
	OPT_COUNT,
	OPT_SHOW_PRIVATE,
};

static const struct argp_option options[] = {
	{ "interval", OPT_INTERVAL, "DURATION", 0, "time from one look to the next (1s)", 0 },
	{ "count", OPT_COUNT, "COUNT", 0, "exit after so many lines", 0 },
	{ "json", 'j', NULL, 0, "an object a line", 0 },
	{ "show-private", OPT_SHOW_PRIVATE, NULL, 0, "the value in a private map, too", 0 },
	{ 0 }
};

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct watch *watch = state->input;
	const char **const places[] = { &watch->map, &watch->key, NULL };

	return take_argument(state, arg, places, "one key at a time");
}

static uint64_t take_count(const struct argp_state *state, const char *arg)
{
	uint64_t lines = option_count(state, "--count", arg, UINT64_MAX);

	if (!lines)
		argp_error(state, "--count %s: at least 1", arg);
	return lines;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct watch *watch = state->input;

	switch (key) {
	case OPT_INTERVAL:
		watch->interval_ns = option_interval(state, arg, 1000000);
		return 0;
	case OPT_COUNT:
		watch->count = take_count(state, arg);
		return 0;
	case 'j':
		watch->json = true;
		return 0;
	case OPT_SHOW_PRIVATE:
		watch->show_private = true;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP [KEY]",
	.doc = "Watch a key, or a map as a whole."
	       "\v"
	       "With a KEY there is a line when it comes, goes, or changes its value or version: time, what happened, value, TTL and version, separated by tabs.  The first line says whether it is there.  Looking is no use of the entry; what comes and goes between two looks is not seen.\n"
	       "\n"
	       "Without a KEY there is a line of figures and rates for each interval; JSON has what was counted in it.",
};

static struct text time_text(const struct tm *tm, const char *format, long ns, const char *end)
{
	struct text text;
	char seconds[24];

	strftime(seconds, sizeof(seconds), format, tm);
	snprintf(text.s, sizeof(text.s), "%s.%03ld%s", seconds, ns / 1000000, end);
	return text;
}

struct text watch_time(void)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	return time_text(localtime_r(&now.tv_sec, &tm), "%H:%M:%S", now.tv_nsec, "");
}

struct text watch_json_time(void)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	return time_text(gmtime_r(&now.tv_sec, &tm), "%Y-%m-%dT%H:%M:%S", now.tv_nsec, "Z");
}

static int run(int argc, char **argv)
{
	struct watch watch = { .interval_ns = 1000000000 };

	argp_parse(&argp, argc, argv, 0, NULL, &watch);
	return watch.key ? watch_key(&watch) : watch_map(&watch);
}

const struct command command_watch = {
	.name = "watch",
	.summary = "watch a key or a map",
	.argp = &argp,
	.run = run,
};
