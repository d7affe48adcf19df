// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs: memory that is on its way out
 *
 * Owns the files that show what has expired and what waits for RCU: stale, retired.
 *
 * Locks: none.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "survey.h"

static int stale_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map = seq->private;
	struct tm_stale stale = {};
	unsigned int class;

	tm_survey_stale(map, &stale);
	seq_printf(seq, "stale_entries %llu\n", stale.entries);
	seq_printf(seq, "stale_bytes %llu\n", stale.bytes);
	seq_printf(seq, "oldest_stale_ns %llu\n", stale.oldest_ns);
	seq_printf(seq, "expire_lag_max_ns %llu\n", tm_stat_largest(map->stats, TM_WORST_LAG));
	for (class = 0; class < TM_LAG_CLASSES; class++) {
		tm_debugfs_class(seq, "lag_ms", class, TM_LAG_CLASSES);
		seq_printf(seq, "%llu\n", tm_stat_lag_sum(map->stats, class));
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stale);

static int retired_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map = seq->private;
	u64 entries, bytes;

	tm_retired_sum(map->retirer, &entries, &bytes);
	seq_printf(seq, "retired_entries %llu\n", entries);
	seq_printf(seq, "retired_bytes %llu\n", bytes);
	seq_printf(seq, "retired_table_bytes %lu\n", atomic_long_read(&map->table.retired_bytes) +
		   READ_ONCE(map->accounts.retired_bytes));
	seq_printf(seq, "retire_waits %llu\n", tm_stat_sum(map->stats, TM_RETIRE_WAITS));
	seq_printf(seq, "retire_limit_bytes %llu\n", (u64)TM_RETIRED_MAX * num_possible_cpus());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(retired);

/* Context: Process, may sleep. */
void tm_debugfs_add_memory(struct ttlmap *map)
{
	debugfs_create_file("stale", 0444, map->dir, map, &stale_fops);
	debugfs_create_file("retired", 0444, map->dir, map, &retired_fops);
}
