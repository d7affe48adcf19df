/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_DEBUGFS_H
#define _TTLMAP_DEBUGFS_H

#include <linux/types.h>

struct seq_file;
struct ttlmap;

void tm_debugfs_init(void);
void tm_debugfs_exit(void);
void tm_debugfs_add(struct ttlmap *map);
void tm_debugfs_class(struct seq_file *seq, const char *name, unsigned int class,
		      unsigned int classes);
void tm_debugfs_word(struct seq_file *seq, const void *data, size_t len);

/* Each adds some files to a map's folder. */
void tm_debugfs_add_table(struct ttlmap *map);
void tm_debugfs_add_memory(struct ttlmap *map);
void tm_debugfs_add_entries(struct ttlmap *map);
void tm_debugfs_add_latency(struct ttlmap *map);
void tm_debugfs_add_past(struct ttlmap *map);

#endif /* _TTLMAP_DEBUGFS_H */
