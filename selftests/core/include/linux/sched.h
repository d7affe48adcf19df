/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_SCHED_H
#define _SHIM_LINUX_SCHED_H

#include <linux/compiler.h>
#include <linux/string.h>

#define TASK_COMM_LEN			16
#define current				NULL
#define task_tgid_nr(task)		1
#define get_task_comm(to, task)		strscpy(to, "core", TASK_COMM_LEN)
#define might_sleep()			do { } while (0)
#define might_sleep_if(condition)	((void)(condition))

void schedule_timeout_uninterruptible(long timeout);

static inline int cond_resched(void)
{
	return 0;
}

#endif /* _SHIM_LINUX_SCHED_H */
