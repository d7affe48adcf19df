// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Retired entries
 *
 * Owns the entries that were unlinked and that readers may still look at. Each
 * CPU chains its own; a worker frees a chain when a grace period has passed
 * since the last entry joined it. kvfree_rcu() would need two words in every
 * entry, may keep memory for seconds, and cannot say how much it holds; here an
 * entry costs no word of its own and what waits is known exactly.
 *
 * What waits is bounded: tm_retire_throttle() makes a writer that has retired
 * too much on a CPU wait until that CPU's chain is freed.
 *
 * No locks: chains are llists, which any context may add to.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "entry.h"
#include "memory.h"
#include "retire.h"
#include "work.h"

static void count_pinned(struct tm_retirer *retirer, long bytes, int n)
{
	atomic_long_add(n * bytes, &retirer->pinned_bytes);
	atomic_long_add(n, &retirer->pinned_entries);
}

/* What is in but not out. An entry that is out is never missing among those that are in. */
static struct tm_retired still_there(const struct tm_retirer *retirer)
{
	struct tm_retired there;

	/* Pairs with count_out(): what was counted in before is seen as well. */
	there.entries = -smp_load_acquire(&retirer->out.entries);
	/* Likewise. */
	there.bytes = -smp_load_acquire(&retirer->out.bytes);
	there.entries += READ_ONCE(retirer->in.entries);
	there.bytes += READ_ONCE(retirer->in.bytes);
	return there;
}

static void count_out(struct tm_retirer *retirer, unsigned long bytes)
{
	/* Pairs with still_there(). */
	smp_store_release(&retirer->out.bytes, retirer->out.bytes + bytes);
	/* Likewise. */
	smp_store_release(&retirer->out.entries, retirer->out.entries + 1);
}

static void free_chain(struct tm_retirer *retirer)
{
	struct tm_entry *entry, *next;
	long bytes;

	llist_for_each_entry_safe(entry, next, retirer->waiting, retired) {
		bytes = tm_entry_bytes(retirer->kind, entry);
		if (!tm_entry_release(retirer->kind, entry))
			count_pinned(retirer, bytes, 1);
		count_out(retirer, bytes);
		cond_resched();
	}
	retirer->waiting = NULL;
}

/*
 * A grace period has passed since the work was queued. That need not be one since
 * @waiting was taken: an entry that was retired while this function ran has queued
 * the work already, before others joined it. What came later needs another.
 */
static void retire_work(struct work_struct *work)
{
	struct tm_retirer *retirer = container_of(to_rcu_work(work), struct tm_retirer, work);

	if (retirer->waiting) {
		if (!poll_state_synchronize_rcu(retirer->taken)) {
			queue_rcu_work(tm_workqueue, &retirer->work);
			return;
		}
		free_chain(retirer);
	}
	retirer->waiting = llist_del_all(&retirer->next);
	if (retirer->waiting) {
		retirer->taken = get_state_synchronize_rcu();
		queue_rcu_work(tm_workqueue, &retirer->work);
	}
}

struct tm_retirer __percpu *tm_retirer_alloc(const struct tm_kind *kind)
{
	struct tm_retirer __percpu *retirer;
	int cpu;

	retirer = alloc_percpu_gfp(struct tm_retirer, TM_GFP);
	if (!retirer)
		return NULL;
	for_each_possible_cpu(cpu) {
		per_cpu_ptr(retirer, cpu)->kind = kind;
		INIT_RCU_WORK(&per_cpu_ptr(retirer, cpu)->work, retire_work);
	}
	return retirer;
}

/**
 * tm_retire_flush() - wait for what was retired
 * @retirer: the map's
 *
 * Context: Process, sleeps for a grace period.
 * Return: whether there was anything to wait for.
 */
bool tm_retire_flush(struct tm_retirer __percpu *retirer)
{
	struct tm_retirer *one;
	bool waited = false;
	int cpu;

	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(retirer, cpu);
		if (!still_there(one).entries)
			continue;
		flush_rcu_work(&one->work);
		waited = true;
	}
	return waited;
}

/*
 * Work that requeues itself between the two looks of flush_rcu_work() is missed
 * by it. As long as it may do so there are entries; once there are none it has
 * nothing left to do but return.
 */
static void flush(struct tm_retirer *retirer)
{
	while (still_there(retirer).entries)
		flush_rcu_work(&retirer->work);
	flush_rcu_work(&retirer->work);
}

/* Context: Process, sleeps until all is freed; nobody may retire any more. */
void tm_retirer_free(struct tm_retirer __percpu *retirer)
{
	int cpu;

	for_each_possible_cpu(cpu)
		flush(per_cpu_ptr(retirer, cpu));
	free_percpu(retirer);
}

/**
 * tm_retire() - free an entry after a grace period
 * @retirer: the map's
 * @entry: unlinked, so that no new reader finds it
 * @bytes: of it
 *
 * Context: Any, preemption disabled.
 */
void tm_retire(struct tm_retirer __percpu *retirer, struct tm_entry *entry, size_t bytes)
{
	struct tm_retirer *this = this_cpu_ptr(retirer);

	this_cpu_add(retirer->in.bytes, bytes);
	this_cpu_inc(retirer->in.entries);
	if (llist_add(&entry->retired, &this->next))
		queue_rcu_work(tm_workqueue, &this->work);
}

/**
 * tm_retire_throttle() - wait if this CPU has retired too much
 * @retirer: the map's
 *
 * Context: Process, may sleep.
 * Return: whether it waited.
 */
bool tm_retire_throttle(struct tm_retirer __percpu *retirer)
{
	struct tm_retirer *this = raw_cpu_ptr(retirer);
	bool over = false;

	while (still_there(this).bytes > TM_RETIRED_MAX) {
		over = true;
		flush_rcu_work(&this->work);
	}
	return over;
}

/**
 * tm_retire_unpin() - drop a reference to an entry
 * @retirer: the map's
 * @entry: freed if it was retired meanwhile and this was the last reference; it
 *	counts as retired until then
 *
 * Context: Process.
 */
void tm_retire_unpin(struct tm_retirer __percpu *retirer, struct tm_entry *entry)
{
	struct tm_retirer *this = raw_cpu_ptr(retirer);
	long bytes;

	if (!tm_entry_unpin(entry))
		return;
	bytes = tm_entry_bytes(this->kind, entry);
	tm_entry_bury(this->kind, entry);
	/* Whichever CPU it was counted in on: only the sum over all matters. */
	count_pinned(this, bytes, -1);
}

void tm_retired_sum(const struct tm_retirer __percpu *retirer, u64 *entries, u64 *bytes)
{
	const struct tm_retirer *one;
	struct tm_retired there;
	int cpu;

	*entries = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(retirer, cpu);
		there = still_there(one);
		*entries += there.entries + atomic_long_read(&one->pinned_entries);
		*bytes += there.bytes + atomic_long_read(&one->pinned_bytes);
	}
}
