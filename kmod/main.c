// SPDX-License-Identifier: GPL-2.0
/*
 * ttlmap: shared, bounded, expiring maps. Starts and stops the parts.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "chardev.h"
#include "debugfs.h"
#include "entry.h"
#include "memory.h"
#include "names.h"
#include "reclaim.h"
#include "sampler.h"
#include "segment.h"
#include "work.h"

static int __init ttlmap_init(void)
{
	int err;

	BUILD_BUG_ON_MSG(BITS_PER_LONG != 64, "ttlmap needs a 64-bit kernel");
	err = tm_memory_init();
	if (err)
		return err;
	err = tm_entry_init();
	if (err)
		goto err_memory;
	err = tm_segment_cache_init();
	if (err)
		goto err_entry;
	err = tm_work_init();
	if (err)
		goto err_segment;
	err = tm_reclaim_init();
	if (err)
		goto err_work;
	err = tm_names_init();
	if (err)
		goto err_reclaim;
	tm_debugfs_init();
	err = tm_chardev_init();
	if (err)
		goto err_debugfs;
	return 0;

err_debugfs:
	tm_debugfs_exit();
	tm_names_exit();
err_reclaim:
	tm_reclaim_exit();
err_work:
	tm_work_exit();
err_segment:
	tm_segment_cache_exit();
err_entry:
	tm_entry_exit();
err_memory:
	tm_memory_exit();
	return err;
}

/*
 * No map is left: each holds the module through its descriptors, what these left
 * behind, its name, or the module that it is for.
 */
static void __exit ttlmap_exit(void)
{
	tm_chardev_exit();
	tm_sampler_exit();
	tm_work_exit();
	tm_debugfs_exit();
	tm_names_exit();
	tm_reclaim_exit();
	rcu_barrier();
	tm_segment_cache_exit();
	tm_entry_exit();
	tm_memory_exit();
}

module_init(ttlmap_init);
module_exit(ttlmap_exit);

MODULE_DESCRIPTION("Shared, bounded, expiring maps");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
