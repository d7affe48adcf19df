/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_SCHED_SIGNAL_H
#define _SHIM_LINUX_SCHED_SIGNAL_H

#include <linux/errno.h>
#include <linux/sched.h>

/* What the kernel tells itself. */
#define ERESTARTSYS	512

#define signal_pending(task)		false
#define fatal_signal_pending(task)	false

#endif /* _SHIM_LINUX_SCHED_SIGNAL_H */
