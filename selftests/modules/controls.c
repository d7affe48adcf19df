// SPDX-License-Identifier: GPL-2.0
/*
 * One deliberate bug for each of the kernel's detectors, to show that it is awake
 * and that those who read the kernel's log notice:
 *
 *	insmod controls.ko bug=use-after-free
 *
 * Only for kernels with these detectors: any other takes real harm.
 */
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#define LEAKS 16
#define RACES 2000000

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "which one");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int __rcu *shared;
static struct rcu_head callback;
static unsigned int counter;
static unsigned int array[4];

static void none(void)
{
}

/* A function of its own, as the compiler knows what kfree() means. */
static noinline void *freed(size_t size)
{
	void *memory = kmalloc(size, GFP_KERNEL);

	kfree(memory);
	return memory;
}

static void use_after_free(void)
{
	int *memory = freed(sizeof(*memory));

	OPTIMIZER_HIDE_VAR(memory);
	WRITE_ONCE(*memory, 1);
}

static void out_of_bounds(void)
{
	char *memory = kmalloc(13, GFP_KERNEL);
	size_t past = 13;

	if (!memory)
		return;
	OPTIMIZER_HIDE_VAR(past);
	READ_ONCE(memory[past]);
	kfree(memory);
}

static void sleep_in_atomic(void)
{
	preempt_disable();
	kfree(kmalloc(sizeof(int), GFP_KERNEL));
	preempt_enable();
}

static void lock_inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void rcu_outside(void)
{
	int *seen = rcu_dereference(shared);

	OPTIMIZER_HIDE_VAR(seen);
}

static void called(struct rcu_head *head)
{
}

static void double_call_rcu(void)
{
	call_rcu(&callback, called);
	call_rcu(&callback, called);
}

/* Several, as the stack may still know one of them. */
static void leak(void)
{
	void *memory;
	int i;

	for (i = 0; i < LEAKS; i++) {
		memory = kmalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(memory);
	}
}

static void list_corruption(void)
{
	LIST_HEAD(list);
	struct list_head node;

	list_add(&node, &list);
	list.next = &list;
	list_del(&node);
}

static void shift(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	WRITE_ONCE(counter, 1U << bits);
}

static void array_index(void)
{
	size_t index = ARRAY_SIZE(array);

	OPTIMIZER_HIDE_VAR(index);
	WRITE_ONCE(counter, array[index]);
}

static int racer(void *unused)
{
	int i;

	for (i = 0; i < RACES; i++) {
		counter++;
		barrier();
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *other = kthread_create(racer, NULL, "racer");

	if (IS_ERR(other))
		return;
	get_task_struct(other);
	wake_up_process(other);
	racer(NULL);
	kthread_stop(other);
	put_task_struct(other);
}

static const struct control {
	const char *name;
	void (*commit)(void);
} controls[] = {
	{ "none", none },
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "lock-inversion", lock_inversion },
	{ "rcu-outside", rcu_outside },
	{ "double-call-rcu", double_call_rcu },
	{ "leak", leak },
	{ "list-corruption", list_corruption },
	{ "shift", shift },
	{ "array-index", array_index },
	{ "data-race", race },
};

static int __init controls_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		if (strcmp(controls[i].name, bug))
			continue;
		controls[i].commit();
		return 0;
	}
	return -EINVAL;
}

static void __exit controls_exit(void)
{
	rcu_barrier();
}

module_init(controls_init);
module_exit(controls_exit);

MODULE_DESCRIPTION("Deliberate bugs");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
