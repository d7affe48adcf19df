// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest user of <linux/ttlmap.h>: a map of this module's own, and one
 * entry that is written, read and deleted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/time64.h>
#include <linux/ttlmap.h>

static struct ttlmap *map;

static int greet(void)
{
	struct ttlmap_buf key = { "greeting", 8 }, value = { "hello", 5 };
	struct tm_entry *entry;
	int err;

	err = ttlmap_update(map, key, value, 0, 0, GFP_KERNEL);
	if (err)
		return err;
	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (entry) {
		value = ttlmap_entry_value(entry);
		pr_info("%.*s\n", (int)value.len, (const char *)value.data);
	}
	rcu_read_unlock();
	return ttlmap_delete(map, key.data, key.len);
}

static int __init minimal_init(void)
{
	static const struct ttlmap_params params __initconst = {
		.limits = {
			.key_max = 16,
			.value_max = 64,
			.max_entries = 1000,
			.default_ttl_ns = 60ULL * NSEC_PER_SEC,
		},
	};
	int err;

	map = ttlmap_create(&params);
	if (IS_ERR(map))
		return PTR_ERR(map);
	err = greet();
	if (err)
		ttlmap_put(map);
	return err;
}

static void __exit minimal_exit(void)
{
	ttlmap_put(map);
}

module_init(minimal_init);
module_exit(minimal_exit);

MODULE_DESCRIPTION("The smallest user of ttlmap");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
