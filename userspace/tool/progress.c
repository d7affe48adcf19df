// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "format.h"
#include "progress.h"

void progress_begin(struct progress *progress, uint64_t total)
{
	*progress = (struct progress){
		.total = total,
		.started_ns = clock_ns(),
		.terminal = isatty(STDERR_FILENO),
	};
}

static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

/* Whole seconds until the end at the present rate. */
static uint64_t left_ns(const struct progress *progress, uint64_t requests, uint64_t elapsed)
{
	double left = requests ? (double)(progress->total - requests) / requests * elapsed : 0;

	return ((uint64_t)left + 500000000ULL) / 1000000000ULL * 1000000000ULL;
}

static void format_line(const struct progress *progress, uint64_t requests, uint64_t hits,
			char *line, size_t size)
{
	uint64_t elapsed = clock_ns() - progress->started_ns;

	snprintf(line, size, "%3d%%  %s/s  %s hits  %s left",
		 (int)(100 * requests / progress->total),
		 format_count(elapsed ? requests * 1e9 / elapsed : 0).s,
		 format_percent(hits, requests).s,
		 format_duration(left_ns(progress, requests, elapsed)).s);
}

static void show_bar(const struct progress *progress, uint64_t requests, const char *line)
{
	static const char marks[] = "########################################";
	int width = terminal_width() - 48;
	int used;

	if (width > (int)sizeof(marks) - 1)
		width = sizeof(marks) - 1;
	if (width < 0)
		width = 0;
	used = (int)(width * requests / progress->total);
	fprintf(stderr, "\r[%-*.*s] %s\033[K", width, used, marks, line);
}

/* A job in the background leaves the terminal to others. */
static bool in_background(const struct progress *progress)
{
	pid_t foreground = progress->terminal ? tcgetpgrp(STDERR_FILENO) : -1;

	return foreground >= 0 && foreground != getpgrp();
}

void progress_show(struct progress *progress, uint64_t requests, uint64_t hits)
{
	unsigned int tenths = 10 * requests / progress->total;
	char line[192];

	if (in_background(progress))
		return;
	format_line(progress, requests, hits, line, sizeof(line));
	if (progress->terminal) {
		show_bar(progress, requests, line);
	} else if (tenths > progress->tenths) {
		progress->tenths = tenths;
		fprintf(stderr, "replay: %s\n", line);
	}
}

void progress_end(const struct progress *progress)
{
	if (progress->terminal && !in_background(progress))
		fputs("\r\033[K", stderr);
}
