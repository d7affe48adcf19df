// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "command.h"
#include "options.h"
#include "recorder.h"
#include "trouble.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* Old samples go now and then: each time would be work at each look. */
#define LOOKS_A_FORGETTING 60

enum {
	OPT_INTERVAL = 256,
	OPT_KEEP,
	OPT_COUNT,
};

struct request {
	const char *path;
	uint64_t interval_ns;
	uint64_t keep_ns;
	uint64_t count;
};

static const struct argp_option options[] = {
	{ "interval", OPT_INTERVAL, "DURATION", 0, "time from one look to the next (1m)", 0 },
	{ "keep", OPT_KEEP, "DURATION", 0, "forget what is older (30d)", 0 },
	{ "count", OPT_COUNT, "COUNT", 0, "exit after so many looks", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->path, NULL };

	switch (key) {
	case OPT_INTERVAL:
		request->interval_ns = option_interval(state, arg, 1000000000);
		return 0;
	case OPT_KEEP:
		request->keep_ns = option_ttl(state, "--keep", arg);
		return 0;
	case OPT_COUNT:
		request->count = option_count(state, "--count", arg, UINT64_MAX);
		if (!request->count)
			argp_error(state, "--count %s: at least 1", arg);
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one file at a time");
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE]",
	.doc = "Record the figures of all maps as time goes by, for `ttlmap report'."
	       "\v"
	       "FILE ("
	       RECORDING_DEFAULT
	       ") is a database of SQLite's, made if it is not there; what is written has reached the disk.  It goes on until SIGTERM or SIGINT.  Root records all maps and their alarms; others those that they may read.  The service ttlmap-record runs it under systemd.",
};

static int read_boot_id(char *boot, size_t size)
{
	FILE *file = fopen(BOOT_ID, "re");
	char *line = file ? fgets(boot, (int)size, file) : NULL;

	if (file)
		fclose(file);
	if (!line)
		return trouble_with(BOOT_ID);
	boot[strcspn(boot, "\n")] = '\0';
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int look_once(const struct recording *recording, const char *boot)
{
	struct alarms *alarms;
	struct maps maps;
	int status;

	if (maps_read_all(&maps))
		return trouble_with_map(NULL);
	alarms = alarms_of_maps(&maps);
	status = alarms ? recorder_add(recording, &(struct look){
		.time_ms = now_ms(),
		.boot = boot,
		.maps = &maps,
		.alarms = alarms,
	}) : trouble_with("alarms");
	free(alarms);
	maps_free(&maps);
	return status;
}

static int forget(const struct recording *recording, const struct request *request)
{
	if (request->keep_ns == TTLMAP_TTL_NEVER)
		return 0;
	return recorder_forget(recording, now_ms() - (int64_t)(request->keep_ns / 1000000));
}

/* Sleeps until it is time, or a signal that asks for the end has come. */
static bool ended_before(const sigset_t *signals, uint64_t due_ns)
{
	for (;;) {
		uint64_t now = clock_ns();
		uint64_t left = due_ns > now ? due_ns - now : 0;
		struct timespec timeout = { left / 1000000000, left % 1000000000 };

		if (sigtimedwait(signals, NULL, &timeout) > 0)
			return true;
		if (errno != EINTR)
			return false;
	}
}

static int record(const struct recording *recording, const struct request *request,
		  const sigset_t *signals)
{
	uint64_t due_ns = clock_ns();
	char boot[64];
	int status = read_boot_id(boot, sizeof(boot));

	for (uint64_t looks = 0; !status; ) {
		status = look_once(recording, boot);
		if (!status && looks % LOOKS_A_FORGETTING == 0)
			status = forget(recording, request);
		if (++looks == request->count)
			break;
		due_ns += request->interval_ns;
		if (ended_before(signals, due_ns))
			break;
	}
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = {
		.interval_ns = 60 * 1000000000ULL,
		.keep_ns = 30ULL * 86400 * 1000000000,
	};
	struct recording recording;
	sigset_t signals;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	/* Between two looks, not within one. */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	status = recording_create(&recording, request.path ? request.path : RECORDING_DEFAULT);
	if (status)
		return status;
	status = record(&recording, &request, &signals);
	recording_close(&recording);
	return status;
}

const struct command command_record = {
	.name = "record",
	.summary = "record all maps as time goes by",
	.argp = &argp,
	.run = run,
};
