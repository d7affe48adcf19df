// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs: latency
 *
 * Owns the file that shows how long operations took.
 *
 * Locks: none.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "latency.h"
#include "map.h"

static int latency_show(struct seq_file *seq, void *unused)
{
	static const char * const names[] = {
		[TM_LATENCY_LOOKUP] = "lookup_ns",
		[TM_LATENCY_UPDATE] = "update_ns",
		[TM_LATENCY_EXPIRE] = "expire_ns",
	};
	const struct ttlmap *map = seq->private;
	unsigned int which, class;

	seq_printf(seq, "enabled %d\n", tm_latency_on() && READ_ONCE(map->latencies));
	for (which = 0; which < TM_LATENCIES; which++) {
		for (class = 0; class < TM_LATENCY_CLASSES; class++) {
			tm_debugfs_class(seq, names[which], class, TM_LATENCY_CLASSES);
			seq_printf(seq, "%llu\n", tm_latency_sum(map, which, class));
		}
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

/* Context: Process, may sleep. */
void tm_debugfs_add_latency(struct ttlmap *map)
{
	debugfs_create_file("latency", 0444, map->dir, map, &latency_fops);
}
