/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_WORKQUEUE_H
#define _SHIM_LINUX_WORKQUEUE_H

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#define WQ_UNBOUND	0

struct workqueue_struct;
struct work_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	struct work_struct *next;
	u32 started;
	bool pending;
	bool queued;
};

/* Delays are for batching alone: none here. */
struct delayed_work {
	struct work_struct work;
};

struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
};

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int max_active);
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *work);
bool flush_work(struct work_struct *work);
bool flush_rcu_work(struct rcu_work *work);
bool cancel_work_sync(struct work_struct *work);

#define INIT_WORK(work, function)						\
	(*(work) = (struct work_struct){ .func = (function) })
#define INIT_DELAYED_WORK(dwork, function)	INIT_WORK(&(dwork)->work, function)
#define INIT_RCU_WORK(rwork, function)		INIT_WORK(&(rwork)->work, function)
#define to_delayed_work(ptr)	container_of(ptr, struct delayed_work, work)
#define to_rcu_work(ptr)	container_of(ptr, struct rcu_work, work)
#define queue_delayed_work(wq, dwork, delay)	queue_work(wq, &(dwork)->work)
#define mod_delayed_work(wq, dwork, delay)	queue_work(wq, &(dwork)->work)
#define flush_delayed_work(dwork)		flush_work(&(dwork)->work)
#define cancel_delayed_work_sync(dwork)		cancel_work_sync(&(dwork)->work)

#endif /* _SHIM_LINUX_WORKQUEUE_H */
