// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs: the table
 *
 * Owns the files that show how the table lies and how it grew: occupancy, growth.
 *
 * Locks: the table's, for a moment, over what is published.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "debugfs.h"
#include "survey.h"

static void show_occupancy(struct seq_file *seq, const struct tm_occupancy *occupancy)
{
	unsigned int i;

	for (i = 0; i <= TM_BUCKET_SLOTS; i++)
		seq_printf(seq, "bucket_slots %u %llu\n", i, occupancy->bucket_slots[i]);
	for (i = 0; i < TM_FILL_STEPS; i++)
		seq_printf(seq, "segment_entries %u-%u %llu\n", i * 10, i * 10 + 9,
			   occupancy->segment_entries[i]);
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		seq_printf(seq, "probe_length %u %llu\n", i, occupancy->probe_length[i]);
	seq_printf(seq, "load_percent %llu\n",
		   occupancy->entries * 100 / (occupancy->segments * TM_SEGMENT_SLOTS));
}

static int occupancy_show(struct seq_file *seq, void *unused)
{
	struct tm_occupancy *occupancy = kzalloc(sizeof(*occupancy), GFP_KERNEL);

	if (!occupancy)
		return -ENOMEM;
	tm_survey_occupancy(seq->private, occupancy);
	show_occupancy(seq, occupancy);
	kfree(occupancy);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(occupancy);

static int growth_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map = seq->private;
	struct tm_growth growth;
	unsigned int depth;

	tm_survey_growth(&map->table, &growth);
	seq_printf(seq, "segments %llu\n", growth.segments);
	seq_printf(seq, "directory_slots %llu\n", growth.directory_slots);
	seq_printf(seq, "splits %llu\n", growth.splits);
	seq_printf(seq, "merges %llu\n", growth.merges);
	seq_printf(seq, "directory_resizes %llu\n", growth.resizes);
	for (depth = 0; depth <= TM_DIR_BITS_MAX; depth++)
		if (growth.at_depth[depth])
			seq_printf(seq, "segment_depth %u %u\n", depth, growth.at_depth[depth]);
	seq_printf(seq, "worst_splits %llu\n", tm_stat_largest(map->stats, TM_WORST_SPLITS));
	seq_printf(seq, "worst_evict_buckets %llu\n",
		   tm_stat_largest(map->stats, TM_WORST_BUCKETS));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(growth);

/* Context: Process, may sleep. */
void tm_debugfs_add_table(struct ttlmap *map)
{
	debugfs_create_file("occupancy", 0444, map->dir, map, &occupancy_fops);
	debugfs_create_file("growth", 0444, map->dir, map, &growth_fops);
}
