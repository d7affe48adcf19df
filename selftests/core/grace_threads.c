// SPDX-License-Identifier: GPL-2.0
/*
 * RCU by liburcu, for threads. Its rcu_head is not the kernel's, so callbacks are
 * made by a thread of ours, after a grace period of liburcu's.
 *
 * ThreadSanitizer does not see how liburcu orders the end of a section before the
 * end of a grace period (membarrier(2), and a library that is not instrumented). It
 * is told what RCU promises: all that a reader did in its section comes before what
 * follows the grace period.
 */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#else
#define _LGPL_SOURCE
#define __tsan_acquire(address)	((void)(address))
#define __tsan_release(address)	((void)(address))
#endif

#define rcu_head urcu_rcu_head
#include <urcu/urcu-memb.h>
#undef rcu_head
#undef rcu_dereference
#undef rcu_assign_pointer

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <sched.h>
#include <unistd.h>

#include "shim.h"

/* Looks at a lock before others are let run. */
#define SPINS	64

unsigned int shim_grace_us = 500;

static struct rcu_head *posted;
/* Grace periods, one at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long begun, over;
static pthread_t maker;
static bool stopping;
/* Each reader's end of section, as ThreadSanitizer is told of it. */
static char ends[SHIM_CPUS];

/* Who holds a lock and runs is done soon; who does not run may wait for our processor. */
void shim_relax(void)
{
	static __thread unsigned int spins;

	if (++spins % SPINS)
		caa_cpu_relax();
	else
		sched_yield();
}

void rcu_read_lock(void)
{
	urcu_memb_read_lock();
}

void rcu_read_unlock(void)
{
	__tsan_release(&ends[shim_cpu]);
	urcu_memb_read_unlock();
}

void synchronize_rcu(void)
{
	unsigned int i;

	pthread_mutex_lock(&lock);
	WRITE_ONCE(begun, begun + 1);
	urcu_memb_synchronize_rcu();
	for (i = 0; i < SHIM_CPUS; i++)
		__tsan_acquire(&ends[i]);
	__atomic_store_n(&over, begun, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
}

/* The first grace period that begins from now on. */
unsigned long get_state_synchronize_rcu(void)
{
	return __atomic_load_n(&begun, __ATOMIC_SEQ_CST) + 1;
}

bool poll_state_synchronize_rcu(unsigned long period)
{
	return __atomic_load_n(&over, __ATOMIC_ACQUIRE) >= period;
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	struct rcu_head *first = READ_ONCE(posted);

	head->func = func;
	do {
		head->next = first;
	} while (!try_cmpxchg(&posted, &first, head));
}

bool shim_grace_end(void)
{
	struct rcu_head *head = xchg(&posted, NULL), *next;
	bool any = head;

	if (any)
		synchronize_rcu();
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
	return any;
}

struct barrier {
	struct rcu_head head;
	bool over;
};

static void barrier_over(struct rcu_head *head)
{
	struct barrier *barrier = (struct barrier *)head;

	__atomic_store_n(&barrier->over, true, __ATOMIC_RELEASE);
}

/*
 * Callbacks are made one batch after the other, each of which has all that was
 * posted before it was taken: when this one has been made, so have all others.
 */
void rcu_barrier(void)
{
	struct barrier barrier = {};
	int i;

	for (i = 0; i < 2; i++) {
		barrier.over = false;
		call_rcu(&barrier.head, barrier_over);
		while (!__atomic_load_n(&barrier.over, __ATOMIC_ACQUIRE))
			usleep(shim_grace_us);
	}
}

void shim_thread_enter(unsigned int cpu)
{
	shim_cpu = cpu;
	urcu_memb_register_thread();
}

void shim_thread_leave(void)
{
	urcu_memb_unregister_thread();
}

static void *make(void *cpu)
{
	shim_thread_enter((uintptr_t)cpu);
	while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
		shim_grace_end();
		usleep(shim_grace_us);
	}
	while (shim_grace_end())
		;
	shim_thread_leave();
	return NULL;
}

void shim_threads_start(unsigned int workers, unsigned int first_cpu)
{
	stopping = false;
	if (pthread_create(&maker, NULL, make, (void *)(uintptr_t)first_cpu))
		shim_bug("a thread", __FILE__, __LINE__);
	shim_work_start(workers, first_cpu + 1);
}

void shim_threads_stop(void)
{
	shim_work_stop();
	__atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
	pthread_join(maker, NULL);
}
