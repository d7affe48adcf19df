/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_SPAN_H
#define TOOL_SPAN_H

#include "recording.h"

/* More points than this say no more, and take memory. */
#define SPAN_LOOKS_MAX 2000

/**
 * struct point - a map at one moment
 * @time_ms: since 1970
 * @map: its number in the recording: another one had another life
 * @stat: those of its figures that reports speak of
 */
struct point {
	int64_t time_ms;
	int64_t map;
	struct point_figures {
		uint64_t entries;
		uint64_t resident_bytes;
		uint64_t live_bytes;
		uint64_t stale_bytes;
		uint64_t retired_bytes;
		uint64_t table_bytes;
		uint64_t hits;
		uint64_t misses;
		uint64_t inserts;
		uint64_t evicted;
		uint64_t expired;
		uint64_t refused;
	} stat;
};

/**
 * struct rise - an alarm that was raised
 * @rule: its name
 * @since_ms: when it last changed
 * @times: how often it was raised within the span
 * @on: it is on at the end
 * @figure: what was seen
 * @threshold: beyond which it is raised
 * @owner_pid: of the descriptor with the most bytes then, 0 for none
 * @owner_share: of the bytes, in percent
 * @command: of that process
 */
struct rise {
	char rule[24];
	int64_t since_ms;
	uint64_t times;
	bool on;
	uint64_t figure;
	uint64_t threshold;
	uint64_t owner_pid;
	uint64_t owner_share;
	char command[72];
};

/**
 * struct series - a map over a span; those of one name are one map
 * @title: its name, or "#ID"
 * @named: it has a name
 * @point: oldest first
 * @count: how many
 * @rise: alarms that were raised
 * @rises: how many of them
 * @setting: what it was made or tuned to be, at the end
 */
struct series {
	char title[TTLMAP_NAME_SIZE + 8];
	bool named;
	struct point *point;
	size_t count;
	struct rise *rise;
	size_t rises;
	struct ttlmap_stat setting;
};

/**
 * struct span - part of a recording
 * @from_ms: its beginning, and not that of what was recorded in it
 * @to_ms: its end
 * @looks: that fell into it
 * @series: the maps, by their titles
 * @count: how many
 */
struct span {
	int64_t from_ms;
	int64_t to_ms;
	size_t looks;
	struct series *series;
	size_t count;
};

/* When the last look was, 0 if there was none.  Returns EXIT_TROUBLE with a message. */
int span_last_look(const struct recording *recording, int64_t *time_ms);

/* Looks after @from_ms up to @to_ms.  Returns EXIT_TROUBLE with a message. */
int span_read(const struct recording *recording, int64_t from_ms, int64_t to_ms,
	      struct span *span);
void span_free(struct span *span);

/* The map of that title, or NULL. */
const struct series *span_find(const struct span *span, const char *title);

#endif /* TOOL_SPAN_H */
