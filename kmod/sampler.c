// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Samples
 *
 * Owns the clockwork that looks at all maps every few seconds, adds to their
 * histories, and has the alarms judge. It rests as soon as nothing has changed from
 * one sample to the next, and begins again when something is written to any map, so
 * that idle maps wake nobody. A write that comes while it lies down may be missed;
 * the next one is not. Its timer does not wait until its CPU is awake anyway: that
 * might be for long, while maps leak on others.
 *
 * Locks: none but the histories'. A map cannot go while it is looked at; who lets
 * go of it meanwhile has the sampler free it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "clock.h"
#include "compat.h"
#include "evict.h"
#include "history.h"
#include "listen.h"
#include "names.h"
#include "sampler.h"
#include "survey.h"
#include "trace.h"
#include "work.h"

#define SAMPLE_MS_MIN	10
#define SAMPLE_MS_MAX	3600000
#define HITS_PERCENT	1
#define WINDOW		10	/* samples */
/* Two windows have to fit into a history. */
#define WINDOW_MAX	((TM_HISTORY_MAX - 1) / 2)

bool tm_sampler_rests = true;

static unsigned int sample_ms = 10000;
static void sampler_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(sampler, sampler_work);

/* The next sample is taken now, and not after the time that was. */
static int set_sample_ms(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int err = kstrtouint(value, 0, &ms);

	if (err)
		return err;
	if (ms < SAMPLE_MS_MIN || ms > SAMPLE_MS_MAX)
		return -EINVAL;
	WRITE_ONCE(sample_ms, ms);
	if (!READ_ONCE(tm_sampler_rests))
		mod_delayed_work(tm_workqueue, &sampler, 0);
	return 0;
}

static const struct kernel_param_ops sample_ms_ops = {
	.set = set_sample_ms,
	.get = param_get_uint,
};

module_param_cb(sample_ms, &sample_ms_ops, &sample_ms, 0644);
__MODULE_PARM_TYPE(sample_ms, "uint");
MODULE_PARM_DESC(sample_ms,
		 "milliseconds from one look at all maps to the next, 10 to 3600000 (default: 10000)");

/* Time from one sample of a resolution to the next. */
u64 tm_sampler_period_ns(enum tm_resolution resolution)
{
	u64 period = READ_ONCE(sample_ms) * (u64)NSEC_PER_MSEC;
	unsigned int i;

	for (i = TM_FINE; i < resolution; i++)
		period *= tm_history_step[i];
	return period;
}

/* The finest resolution of which two windows fit into the history. */
VISIBLE_IF_KUNIT void tm_sampler_window(struct tm_symptoms *symptoms,
					const struct tm_history *history, u64 window)
{
	enum tm_resolution resolution = TM_FINE;
	u64 period = tm_sampler_period_ns(TM_FINE);

	window = window ?: WINDOW * period;
	while (window > WINDOW_MAX * period && resolution < TM_COARSE)
		period = tm_sampler_period_ns(++resolution);
	symptoms->samples = clamp_t(u64, window / period, 1, WINDOW_MAX);
	symptoms->ring = &history->ring[resolution];
}

static unsigned int count_owners(struct ttlmap *map)
{
	struct tm_account_figures figures;
	unsigned int cursor = 0, n = 0;

	while (tm_account_next(map, &cursor, &figures))
		n += figures.entries > 0;
	return n;
}

/* Notes who wrote most. Returns whether it was the same before, and has left more since. */
static bool leaves_more(struct tm_alarm_owner *before, const struct tm_account_figures *owner)
{
	struct tm_alarm_owner now = {
		.id = owner->id,
		.unread = owner->bytes - min(owner->read_bytes, owner->bytes),
	};
	bool more = now.id == before->id && now.unread > before->unread;

	*before = now;
	return more;
}

static void describe(struct ttlmap_alarm *told, const struct tm_alarm *alarm,
		     const struct tm_symptoms *symptoms)
{
	const struct tm_account_figures *owner = &symptoms->owner;
	u64 bytes = symptoms->stat->live_bytes + symptoms->stat->stale_bytes;

	told->on = alarm->on;
	told->figure = alarm->figure;
	if (!owner->bytes)
		return;
	told->owner_share = owner->bytes * 100 / (bytes ?: 1);
	told->owner_id = owner->id;
	told->owner_pid = owner->pid;
	strscpy(told->owner_command, owner->command, sizeof(told->owner_command));
}

static void report(const struct ttlmap *map, const struct ttlmap_alarm *told)
{
	if (told->on)
		pr_warn_ratelimited("map %llu \"%s\": alarm %s: %llu, threshold %llu; %u %% by pid %u (%*pE)\n",
				    map->id, map->limits.name, tm_alarm_names[told->rule],
				    told->figure, told->threshold, told->owner_share,
				    told->owner_pid,
				    (int)strlen(told->owner_command), told->owner_command);
	else
		pr_info_ratelimited("map %llu \"%s\": alarm %s has ended: %llu\n", map->id,
				    map->limits.name, tm_alarm_names[told->rule], told->figure);
}

static void judge(struct ttlmap *map, const struct tm_symptoms *symptoms, u64 now)
{
	struct tm_alarm *alarm = map->alarms;
	unsigned int rule;

	for (rule = 0; rule < TTLMAP_ALARMS; rule++, alarm++) {
		u64 threshold = tm_alarm_threshold(map, rule);

		if (!tm_alarm_judge(alarm, rule, symptoms, threshold))
			continue;
		alarm->since = now;
		alarm->last = (struct ttlmap_alarm){ .rule = rule, .threshold = threshold };
		describe(&alarm->last, alarm, symptoms);
		report(map, &alarm->last);
		trace_ttlmap_alarm(map, &alarm->last);
		tm_listen_alarm(map, &alarm->last, now);
	}
}

static bool differs(const struct tm_sample *sample, const struct tm_sample *before)
{
	return !before || memcmp(sample->figure, before->figure, sizeof(sample->figure)) ||
	       memchr_inv(sample->sum, 0, sizeof(sample->sum));
}

/* Is there anything to look for, or an alarm that has not ended yet? */
static bool stirs(const struct ttlmap *map, const struct ttlmap_stat *stat)
{
	const struct tm_ring *fine = &map->history->ring[TM_FINE];
	unsigned int rule;

	for (rule = 0; rule < TTLMAP_ALARMS; rule++)
		if (map->alarms[rule].on || map->alarms[rule].streak)
			return true;
	return (stat->stale_entries && !stat->frozen) ||
	       differs(tm_history_ago(fine, 0), tm_history_ago(fine, 1));
}

/**
 * tm_sampler_sample() - take a sample of a map
 * @map: the map
 * @now: CLOCK_BOOTTIME ns
 *
 * Context: Process, may sleep.
 * Return: false if nothing has changed, and nothing is wrong.
 */
bool tm_sampler_sample(struct ttlmap *map, u64 now)
{
	struct tm_symptoms symptoms = {};
	struct ttlmap_stat *stat = kzalloc(sizeof(*stat), GFP_KERNEL);

	bool more;

	/* One sample less is not worth anything that could be done about it. */
	if (!stat)
		return true;
	tm_lru_look(map);
	tm_accounts_sweep(&map->accounts);
	tm_survey_stat(map, stat);
	symptoms.stat = stat;
	symptoms.owners = count_owners(map);
	tm_account_largest(map, &symptoms.owner);
	mutex_lock(&map->history->lock);
	symptoms.owner_leaves_more = leaves_more(&map->alarm_owner, &symptoms.owner);
	symptoms.hits_percent = map->alarm_limits.hits_percent ?: HITS_PERCENT;
	symptoms.collisions = stat->collision_evicted - map->history->collisions;
	map->history->collisions = stat->collision_evicted;
	tm_history_add(map->history, stat, now);
	tm_sampler_window(&symptoms, map->history, map->alarm_limits.window_ns);
	judge(map, &symptoms, now);
	more = stirs(map, stat);
	mutex_unlock(&map->history->lock);
	kfree(stat);
	return more;
}

static void sampler_work(struct work_struct *work)
{
	struct ttlmap *map;
	bool more = false;
	u64 cursor = 0;

	while ((map = tm_names_next(&cursor))) {
		more |= tm_sampler_sample(map, tm_now());
		tm_names_put(map);
		cond_resched();
	}
	WRITE_ONCE(tm_sampler_rests, !more);
	if (more)
		tm_sampler_begin();
}

/* Take a sample after the usual time. Context: Any. */
void tm_sampler_begin(void)
{
	WRITE_ONCE(tm_sampler_rests, false);
	queue_delayed_work(tm_workqueue, &sampler, msecs_to_jiffies(READ_ONCE(sample_ms)));
}

/*
 * No map is left; the parameter may still be written. Context: Process, waits for the
 * sample that is being taken.
 */
void tm_sampler_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	cancel_delayed_work_sync(&sampler);
	WRITE_ONCE(tm_sampler_rests, true);
	kernel_param_unlock(THIS_MODULE);
}
