// SPDX-License-Identifier: GPL-2.0
/*
 * Why a map holds what it holds.  Each rule looks at the figures by itself, is silent on
 * a cache that does its work, and names the option that changes what it complains about.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnosis.h"
#include "format.h"
#include "rule.h"
#include "trend.h"

#define SECOND_NS 1000000000ULL
#define DAY_S 86400ULL

/* What is smaller is nobody's trouble. */
#define BYTES_LEAST 65536ULL
#define COUNT_LEAST 100ULL

/* What everything is judged by: the map's own figures, and some that follow from them. */
struct view {
	const struct evidence *evidence;
	const struct ttlmap_stat *stat;
	const char *map;
	double hits;		/* of lookups lately, 0 to 1; -1 without lookups */
	double inserts_a_second;
	double bytes_a_second;	/* that it grows by; 0 if it does not */
	uint64_t history_ns;
	uint64_t written_bytes;	/* of all owners */
	uint64_t unread_bytes;
	struct diagnosis *diagnosis;
};

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static struct text percent(uint64_t part, uint64_t whole)
{
	struct text text;

	snprintf(text.s, sizeof(text.s), "%.0f%%", 100 * share(part, whole));
	return text;
}

static struct finding *add(const struct view *view, const char *name)
{
	struct diagnosis *diagnosis = view->diagnosis;
	struct finding *finding = &diagnosis->finding[diagnosis->count];

	if (diagnosis->count < FINDINGS_MAX - 1)
		diagnosis->count++;
	*finding = (struct finding){ .name = name };
	return finding;
}

__attribute__((format(printf, 3, 4)))
static void say(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
}

#define WHAT(finding, ...) say((finding)->what, sizeof((finding)->what), __VA_ARGS__)
#define ADVICE(finding, ...) say((finding)->advice, sizeof((finding)->advice), __VA_ARGS__)
#define COMMAND(finding, ...) say((finding)->command, sizeof((finding)->command), __VA_ARGS__)

/* A round TTL with which what is inserted fills half of the capacity. */
static const char *good_ttl(const struct view *view)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} ttls[] = {
		{ 7 * DAY_S, "7d" }, { DAY_S, "1d" }, { 21600, "6h" }, { 3600, "1h" },
		{ 600, "10m" }, { 60, "1m" }, { 10, "10s" }, { 1, "1s" },
	};
	double seconds = view->inserts_a_second > 0 ?
			 (double)view->stat->max_entries / 2 / view->inserts_a_second : 3600;
	size_t i = 0;

	while (i + 1 < sizeof(ttls) / sizeof(ttls[0]) && (double)ttls[i].seconds > seconds)
		i++;
	return ttls[i].text;
}

/* Without a default TTL give it one; where writers say "never" themselves, refuse that. */
static void advise_ttl(const struct view *view, struct finding *finding)
{
	if (!view->stat->default_ttl_ns) {
		ADVICE(finding,
		       "Give entries that are written without a TTL an end; what is there already stays until it is evicted or cleared.");
		COMMAND(finding, "ttlmap tune %s --ttl %s", view->map, good_ttl(view));
	} else {
		ADVICE(finding,
		       "Its writers ask for entries that never expire: refuse those; what is there already stays until it is evicted or cleared.");
		COMMAND(finding, "ttlmap tune %s --require-ttl", view->map);
	}
}

static bool leaks(const struct view *view, const struct owner *owner)
{
	return owner->id && owner->bytes >= BYTES_LEAST &&
	       share(owner->bytes, view->written_bytes) >= 0.25 &&
	       share(owner->read_bytes, owner->bytes) <= 0.2 &&
	       share(owner->unexpiring_entries, owner->entries) >= 0.5;
}

/* Since when, as far as the history goes. */
static void append_growth(const struct view *view, struct finding *finding)
{
	size_t len = strlen(finding->what);

	if (view->bytes_a_second > 0)
		say(finding->what + len, sizeof(finding->what) - len,
		    " The map has grown for %s at least, by %s an hour.",
		    format_seconds(view->history_ns).s,
		    format_size((uint64_t)(3600 * view->bytes_a_second)).s);
}

static void find_leaking_owner(const struct view *view)
{
	const struct owners *owners = &view->evidence->owners;

	for (size_t i = 0; i < owners->count; i++) {
		const struct owner *owner = &owners->owner[i];
		struct finding *finding;

		if (!leaks(view, owner))
			continue;
		finding = add(view, "leaking_owner");
		WHAT(finding,
		     "%s (pid %" PRIu64 ", user %" PRIu64 "%s) wrote %s of its entries' bytes: %s entries, %s of them never expire, and %s of their bytes were never read.",
		     owner->command, owner->pid, owner->uid, owner->gone ? ", ended" : "",
		     percent(owner->bytes, view->written_bytes).s,
		     format_exact(owner->entries).s,
		     percent(owner->unexpiring_entries, owner->entries).s,
		     percent(owner->bytes - owner->read_bytes, owner->bytes).s);
		append_growth(view, finding);
		advise_ttl(view, finding);
	}
}

static bool found(const struct view *view)
{
	return view->diagnosis->count;
}

static void find_orphans(const struct view *view)
{
	const struct owners *owners = &view->evidence->owners;
	uint64_t bytes = 0, entries = 0, unexpiring = 0;
	struct finding *finding;

	for (size_t i = 0; i < owners->count; i++) {
		if (!owners->owner[i].gone || leaks(view, &owners->owner[i]))
			continue;
		bytes += owners->owner[i].bytes;
		entries += owners->owner[i].entries;
		unexpiring += owners->owner[i].unexpiring_entries;
	}
	if (bytes < BYTES_LEAST || share(bytes, view->written_bytes) < 0.25 ||
	    share(unexpiring, entries) < 0.5 ||
	    share(view->unread_bytes, view->written_bytes) < 0.5)
		return;
	finding = add(view, "orphans");
	WHAT(finding,
	     "%s of its entries' bytes were written by descriptors that are closed: %s entries, %s of which never expire.",
	     percent(bytes, view->written_bytes).s, format_exact(entries).s,
	     percent(unexpiring, entries).s);
	ADVICE(finding,
	       "Bind entries to their writer (a map made with --owners, TTLMAP_OWNED), or give them an end.");
	if (!view->stat->default_ttl_ns)
		COMMAND(finding, "ttlmap tune %s --ttl %s", view->map, good_ttl(view));
}

static void find_unread(const struct view *view)
{
	struct finding *finding;

	if (found(view) || view->unread_bytes < BYTES_LEAST ||
	    share(view->unread_bytes, view->written_bytes) < 0.8 || view->hits > 0.5 ||
	    view->stat->inserts < COUNT_LEAST)
		return;
	finding = add(view, "unread");
	WHAT(finding,
	     "%s of its entries' bytes were never read since they were written: it is filled with what nobody asks for.",
	     percent(view->unread_bytes, view->written_bytes).s);
	ADVICE(finding, "Write only what is asked for, or let it expire sooner.");
	COMMAND(finding, "ttlmap tune %s --ttl %s", view->map, good_ttl(view));
}

/* Growing is what a cache does until it is full; but not without hits. */
static void find_growth(const struct view *view)
{
	const struct classes *ttls = &view->evidence->ttls;
	uint64_t never = classes_named(ttls, "never");
	struct finding *finding;

	if (view->bytes_a_second <= 0 || view->hits > 0.5)
		return;
	finding = add(view, "growth");
	WHAT(finding,
	     "It has grown for %s, by %s an hour, while %s of its lookups found their key%s%s%s.",
	     format_seconds(view->history_ns).s,
	     format_size((uint64_t)(3600 * view->bytes_a_second)).s,
	     view->hits < 0 ? "none" : percent((uint64_t)(1000 * view->hits), 1000).s,
	     never ? "; " : "", never ? percent(never, classes_total(ttls)).s : "",
	     never ? " of its entries never expire" : "");
	if (never && share(never, classes_total(ttls)) >= 0.5)
		advise_ttl(view, finding);
	else
		ADVICE(finding,
		       "Its capacity is the bound: `--capacity' and `--max-bytes' of `ttlmap tune' lower it.");
}

static void find_stale(const struct view *view)
{
	const struct ttlmap_stat *stat = view->stat;
	struct finding *finding;

	if (!stat->stale_entries || stat->oldest_stale_ns < SECOND_NS)
		return;
	if (stat->frozen && share(stat->stale_bytes, stat->resident_bytes) < 0.1)
		return;
	finding = add(view, "stale");
	WHAT(finding,
	     "%s entries (%s, %s of all) have expired and are still there, the oldest for %s.",
	     format_exact(stat->stale_entries).s, format_size(stat->stale_bytes).s,
	     percent(stat->stale_bytes, stat->resident_bytes).s,
	     format_duration(stat->oldest_stale_ns).s);
	if (stat->frozen) {
		ADVICE(finding,
		       "The map is frozen: its keys stay for good, expired or not. Removing its name (`ttlmap rm') and closing it is the only end.");
		return;
	}
	ADVICE(finding,
	       "The worker does not keep up: too much expires at once. Spread it (this is for entries written from now on).");
	if (stat->default_ttl_ns)
		COMMAND(finding, "ttlmap tune %s --jitter %s", view->map,
			format_duration(stat->default_ttl_ns / 10).s);
}

static void find_retired(const struct view *view)
{
	const struct ttlmap_stat *stat = view->stat;
	struct finding *finding;

	if (stat->retired_bytes < 16 * BYTES_LEAST ||
	    share(stat->retired_bytes, stat->resident_bytes) < 0.25)
		return;
	finding = add(view, "retired");
	WHAT(finding,
	     "%s (%s of all) is removed and waits for an RCU grace period; writers have waited for it %s times.",
	     format_size(stat->retired_bytes).s,
	     percent(stat->retired_bytes, stat->resident_bytes).s,
	     format_exact(stat->retire_waits).s);
	ADVICE(finding,
	       "Entries are replaced or removed faster than grace periods pass: write less often, or add to counters instead of replacing values.");
}

static void find_table(const struct view *view)
{
	const struct ttlmap_stat *stat = view->stat;
	struct finding *finding;

	if (stat->table_bytes < 16 * BYTES_LEAST ||
	    share(stat->table_bytes, stat->resident_bytes) < 0.75)
		return;
	finding = add(view, "table");
	WHAT(finding,
	     "%s (%s of all) is the table, with room for many more entries than the %s there are.",
	     format_size(stat->table_bytes).s, percent(stat->table_bytes, stat->resident_bytes).s,
	     format_exact(stat->entries).s);
	if (stat->flags & TTLMAP_F_PREALLOC)
		ADVICE(finding, "It was made with --prealloc, which takes all memory at once.");
	else
		ADVICE(finding, "It was fuller once; the table shrinks as writes go on.");
}

static void find_too_small(const struct view *view)
{
	const struct ttlmap_stat *stat = view->stat;
	struct finding *finding;

	if (found(view) || stat->flags & TTLMAP_F_NO_EVICT || stat->evicted < COUNT_LEAST ||
	    stat->entries < stat->max_entries - stat->max_entries / 20 || view->hits < 0 ||
	    view->hits >= 0.5)
		return;
	finding = add(view, "too_small");
	WHAT(finding, "It is full and evicts, and only %s of lookups find their key.",
	     percent((uint64_t)(1000 * view->hits), 1000).s);
	ADVICE(finding,
	       "What is used does not fit. `ttlmap replay' tells what a larger one would do.");
	COMMAND(finding, "ttlmap tune %s --capacity %" PRIu64, view->map,
		(uint64_t)(2 * stat->max_entries));
}

static void find_refusals(const struct view *view)
{
	const struct ttlmap_stat *stat = view->stat;
	struct finding *finding;

	if (stat->refused && stat->entries >= stat->max_entries) {
		finding = add(view, "full");
		WHAT(finding, "It is full, does not evict, and has refused %s update%s.",
		     format_exact(stat->refused).s, stat->refused == 1 ? "" : "s");
		ADVICE(finding, "Make it larger, or let it evict (`--evict').");
		COMMAND(finding, "ttlmap tune %s --capacity %" PRIu64, view->map,
			(uint64_t)(2 * stat->max_entries));
	}
	if (stat->no_memory) {
		finding = add(view, "no_memory");
		WHAT(finding, "%s updates were refused for want of memory.",
		     format_exact(stat->no_memory).s);
		ADVICE(finding,
		       "A limit of the writer's memory cgroup, of the module (/sys/module/ttlmap/parameters/max_bytes), or the machine's memory.");
	}
}

static void find_collisions(const struct view *view)
{
	struct finding *finding;

	if (view->stat->collision_evicted < COUNT_LEAST)
		return;
	finding = add(view, "collisions");
	WHAT(finding,
	     "%s entries were evicted because too many hashes were alike: chance does not do that.",
	     format_exact(view->stat->collision_evicted).s);
	if (view->stat->flags & TTLMAP_F_SIPHASH)
		ADVICE(finding, "It uses SipHash already: somebody has found out its seed.");
	else
		ADVICE(finding, "Somebody chooses the keys: make the map anew with --siphash.");
}

static void find_idle(const struct view *view)
{
	const struct classes *ages = &view->evidence->ages;
	uint64_t idle = classes_from(ages, DAY_S);
	struct finding *finding;

	if (found(view) || view->stat->live_bytes < 16 * BYTES_LEAST ||
	    share(idle, classes_total(ages)) < 0.5)
		return;
	finding = add(view, "idle");
	WHAT(finding, "%s of its entries have not been used for more than a day.",
	     percent(idle, classes_total(ages)).s);
	ADVICE(finding, "A smaller map would serve as well: it keeps what was used last.");
	COMMAND(finding, "ttlmap tune %s --capacity %" PRIu64, view->map,
		(uint64_t)(view->stat->entries - idle + view->stat->entries / 10));
}

static void find_alarms(const struct view *view)
{
	const struct alarms *alarms = &view->evidence->alarms;

	for (size_t i = 0; i < alarms->count; i++) {
		const struct alarm *alarm = &alarms->alarm[i];
		struct finding *finding;

		if (!alarm->on)
			continue;
		finding = add(view, "alarm");
		WHAT(finding, "The alarm %s is on: %s, beyond %s.", alarm->rule,
		     rule_figure_by_name(alarm->rule, alarm->figure).s,
		     rule_figure_by_name(alarm->rule, alarm->threshold).s);
		if (alarm->owner_share)
			ADVICE(finding,
			       "When it was raised, %s (pid %" PRIu64 ") held %" PRIu64 "%% of the bytes.",
			       alarm->command, alarm->owner_pid, alarm->owner_share);
	}
}

/* Of the last periods of the history that have some, or since the map was made. */
static double recent_hits(const struct evidence *evidence)
{
	const struct history *history = &evidence->history;
	uint64_t hits = 0, lookups = 0;

	for (size_t i = history->count; i && lookups < 10 * COUNT_LEAST; i--) {
		hits += history->period[i - 1].hits;
		lookups += history->period[i - 1].hits + history->period[i - 1].misses;
	}
	if (!lookups) {
		hits = evidence->stat.hits;
		lookups = hits + evidence->stat.misses;
	}
	return lookups ? share(hits, lookups) : -1;
}

static double recent_inserts(const struct history *history)
{
	uint64_t inserts = 0, seconds = 0;

	for (size_t i = history->count; i && seconds < 3600; i--) {
		inserts += history->period[i - 1].inserts;
		seconds += history->period[i - 1].period_s;
	}
	return seconds ? (double)inserts / (double)seconds : 0;
}

/* Bytes a second, if it has grown by a fifth along a line, and still does. */
static double growth_of(const struct history *history)
{
	double *x = calloc(2 * history->count + 1, sizeof(*x)), *y;
	size_t count = history->count, half = count / 2;
	struct trend all, lately;
	double more;

	if (!x)
		return 0;
	y = x + count;
	for (size_t i = 0; i < count; i++) {
		x[i] = (double)(history->period[i].time_ns - history->period[0].time_ns) /
		       (double)SECOND_NS;
		y[i] = (double)period_resident(&history->period[i]);
	}
	all = trend_of(x, y, count);
	lately = trend_of(x + half, y + half, count - half);
	more = count ? all.slope * x[count - 1] : 0;
	more = more >= BYTES_LEAST && more >= 0.2 * y[count - 1] ? more : 0;
	free(x);
	return more > 0 && all.r2 >= 0.5 && lately.slope >= all.slope / 4 ? all.slope : 0;
}

static void sum_owners(struct view *view)
{
	const struct owners *owners = &view->evidence->owners;

	view->written_bytes = owners_bytes(owners);
	view->unread_bytes = view->written_bytes;
	for (size_t i = 0; i < owners->count; i++)
		view->unread_bytes -= owners->owner[i].read_bytes;
}

void diagnose(const struct evidence *evidence, struct diagnosis *diagnosis)
{
	static void (*const rules[])(const struct view *view) = {
		find_leaking_owner, find_orphans, find_growth, find_unread, find_stale,
		find_retired, find_table, find_refusals, find_collisions, find_too_small,
		find_idle, find_alarms,
	};
	const struct history *history = &evidence->history;
	struct view view = {
		.evidence = evidence,
		.stat = &evidence->stat,
		.map = (const char *)evidence->stat.name,
		.hits = recent_hits(evidence),
		.inserts_a_second = recent_inserts(history),
		.bytes_a_second = growth_of(history),
		.diagnosis = diagnosis,
	};

	diagnosis->count = 0;
	if (history->count)
		view.history_ns = history->period[history->count - 1].time_ns -
				  history->period[0].time_ns;
	sum_owners(&view);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		rules[i](&view);
}
