// SPDX-License-Identifier: GPL-2.0
/*
 * RCU by hand, for readers that take turns: a callback is made as soon as somebody
 * asks and the rules allow, which is once all sections that had begun when it was
 * posted are over. Nothing is ever freed later than it may be, so that whoever
 * relies on more is found out.
 */
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/percpu.h>

#include "shim.h"

/**
 * struct reader - one of those who take turns, by CPU
 * @depth: of nested sections
 * @since: events before the outermost one began
 */
struct reader {
	unsigned int depth;
	u64 since;
};

/**
 * struct callback - what waits for the end of sections
 * @head: as it was posted
 * @event: sections that began at this event or later do not matter
 * @next: posted after it
 */
struct callback {
	struct rcu_head *head;
	u64 event;
	struct callback *next;
};

static struct reader readers[SHIM_CPUS];
static struct callback *first, **last = &first;
/* Moments from which somebody waits for those who were reading. */
static u64 events;

void rcu_read_lock(void)
{
	struct reader *reader = &readers[shim_cpu];

	if (!reader->depth++)
		reader->since = events;
}

void rcu_read_unlock(void)
{
	struct reader *reader = &readers[shim_cpu];

	WARN_ON(!reader->depth);
	reader->depth--;
}

unsigned long get_state_synchronize_rcu(void)
{
	return ++events;
}

bool poll_state_synchronize_rcu(unsigned long event)
{
	unsigned int i;

	for (i = 0; i < SHIM_CPUS; i++)
		if (readers[i].depth && readers[i].since < event)
			return false;
	return true;
}

void synchronize_rcu(void)
{
	u64 event = get_state_synchronize_rcu();

	WARN_ON(readers[shim_cpu].depth);
	while (!poll_state_synchronize_rcu(event))
		shim_relax();
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	struct callback *callback = malloc(sizeof(*callback));

	WARN_ON(!callback);
	head->func = func;
	callback->head = head;
	callback->event = get_state_synchronize_rcu();
	callback->next = NULL;
	*last = callback;
	last = &callback->next;
}

static void make(struct callback *callback)
{
	struct rcu_head *head = callback->head;

	first = callback->next;
	if (!first)
		last = &first;
	free(callback);
	head->func(head);
}

bool shim_grace_end(void)
{
	bool any = false;

	while (first && poll_state_synchronize_rcu(first->event)) {
		make(first);
		any = true;
	}
	return any;
}

void rcu_barrier(void)
{
	u64 event = events;

	while (first && first->event <= event)
		if (!shim_grace_end())
			shim_relax();
}

void shim_thread_enter(unsigned int cpu)
{
	shim_cpu = cpu;
}

void shim_thread_leave(void)
{
}
