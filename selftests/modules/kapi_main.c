// SPDX-License-Identifier: GPL-2.0
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "kapi.h"

/* Longer than anything takes that is not broken. */
#define PATIENCE	(60 * HZ)

static struct dentry *top;

/* A map, or NULL with the reason in the report. */
struct ttlmap *kapi_map(struct seq_file *report, const struct ttlmap_params *params)
{
	struct ttlmap *map = ttlmap_create(params);

	if (!IS_ERR(map))
		return map;
	seq_printf(report, "no map: %ld\n", PTR_ERR(map));
	return NULL;
}

struct ttlmap *kapi_map_8_8(struct seq_file *report, u64 capacity)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = capacity },
	};

	return kapi_map(report, &params);
}

bool kapi_eventually(bool (*holds)(void *arg), void *arg)
{
	unsigned long end = jiffies + PATIENCE;

	while (!holds(arg)) {
		if (time_after(jiffies, end))
			return false;
		msleep(20);
	}
	return true;
}

int kapi_set(struct ttlmap *map, u64 key, u64 value, u64 ttl_ns, u32 flags)
{
	return ttlmap_update(map, kapi_buf(&key, sizeof(key)), kapi_buf(&value, sizeof(value)),
			     ttl_ns, flags, GFP_KERNEL);
}

bool kapi_get(struct ttlmap *map, u64 key, u64 *value)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, &key, sizeof(key));
	if (entry)
		*value = *(const u64 *)ttlmap_entry_value(entry).data;
	rcu_read_unlock();
	return entry;
}

bool kapi_has(struct ttlmap *map, u64 key)
{
	u64 value;

	return kapi_get(map, key, &value) && value == key;
}

int kapi_delete(struct ttlmap *map, u64 key)
{
	return ttlmap_delete(map, &key, sizeof(key));
}

static int kapi_case_show(struct seq_file *report, void *unused)
{
	const struct kapi_case *one = report->private;

	one->run(report);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(kapi_case);

static void add(struct dentry *dir, const struct kapi_case *one)
{
	for (; one->name; one++)
		debugfs_create_file(one->name, 0400, dir, (void *)one, &kapi_case_fops);
}

static int __init kapi_init(void)
{
	struct dentry *cases;

	top = debugfs_create_dir(KBUILD_MODNAME, NULL);
	cases = debugfs_create_dir("cases", top);
	add(cases, kapi_entries);
	add(cases, kapi_updates);
	add(cases, kapi_removed);
	add(cases, kapi_contexts);
	add(debugfs_create_dir("steps", top), kapi_steps);
	return 0;
}

static void __exit kapi_exit(void)
{
	debugfs_remove(top);
	kapi_steps_end();
}

module_init(kapi_init);
module_exit(kapi_exit);

MODULE_DESCRIPTION("Tests of ttlmap's API for modules");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
