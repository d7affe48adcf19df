// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: debugfs: the entries
 *
 * Owns the files that show what entries there are, and who wrote them: ages, ttls,
 * sizes, oldest, owners. A key is shown as one word of printable ASCII, and not at all
 * in a map with TTLMAP_F_PRIVATE; no value ever is.
 *
 * Locks: none. Memory for a walk is allocated before it begins.
 */
#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "account.h"
#include "census.h"
#include "debugfs.h"
#include "oldest.h"

static int show_census(struct seq_file *seq,
		       void (*print)(struct seq_file *seq, const struct tm_census *census))
{
	struct tm_census *census = kzalloc(sizeof(*census), GFP_KERNEL);

	if (!census)
		return -ENOMEM;
	tm_census(seq->private, census);
	print(seq, census);
	kfree(census);
	return 0;
}

static void print_ages(struct seq_file *seq, const struct tm_census *census)
{
	unsigned int class;

	for (class = 0; class < TM_AGE_CLASSES; class++) {
		tm_debugfs_class(seq, "idle_s", class, TM_AGE_CLASSES);
		seq_printf(seq, "%llu\n", census->idle[class]);
	}
}

static int ages_show(struct seq_file *seq, void *unused)
{
	return show_census(seq, print_ages);
}
DEFINE_SHOW_ATTRIBUTE(ages);

static void print_ttls(struct seq_file *seq, const struct tm_census *census)
{
	static const char * const names[] = {
		[TM_TTL_EXPIRED] = "expired",
		[TM_TTL_1S] = "within_1s",
		[TM_TTL_10S] = "within_10s",
		[TM_TTL_1MIN] = "within_1min",
		[TM_TTL_10MIN] = "within_10min",
		[TM_TTL_1H] = "within_1h",
		[TM_TTL_LATER] = "later",
		[TM_TTL_NEVER] = "never",
	};
	unsigned int class;

	for (class = 0; class < TM_TTLS; class++)
		seq_printf(seq, "%s %llu\n", names[class], census->ttl[class]);
}

static int ttls_show(struct seq_file *seq, void *unused)
{
	return show_census(seq, print_ttls);
}
DEFINE_SHOW_ATTRIBUTE(ttls);

static void print_sizes(struct seq_file *seq, const struct tm_census *census)
{
	unsigned int class;

	for (class = 0; class < TM_SIZE_CLASSES; class++) {
		tm_debugfs_class(seq, "entry_bytes", class, TM_SIZE_CLASSES);
		seq_printf(seq, "%llu %llu\n", census->size[class], census->size_bytes[class]);
	}
}

static int sizes_show(struct seq_file *seq, void *unused)
{
	return show_census(seq, print_sizes);
}
DEFINE_SHOW_ATTRIBUTE(sizes);

static void print_old(struct seq_file *seq, const struct ttlmap *map, const struct tm_old *old)
{
	u32 shown = tm_map_is(map, TTLMAP_F_PRIVATE) ? 0 : min_t(u32, old->key_len, TM_OLDEST_KEY);

	seq_printf(seq, "%llu %llu %u %u %llu %u ", old->idle_ns, old->ttl_ns, old->key_len,
		   old->value_len, old->bytes, old->owner);
	tm_debugfs_word(seq, old->key, shown);
	seq_putc(seq, '\n');
}

static int oldest_show(struct seq_file *seq, void *unused)
{
	struct tm_oldest *oldest = kzalloc(sizeof(*oldest), GFP_KERNEL);
	unsigned int i;

	if (!oldest)
		return -ENOMEM;
	tm_oldest(seq->private, oldest);
	seq_puts(seq, "# idle_ns ttl_ns key_bytes value_bytes bytes owner key\n");
	for (i = 0; i < oldest->n; i++)
		print_old(seq, seq->private, &oldest->entries[i]);
	kfree(oldest);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(oldest);

static void print_owner(struct seq_file *seq, const struct tm_account_figures *owner)
{
	seq_printf(seq, "%u %d %u %s %llu %llu %llu %llu %llu %llu ", owner->id, owner->pid,
		   from_kuid_munged(seq_user_ns(seq), owner->uid), owner->gone ? "gone" : "live",
		   owner->entries, owner->bytes, owner->read_bytes, owner->unexpiring,
		   owner->hits, owner->inserts);
	tm_debugfs_word(seq, owner->command, strlen(owner->command));
	seq_putc(seq, '\n');
}

static int owners_show(struct seq_file *seq, void *unused)
{
	struct tm_account_figures owner;
	unsigned int cursor = 0;

	seq_puts(seq, "# id pid uid state entries bytes read_bytes unexpiring_entries");
	seq_puts(seq, " hits inserts command\n");
	while (tm_account_next(seq->private, &cursor, &owner)) {
		print_owner(seq, &owner);
		cond_resched();
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(owners);

/* Context: Process, may sleep. */
void tm_debugfs_add_entries(struct ttlmap *map)
{
	debugfs_create_file("ages", 0444, map->dir, map, &ages_fops);
	debugfs_create_file("ttls", 0444, map->dir, map, &ttls_fops);
	debugfs_create_file("sizes", 0444, map->dir, map, &sizes_fops);
	debugfs_create_file("oldest", 0444, map->dir, map, &oldest_fops);
	debugfs_create_file("owners", 0444, map->dir, map, &owners_fops);
}
