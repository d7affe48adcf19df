// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "event.h"
#include "options.h"
#include "trouble.h"

enum {
	OPT_ONLY = 256,
	OPT_COUNT,
	OPT_BYTES,
	OPT_SHOW_PRIVATE,
};

struct request {
	const char *map;
	uint32_t events;
	uint32_t bytes;
	uint64_t count;
	bool keys;
	bool json;
	bool show_private;
};

static const struct argp_option options[] = {
	{ "only", OPT_ONLY, "EVENT,...", 0,
	  "of these alone: expired, evicted, deleted, replaced, popped, owner-gone, "
	  "cleared, alarm", 0 },
	{ "keys", 'k', NULL, 0, "leave the values out", 0 },
	{ "count", OPT_COUNT, "COUNT", 0, "exit after so many", 0 },
	{ "bytes", OPT_BYTES, "SIZE", 0,
	  "how much the kernel keeps for a reader that is slow (64K)", 0 },
	{ "json", 'j', NULL, 0, "an object a line", 0 },
	{ "show-private", OPT_SHOW_PRIVATE, NULL, 0, "keys and values of a private map, too", 0 },
	{ 0 }
};

static uint32_t take_events(const struct argp_state *state, char *list)
{
	uint32_t events = 0;
	char *rest = list, *name;

	while ((name = strsep(&rest, ","))) {
		int event = event_by_name(name);

		if (event < 0)
			argp_error(state, "--only: there is no event \"%s\"", name);
		else
			events |= 1U << event;
	}
	return events;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->map, NULL };

	switch (key) {
	case OPT_ONLY:
		request->events = take_events(state, arg);
		return 0;
	case 'k':
		request->keys = true;
		return 0;
	case OPT_COUNT:
		request->count = option_count(state, "--count", arg, UINT64_MAX);
		if (!request->count)
			argp_error(state, "--count %s: at least 1", arg);
		return 0;
	case OPT_BYTES:
		request->bytes = option_size(state, "--bytes", arg, TTLMAP_LISTEN_BYTES_MAX);
		return 0;
	case 'j':
		request->json = true;
		return 0;
	case OPT_SHOW_PRIVATE:
		request->show_private = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one map at a time");
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MAP",
	.doc = "Follow what goes from a map, and its alarms."
	       "\v"
	       "A line has time, event, key, value and how long the entry had not been used, separated by tabs; values of more than 4 KiB are left out (-).  An alarm has its state, rule, figure and threshold, and who wrote most of the map.  Where events came faster than they were read, a line says how many were dropped.",
};

/* Returns false when enough has been printed. */
static bool print_all(struct request *request, const struct show *show, const char *buf, ssize_t n)
{
	while (n > 0) {
		const struct ttlmap_event *event = (const void *)buf;

		if (request->json)
			event_print_json(event, show);
		else
			event_print(event, show);
		if (request->count && !--request->count)
			return false;
		buf += event->size;
		n -= event->size;
	}
	return !fflush(stdout) && !ferror(stdout);
}

static int follow(struct request *request, const struct handle *map)
{
	struct show show = show_of(map, request->show_private);
	unsigned int flags = request->keys || show.hidden ? TTLMAP_LISTEN_KEYS : 0;
	static char buf[65536] __attribute__((aligned(8)));
	ssize_t n;

	if (ttlmap_map_listen(map->fd, request->events, flags, request->bytes))
		return trouble_with_map(map->name);
	do {
		n = read(map->fd, buf, sizeof(buf));
		if (n < 0 && errno != EINTR)
			return trouble_with_map(map->name);
	} while (n < 0 || print_all(request, &show, buf, n));
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	struct request request = {
		.events = (2U << TTLMAP_EVENT_ALARM) - (1U << TTLMAP_EVENT_EXPIRED),
	};
	struct handle map;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	status = handle_open(&map, request.map, TTLMAP_OPEN_READ);
	if (status)
		return status;
	status = follow(&request, &map);
	handle_close(&map);
	return status;
}

const struct command command_events = {
	.name = "events",
	.summary = "follow what goes from a map, and its alarms",
	.argp = &argp,
	.run = run,
};
