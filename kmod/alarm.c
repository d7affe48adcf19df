// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Alarms
 *
 * Owns the rules by which a map is found to leak. Each rule makes one figure out
 * of a map's history and its present state, and says what else has to hold for it
 * to mean a leak; it looks at samples alone and changes nothing but its own state.
 *
 * A cache writes what lookups have missed, and reads what it has written. What
 * leaks is written and not asked for: a map that warms up grows, and hits little,
 * but it grows by what was missed, and it does hit; one that is loaded at once is
 * read from then on, and has come to its end before two windows tell of growth.
 *
 * Locks: the mutex of the map's history.
 */
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "alarm.h"
#include "history.h"
#include "map.h"

/* Less than this is no leak worth an alarm. */
#define BYTES_MIN	SZ_1M
/* Samples in a row that raise an alarm, or end it. */
#define STREAK		3
#define OWNERS_MIN	3
/* So few lookups that missed are those of a cache that is cold. */
#define LOOKUPS_MIN	1000
#define NSEC_OVERDUE	(10ULL * NSEC_PER_SEC)

const char *const tm_alarm_names[TTLMAP_ALARMS] = {
	[TTLMAP_ALARM_GROWTH] = "growth",
	[TTLMAP_ALARM_UNREAD] = "unread",
	[TTLMAP_ALARM_OWNER] = "owner",
	[TTLMAP_ALARM_STALE] = "stale",
	[TTLMAP_ALARM_OVERDUE] = "overdue",
	[TTLMAP_ALARM_RETIRED] = "retired",
	[TTLMAP_ALARM_COLLISIONS] = "collisions",
};

static const u64 defaults[TTLMAP_ALARMS] = {
	[TTLMAP_ALARM_GROWTH] = 10,
	[TTLMAP_ALARM_UNREAD] = 90,
	[TTLMAP_ALARM_OWNER] = 50,
	[TTLMAP_ALARM_STALE] = 25,
	[TTLMAP_ALARM_OVERDUE] = NSEC_OVERDUE,
	[TTLMAP_ALARM_RETIRED] = 50,
	[TTLMAP_ALARM_COLLISIONS] = 100,
};

/* The figure from which a rule gives alarm. */
u64 tm_alarm_threshold(const struct ttlmap *map, unsigned int rule)
{
	lockdep_assert_held(&map->history->lock);
	return map->alarm_limits.threshold[rule] ?: defaults[rule];
}

static u64 percent(u64 part, u64 whole)
{
	return whole ? part * 100 / whole : 0;
}

static u64 entry_bytes(const struct tm_sample *sample)
{
	return sample->figure[TM_SAMPLE_LIVE] + sample->figure[TM_SAMPLE_STALE];
}

static u64 window_sum(const struct tm_symptoms *s, enum tm_sum which)
{
	unsigned int ago;
	u64 sum = 0;

	for (ago = 0; ago < s->samples; ago++)
		sum += tm_history_ago(s->ring, ago)->sum[which];
	return sum;
}

static u64 growth_since(const struct tm_symptoms *s, unsigned int from, unsigned int to)
{
	u64 before = entry_bytes(tm_history_ago(s->ring, from));
	u64 after = entry_bytes(tm_history_ago(s->ring, to));

	return after > before ? percent(after - before, max_t(u64, before, 1)) : 0;
}

static u64 growth(const struct tm_symptoms *s)
{
	if (!tm_history_ago(s->ring, 2 * s->samples))
		return 0;
	return min(growth_since(s, 2 * s->samples, s->samples), growth_since(s, s->samples, 0));
}

/* What was missed just before a window is inserted in it: by so little it means nothing. */
static bool inserts_unasked(const struct tm_symptoms *s)
{
	u64 misses = window_sum(s, TM_SAMPLE_MISSES);

	return window_sum(s, TM_SAMPLE_INSERTS) > misses + misses / 8 + 8;
}

/* Lately, and ever since the map was made. */
static bool hits_nothing(const struct tm_symptoms *s)
{
	u64 hits = window_sum(s, TM_SAMPLE_HITS), misses = window_sum(s, TM_SAMPLE_MISSES);
	u64 lookups = s->stat->hits + s->stat->misses;

	if (!inserts_unasked(s) && lookups < LOOKUPS_MIN)
		return false;
	return percent(hits, hits + misses) < s->hits_percent &&
	       percent(s->stat->hits, lookups) < s->hits_percent;
}

static bool growth_leaks(const struct tm_symptoms *s)
{
	u64 now = entry_bytes(tm_history_ago(s->ring, 0));
	u64 removed = window_sum(s, TM_SAMPLE_DELETES) + window_sum(s, TM_SAMPLE_EXPIRED) +
		      window_sum(s, TM_SAMPLE_EVICTED) + window_sum(s, TM_SAMPLE_OWNER_GONE);

	return now >= BYTES_MIN && now > entry_bytes(tm_history_ago(s->ring, 1)) &&
	       hits_nothing(s) &&
	       removed * 2 < window_sum(s, TM_SAMPLE_INSERTS);
}

static u64 unread_in(const struct tm_sample *sample)
{
	return percent(sample->figure[TM_SAMPLE_UNREAD], entry_bytes(sample));
}

static u64 unread(const struct tm_symptoms *s)
{
	u64 least = U64_MAX;
	unsigned int ago;

	if (!tm_history_ago(s->ring, s->samples))
		return 0;
	for (ago = 0; ago <= s->samples; ago++)
		least = min(least, unread_in(tm_history_ago(s->ring, ago)));
	return least;
}

static u64 unread_ago(const struct tm_symptoms *s, unsigned int ago)
{
	const struct tm_sample *sample = tm_history_ago(s->ring, ago);

	return sample ? sample->figure[TM_SAMPLE_UNREAD] : U64_MAX;
}

static bool unread_leaks(const struct tm_symptoms *s)
{
	u64 now = unread_ago(s, 0), before = unread_ago(s, s->samples);

	return now >= BYTES_MIN && now > unread_ago(s, 1) &&
	       now > before && before > unread_ago(s, 2 * s->samples) && inserts_unasked(s);
}

static u64 owner(const struct tm_symptoms *s)
{
	return percent(s->owner.bytes, s->stat->live_bytes + s->stat->stale_bytes);
}

static bool owner_leaks(const struct tm_symptoms *s)
{
	return s->owner.bytes >= BYTES_MIN && s->owners >= OWNERS_MIN &&
	       s->owner.read_bytes * 4 <= s->owner.bytes && s->owner_leaves_more;
}

static u64 stale(const struct tm_symptoms *s)
{
	return percent(s->stat->stale_bytes, s->stat->live_bytes + s->stat->stale_bytes);
}

static bool stale_leaks(const struct tm_symptoms *s)
{
	return s->stat->stale_bytes >= BYTES_MIN && !s->stat->frozen;
}

static u64 overdue(const struct tm_symptoms *s)
{
	return s->stat->oldest_stale_ns;
}

static bool overdue_leaks(const struct tm_symptoms *s)
{
	return !s->stat->frozen;
}

static u64 retired(const struct tm_symptoms *s)
{
	return percent(s->stat->retired_bytes, s->stat->resident_bytes);
}

static bool retired_leaks(const struct tm_symptoms *s)
{
	return s->stat->retired_bytes >= BYTES_MIN;
}

static u64 collisions(const struct tm_symptoms *s)
{
	return s->collisions;
}

static bool collisions_leak(const struct tm_symptoms *s)
{
	return true;
}

static const struct {
	u64 (*figure)(const struct tm_symptoms *s);
	bool (*leaks)(const struct tm_symptoms *s);
} rules[TTLMAP_ALARMS] = {
	[TTLMAP_ALARM_GROWTH] = { growth, growth_leaks },
	[TTLMAP_ALARM_UNREAD] = { unread, unread_leaks },
	[TTLMAP_ALARM_OWNER] = { owner, owner_leaks },
	[TTLMAP_ALARM_STALE] = { stale, stale_leaks },
	[TTLMAP_ALARM_OVERDUE] = { overdue, overdue_leaks },
	[TTLMAP_ALARM_RETIRED] = { retired, retired_leaks },
	[TTLMAP_ALARM_COLLISIONS] = { collisions, collisions_leak },
};

/* Does this sample speak for a change? An alarm ends well below where it begins. */
static bool speaks(const struct tm_alarm *alarm, unsigned int rule, const struct tm_symptoms *s,
		   u64 threshold)
{
	if (alarm->on)
		return alarm->figure < threshold - threshold / 4;
	return alarm->figure >= threshold && rules[rule].leaks(s);
}

/**
 * tm_alarm_judge() - look at a sample
 * @alarm: of the map
 * @rule: which
 * @symptoms: with at least one sample
 * @threshold: of the rule
 *
 * Return: whether the alarm has been raised now, or has ended.
 */
bool tm_alarm_judge(struct tm_alarm *alarm, unsigned int rule,
		    const struct tm_symptoms *symptoms, u64 threshold)
{
	alarm->figure = rules[rule].figure(symptoms);
	if (!speaks(alarm, rule, symptoms, threshold)) {
		alarm->streak = 0;
		return false;
	}
	if (++alarm->streak < STREAK)
		return false;
	alarm->streak = 0;
	alarm->on = !alarm->on;
	alarm->raised += alarm->on;
	return true;
}
