// SPDX-License-Identifier: GPL-2.0
/* Stays in an RCU read section for as long as it is loaded, but for ten seconds at most. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

static DECLARE_COMPLETION(reading);
static struct task_struct *reader;

static int read_on(void *unused)
{
	unsigned long end = jiffies + 10 * HZ;

	rcu_read_lock();
	complete(&reading);
	while (!kthread_should_stop() && time_before(jiffies, end))
		cpu_relax();
	rcu_read_unlock();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int __init hold_rcu_init(void)
{
	reader = kthread_run(read_on, NULL, "hold_rcu");
	if (IS_ERR(reader))
		return PTR_ERR(reader);
	wait_for_completion(&reading);
	return 0;
}

static void __exit hold_rcu_exit(void)
{
	kthread_stop(reader);
}

module_init(hold_rcu_init);
module_exit(hold_rcu_exit);

MODULE_DESCRIPTION("A reader that holds up grace periods");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
