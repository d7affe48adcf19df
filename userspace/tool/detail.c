// SPDX-License-Identifier: GPL-2.0
/* The screen of one map: what it is like, was like, and who made it so. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "detail.h"

#define BAR_WIDTH 16

static const char hashes[] = "################################";

int detail_read(struct detail *detail, const struct row *row, uint64_t now_ns)
{
	FILE *file;
	int ret = 0;

	*detail = (struct detail){ .row = *row, .now_ns = now_ns };
	detail->evidence.stat = *row->now;
	if (evidence_read_inside(&detail->evidence))
		return -1;
	file = debugfs_open(row->now->id, "occupancy");
	if (file) {
		ret = occupancy_read(file, &detail->occupancy);
		fclose(file);
	}
	if (ret)
		detail_free(detail);
	return ret;
}

void detail_free(struct detail *detail)
{
	evidence_free(&detail->evidence);
}

void sparkline(char *text, int width, const double *figures, size_t count)
{
	static const char levels[] = "_.-:=+*#";
	size_t first = count > (size_t)width ? count - width : 0;
	double most = 0;

	for (size_t i = first; i < count; i++)
		if (figures[i] > most)
			most = figures[i];
	for (size_t i = first; i < count; i++) {
		double part = most > 0 && figures[i] > 0 ? figures[i] / most : 0;

		*text++ = levels[(size_t)(part * (sizeof(levels) - 2) + 0.5)];
	}
	*text = '\0';
}

static int add_ttl(struct frame *frame, const struct ttlmap_stat *now)
{
	struct text ttl = { "never" };

	if (now->default_ttl_ns)
		ttl = format_duration(now->default_ttl_ns);
	if (!now->stale_entries)
		return frame_add(frame, LINE_PLAIN, "TTL      %s by default; nothing is stale",
				 ttl.s);
	return frame_add(frame, LINE_PLAIN,
			 "TTL      %s by default; %s stale entries, the oldest for %s", ttl.s,
			 format_exact(now->stale_entries).s,
			 format_duration(now->oldest_stale_ns).s);
}

static int add_head(struct frame *frame, const struct row *row)
{
	const struct ttlmap_stat *now = row->now;
	double full = now->max_entries ? (double)now->entries / (double)now->max_entries : 0;
	int used = (int)((full < 1 ? full : 1) * 20 + 0.5);

	return frame_add(frame, LINE_TITLE, "%s: %s of %s entries [%-20.*s]", map_title(now).s,
			 format_exact(now->entries).s, format_exact(now->max_entries).s, used,
			 hashes) ||
	       frame_add(frame, LINE_PLAIN,
			 "bytes    %s resident = %s live + %s stale + %s retired + %s table",
			 format_size(now->resident_bytes).s, format_size(now->live_bytes).s,
			 format_size(now->stale_bytes).s, format_size(now->retired_bytes).s,
			 format_size(now->table_bytes).s) ||
	       add_ttl(frame, now);
}

static int add_alarms(struct frame *frame, const struct detail *detail)
{
	const struct alarms *alarms = &detail->evidence.alarms;
	char text[FRAME_WIDTH_MAX] = "";
	size_t at = 0;

	for (size_t i = 0; i < alarms->count && at < sizeof(text); i++) {
		const struct alarm *alarm = &alarms->alarm[i];
		uint64_t ns = detail->now_ns > alarm->since_ns ?
			      detail->now_ns - alarm->since_ns : 0;

		if (alarm->on)
			at += snprintf(text + at, sizeof(text) - at, "%s%s for %s", at ? ", " : "",
				       alarm->rule, format_seconds(ns).s);
	}
	return frame_add(frame, at ? LINE_ALARM : LINE_PLAIN, "alarms   %s",
			 at ? text : alarms->count ? "none" : "-");
}

static double period_bytes(const struct period *period)
{
	return (double)period_resident(period);
}

static double period_entries(const struct period *period)
{
	return (double)period->entries;
}

static double period_hits(const struct period *period)
{
	uint64_t lookups = period->hits + period->misses;

	return lookups ? (double)period->hits / (double)lookups : 0;
}

static double period_inserts(const struct period *period)
{
	return period->period_s ? (double)period->inserts / (double)period->period_s : 0;
}

static int add_sparkline(struct frame *frame, const struct view *view,
			 const struct history *history, const char *name,
			 double (*figure)(const struct period *period), const char *now)
{
	double *figures = calloc(history->count + 1, sizeof(*figures));
	char text[FRAME_WIDTH_MAX + 1];
	int width = view->width - 20;
	int ret;

	if (!figures)
		return -1;
	for (size_t i = 0; i < history->count; i++)
		figures[i] = figure(&history->period[i]);
	sparkline(text, width < 10 ? 10 : width, figures, history->count);
	free(figures);
	ret = frame_add(frame, LINE_PLAIN, "%-8s %s %s", name, text, now);
	return ret;
}

static int add_history(struct frame *frame, const struct view *view, const struct detail *detail)
{
	const struct history *history = &detail->evidence.history;
	const struct period *last;
	uint64_t span_ns;

	if (!history->count)
		return frame_add(frame, LINE_HEADER, "HISTORY  -");
	last = &history->period[history->count - 1];
	span_ns = last->time_ns - history->period[0].time_ns;
	return frame_add(frame, LINE_HEADER, "HISTORY  of %s, coarser the older",
			 format_seconds(span_ns).s) ||
	       add_sparkline(frame, view, history, "bytes", period_bytes,
			     format_size(period_resident(last)).s) ||
	       add_sparkline(frame, view, history, "entries", period_entries,
			     format_count(last->entries).s) ||
	       add_sparkline(frame, view, history, "hits", period_hits,
			     format_percent(last->hits, last->hits + last->misses).s) ||
	       add_sparkline(frame, view, history, "inserts", period_inserts,
			     format_count((uint64_t)period_inserts(last)).s);
}

/* A class of a histogram, of 38 columns; nothing beyond its end. */
static void class_cell(char *cell, size_t size, const char *name, uint64_t count, uint64_t total)
{
	int bar = total ? (int)(BAR_WIDTH * count / total) : 0;

	snprintf(cell, size, "%-12.12s %6.6s %.*s", name, format_percent(count, total).s,
		 bar, hashes);
}

static int add_histograms(struct frame *frame, const struct detail *detail)
{
	const struct occupancy *occupancy = &detail->occupancy;
	const struct classes *ttls = &detail->evidence.ttls;
	uint64_t buckets = 0, entries = classes_total(ttls);
	char left[64], right[64], name[32];

	for (size_t i = 0; i <= BUCKET_SLOTS; i++)
		buckets += occupancy->bucket_slots[i];
	if (frame_add(frame, LINE_HEADER, "%-40s%s", "BUCKETS BY USED SLOTS", "TTL THAT IS LEFT"))
		return -1;
	for (size_t i = 0; i <= BUCKET_SLOTS || i < ttls->count; i++) {
		left[0] = '\0';
		right[0] = '\0';
		snprintf(name, sizeof(name), "%zu of %d", i, BUCKET_SLOTS);
		if (i <= BUCKET_SLOTS)
			class_cell(left, sizeof(left), name, occupancy->bucket_slots[i], buckets);
		if (i < ttls->count)
			class_cell(right, sizeof(right), ttls->class[i].name,
				   ttls->class[i].count, entries);
		if (frame_add(frame, LINE_PLAIN, "%-40s%s", left, right))
			return -1;
	}
	return 0;
}

static int add_owner(struct frame *frame, const struct owner *owner, uint64_t all)
{
	uint64_t read = owner->read_bytes < owner->bytes ? owner->read_bytes : owner->bytes;
	bool leaks = owner->bytes > all / 4 && read < owner->bytes / 5 &&
		     owner->unexpiring_entries > owner->entries / 2;

	return frame_add(frame, leaks ? LINE_ALARM : LINE_PLAIN,
			 "%-20.20s %8" PRIu64 " %6" PRIu64 " %7s %7s %6s %6s %6s %5s",
			 owner->id ? owner->command : "others", owner->pid, owner->uid,
			 format_count(owner->entries).s, format_size(owner->bytes).s,
			 format_percent(owner->bytes, all).s,
			 format_percent(owner->bytes - read, owner->bytes).s,
			 format_percent(owner->unexpiring_entries, owner->entries).s,
			 owner->gone ? "gone" : "live");
}

static int add_owners(struct frame *frame, const struct view *view, const struct owners *owners)
{
	uint64_t all = owners_bytes(owners);

	if (frame_add(frame, LINE_HEADER, "%-20s %8s %6s %7s %7s %6s %6s %6s %5s", "OWNER", "PID",
		      "USER", "ENTRIES", "BYTES", "SHARE", "UNREAD", "NEVER", "STATE"))
		return -1;
	for (size_t i = 0; i < owners->count; i++) {
		if (view->height && frame->count >= (size_t)view->height)
			break;
		if (add_owner(frame, &owners->owner[i], all))
			return -1;
	}
	return 0;
}

int detail_build(struct frame *frame, const struct view *view, const struct detail *detail)
{
	memset(frame, 0, sizeof(*frame));
	if (add_head(frame, &detail->row) || add_alarms(frame, detail) ||
	    add_history(frame, view, detail) || add_histograms(frame, detail) ||
	    add_owners(frame, view, &detail->evidence.owners)) {
		frame_free(frame);
		return -1;
	}
	if (view->height && frame->count > (size_t)view->height)
		frame->count = view->height;
	return 0;
}
