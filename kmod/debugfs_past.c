// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs: past
 *
 * Owns the files of a map that tell how it came to be what it is, and what was
 * found to be wrong with it: history, alarms.
 *
 * Locks: the history's mutex.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "alarm.h"
#include "debugfs.h"
#include "history.h"
#include "map.h"
#include "sampler.h"

static void show_sample(struct seq_file *seq, u64 period_s, const struct tm_sample *sample)
{
	unsigned int i;

	seq_printf(seq, "%llu %llu", period_s, sample->time);
	for (i = 0; i < TM_FIGURES; i++)
		seq_printf(seq, " %llu", sample->figure[i]);
	for (i = 0; i < TM_SUMS; i++)
		seq_printf(seq, " %llu", sample->sum[i]);
	seq_putc(seq, '\n');
}

static void show_ring(struct seq_file *seq, const struct tm_ring *ring, u64 period_ns)
{
	unsigned int ago = TM_HISTORY_MAX;
	const struct tm_sample *sample;

	while (ago--) {
		sample = tm_history_ago(ring, ago);
		if (sample)
			show_sample(seq, period_ns / NSEC_PER_SEC, sample);
	}
}

static int history_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map = seq->private;
	int i;

	seq_puts(seq, "# period_s time_ns entries live_bytes stale_bytes retired_bytes table_bytes");
	seq_puts(seq, " unread_bytes hits misses inserts replaces deletes expired evicted");
	seq_puts(seq, " owner_gone\n");
	mutex_lock(&map->history->lock);
	for (i = TM_COARSE; i >= TM_FINE; i--)
		show_ring(seq, &map->history->ring[i], tm_sampler_period_ns(i));
	mutex_unlock(&map->history->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(history);

static void show_alarm(struct seq_file *seq, unsigned int rule, const struct tm_alarm *alarm,
		       u64 threshold)
{
	const struct ttlmap_alarm *last = &alarm->last;

	seq_printf(seq, "%s %s %llu %llu %llu %llu %u %u %u ", tm_alarm_names[rule],
		   str_on_off(alarm->on), alarm->since, alarm->raised, alarm->figure,
		   threshold, last->owner_id, last->owner_pid, last->owner_share);
	tm_debugfs_word(seq, last->owner_command,
			strnlen(last->owner_command, sizeof(last->owner_command)));
	seq_putc(seq, '\n');
}

static int alarms_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map = seq->private;
	unsigned int rule;

	seq_puts(seq, "# rule state since_ns raised figure threshold owner_id owner_pid");
	seq_puts(seq, " owner_share command\n");
	mutex_lock(&map->history->lock);
	for (rule = 0; rule < TTLMAP_ALARMS; rule++)
		show_alarm(seq, rule, &map->alarms[rule], tm_alarm_threshold(map, rule));
	mutex_unlock(&map->history->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(alarms);

/* Context: Process, may sleep. */
void tm_debugfs_add_past(struct ttlmap *map)
{
	debugfs_create_file("history", 0444, map->dir, map, &history_fops);
	debugfs_create_file("alarms", 0444, map->dir, map, &alarms_fops);
}
