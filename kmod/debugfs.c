// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs
 *
 * Owns /sys/kernel/debug/ttlmap: a line a map in summary, and a folder for each
 * map, named after its number. All is read only. What there is in a map's folder
 * beside its statistics is printed by debugfs_*.c, of which each has a few files.
 *
 * Locks: none of its own. A map's files keep the map from being freed while they
 * are read, since debugfs_remove() waits for readers.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "debugfs.h"
#include "histogram.h"
#include "latency.h"
#include "names.h"
#include "survey.h"

/* Of what programs may rely on; raised when something of that changes or goes. */
#define VERSION	1

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
	seq_printf(seq, " %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu\n", s->hits, s->misses,
		   s->inserts, s->replaces, s->deletes, s->evicted, s->expired, s->refused,
		   s->unread_bytes, s->alarms);
}

static int summary_show(struct seq_file *seq, void *unused)
{
	struct ttlmap *map;
	u64 cursor = 0;

	seq_puts(seq, "# id name entries max_entries resident_bytes live_bytes stale_entries");
	seq_puts(seq, " stale_bytes oldest_stale_ns retired_bytes table_bytes hits misses");
	seq_puts(seq, " inserts replaces deletes evicted expired refused unread_bytes alarms\n");
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
	FIGURE(alarms),
	FIGURE(alarms_raised),
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

static int version_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "%d\n", VERSION);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(version);

/* The beginning of a line of a histogram. */
void tm_debugfs_class(struct seq_file *seq, const char *name, unsigned int class,
		      unsigned int classes)
{
	seq_printf(seq, "%s %llu-", name, tm_class_first(class));
	if (class < classes - 1)
		seq_printf(seq, "%llu", tm_class_first(class + 1) - 1);
	seq_putc(seq, ' ');
}

/* As one word of printable ASCII. */
void tm_debugfs_word(struct seq_file *seq, const void *data, size_t len)
{
	if (!len)
		seq_putc(seq, '-');
	seq_escape_mem(seq, data, len, ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND, " \\");
}

void tm_debugfs_init(void)
{
	root = debugfs_create_dir("ttlmap", NULL);
	debugfs_create_file("summary", 0444, root, NULL, &summary_fops);
	debugfs_create_file("version", 0444, root, NULL, &version_fops);
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

	tm_latency_prepare(map);
	snprintf(name, sizeof(name), "%llu", map->id);
	map->dir = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0444, map->dir, map, &stats_fops);
	tm_debugfs_add_table(map);
	tm_debugfs_add_memory(map);
	tm_debugfs_add_entries(map);
	tm_debugfs_add_latency(map);
	tm_debugfs_add_past(map);
}
