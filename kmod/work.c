// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Background work
 *
 * Owns the workqueue on which all maps expire, split ahead, merge and free: not
 * bound to a CPU, so that a busy one delays no map.
 */
#include <linux/errno.h>
#include <linux/workqueue.h>

#include "work.h"

struct workqueue_struct *tm_workqueue;

int tm_work_init(void)
{
	tm_workqueue = alloc_workqueue("ttlmap", WQ_UNBOUND, 0);
	return tm_workqueue ? 0 : -ENOMEM;
}

void tm_work_exit(void)
{
	destroy_workqueue(tm_workqueue);
}
