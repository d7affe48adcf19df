// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs
 *
 * Owns /sys/kernel/debug/ttlmap: a line a map in summary, and a folder for each
 * map, named after its number. All is read only and shows no keys and no values.
 *
 * Locks: none of its own. A map's files keep the map from being freed while they
 * are read, since debugfs_remove() waits for readers.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "names.h"
#include "survey.h"

static struct dentry *root;

static const char *name_of(const struct ttlmap_stat *stat)
{
	return stat->name[0] ? (const char *)stat->name : "-";
}

static void summary_line(struct seq_file *seq, const struct ttlmap_stat *s)
{
	seq_printf(seq, "%llu %s %llu %llu %llu %llu %llu %llu %llu %llu %llu", s->id, name_of(s),
		   s->entries, s->max_entries, s->resident_bytes, s->live_bytes,
		   s->stale_entries, s->stale_bytes, s->oldest_stale_ns, s->retired_bytes,
		   s->table_bytes);
	seq_printf(seq, " %llu %llu %llu %llu %llu %llu %llu %llu %llu\n", s->hits, s->misses,
		   s->inserts, s->replaces, s->deletes, s->evicted, s->expired, s->refused,
		   s->unread_bytes);
}

static int summary_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map;
	u64 cursor = 0;

	seq_puts(seq, "# id name entries max_entries resident_bytes live_bytes stale_entries");
	seq_puts(seq, " stale_bytes oldest_stale_ns retired_bytes table_bytes hits misses");
	seq_puts(seq, " inserts replaces deletes evicted expired refused unread_bytes\n");
	while ((map = tm_names_next(&cursor))) {
		struct ttlmap_stat stat = {};

		tm_survey_stat(map, &stat);
		summary_line(seq, &stat);
		tm_names_put(map);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(summary);

struct figure {
	const char *name;
	u16 offset;
	u16 size;
};

#define FIGURE(field)	{ #field, offsetof(struct ttlmap_stat, field), \
			  sizeof_field(struct ttlmap_stat, field) }

static const struct figure figures[] = {
	FIGURE(id),
	FIGURE(flags),
	FIGURE(key_max),
	FIGURE(value_max),
	FIGURE(mode),
	FIGURE(uid),
	FIGURE(gid),
	FIGURE(max_entries),
	FIGURE(max_bytes),
	FIGURE(default_ttl_ns),
	FIGURE(min_ttl_ns),
	FIGURE(max_ttl_ns),
	FIGURE(jitter_ns),
	FIGURE(frozen),
	FIGURE(entries),
	FIGURE(resident_bytes),
	FIGURE(live_bytes),
	FIGURE(stale_entries),
	FIGURE(stale_bytes),
	FIGURE(oldest_stale_ns),
	FIGURE(retired_entries),
	FIGURE(retired_bytes),
	FIGURE(table_bytes),
	FIGURE(owned_entries),
	FIGURE(hits),
	FIGURE(misses),
	FIGURE(inserts),
	FIGURE(replaces),
	FIGURE(deletes),
	FIGURE(popped),
	FIGURE(cleared),
	FIGURE(evicted),
	FIGURE(reclaimed),
	FIGURE(expired),
	FIGURE(owner_gone),
	FIGURE(collision_evicted),
	FIGURE(touches),
	FIGURE(adds),
	FIGURE(canceled),
	FIGURE(refused),
	FIGURE(no_memory),
	FIGURE(segments),
	FIGURE(directory_slots),
	FIGURE(splits),
	FIGURE(merges),
	FIGURE(directory_resizes),
	FIGURE(retire_waits),
	FIGURE(expire_lag_max_ns),
	FIGURE(unread_bytes),
};

static u64 figure_value(const struct ttlmap_stat *stat, const struct figure *figure)
{
	const void *at = (const void *)stat + figure->offset;

	return figure->size == sizeof(u64) ? *(const u64 *)at : *(const u32 *)at;
}

static int stats_show(struct seq_file *seq, void *unused)
{
	struct ttlmap_stat stat = {};
	unsigned int i;

	tm_survey_stat(seq->private, &stat);
	seq_printf(seq, "name %s\n", name_of(&stat));
	for (i = 0; i < ARRAY_SIZE(figures); i++)
		seq_printf(seq, "%s %llu\n", figures[i].name, figure_value(&stat, &figures[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

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

void tm_debugfs_init(void)
{
	root = debugfs_create_dir("ttlmap", NULL);
	debugfs_create_file("summary", 0444, root, NULL, &summary_fops);
}

void tm_debugfs_exit(void)
{
	debugfs_remove(root);
}

/**
 * tm_debugfs_add() - a map's folder
 * @map: registered; its release removes the folder
 *
 * A machine without debugfs goes without.
 *
 * Context: Process, may sleep.
 */
void tm_debugfs_add(struct ttlmap *map)
{
	char name[24];

	snprintf(name, sizeof(name), "%llu", map->id);
	map->dir = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0444, map->dir, map, &stats_fops);
	debugfs_create_file("occupancy", 0444, map->dir, map, &occupancy_fops);
}
