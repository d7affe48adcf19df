// SPDX-License-Identifier: GPL-2.0
/*
 * Work queues: one queue for all, run by threads where some were started, and else
 * by hand. Like the kernel's, work is not run by two at once, and what is queued
 * while it runs is run once more. Work may free what it is a part of: while it runs
 * it is known by its address alone.
 */
#include <pthread.h>
#include <unistd.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "shim.h"

#define THREADS	8

struct run {
	const struct work_struct *work;
	struct run *next;
	u64 id;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct work_struct *queue, **tail = &queue;
static struct run *runs;
static u64 run_ids;
static pthread_t threads[THREADS];
static unsigned int n_threads;
static bool stopping;

unsigned int shim_work_us;

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int max_active)
{
	return (struct workqueue_struct *)&queue;
}

static void append(struct work_struct *work)
{
	work->next = NULL;
	work->queued = true;
	*tail = work;
	tail = &work->next;
	if (!shim_work_us)
		pthread_cond_broadcast(&changed);
}

static struct work_struct *take_out(struct work_struct **at)
{
	struct work_struct *work = *at;

	*at = work->next;
	if (tail == &work->next)
		tail = at;
	work->queued = false;
	work->pending = false;
	return work;
}

static struct work_struct **place_of(const struct work_struct *work)
{
	struct work_struct **at = &queue;

	while (*at != work)
		at = &(*at)->next;
	return at;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool queued;

	pthread_mutex_lock(&lock);
	queued = !work->pending;
	work->pending = true;
	if (queued)
		append(work);
	pthread_mutex_unlock(&lock);
	return queued;
}

static void grace_over(struct rcu_head *rcu)
{
	struct rcu_work *work = container_of(rcu, struct rcu_work, rcu);

	pthread_mutex_lock(&lock);
	append(&work->work);
	pthread_mutex_unlock(&lock);
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *work)
{
	bool queued;

	pthread_mutex_lock(&lock);
	queued = !work->work.pending;
	work->work.pending = true;
	pthread_mutex_unlock(&lock);
	if (queued)
		call_rcu(&work->rcu, grace_over);
	return queued;
}

static struct run *run_of(const struct work_struct *work)
{
	struct run *run = runs;

	while (run && run->work != work)
		run = run->next;
	return run;
}

static bool run_lasts(u64 id)
{
	struct run *run = runs;

	while (run && run->id != id)
		run = run->next;
	return run;
}

static void end_run(const struct run *run)
{
	struct run **at = &runs;

	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	pthread_cond_broadcast(&changed);
}

/* Context: the lock, which is let go while the work runs. */
static void run_at(struct work_struct **at)
{
	struct work_struct *work = take_out(at);
	work_func_t func = work->func;
	struct run run = { .work = work, .next = runs, .id = ++run_ids };

	work->started++;
	runs = &run;
	pthread_mutex_unlock(&lock);
	func(work);
	pthread_mutex_lock(&lock);
	end_run(&run);
}

static struct work_struct **nth_ready(unsigned int n)
{
	struct work_struct **at;

	for (at = &queue; *at; at = &(*at)->next)
		if (!run_of(*at) && !n--)
			return at;
	return NULL;
}

/* Wait for a change; by hand: bring one about. Context: the lock, let go meanwhile. */
static void await_change(void)
{
	if (n_threads) {
		pthread_cond_wait(&changed, &lock);
		return;
	}
	pthread_mutex_unlock(&lock);
	if (!shim_grace_end())
		shim_relax();
	pthread_mutex_lock(&lock);
}

/* The run of what was queued when this began, and that of what ran already. */
bool flush_work(struct work_struct *work)
{
	u32 started;
	struct run *run;
	bool waited;
	u64 id;

	pthread_mutex_lock(&lock);
	started = work->started;
	waited = work->pending || run_of(work);
	while (work->pending && work->started == started) {
		if (!n_threads && work->queued && !run_of(work))
			run_at(place_of(work));
		else
			await_change();
	}
	run = run_of(work);
	id = run ? run->id : 0;
	while (run_lasts(id))
		await_change();
	pthread_mutex_unlock(&lock);
	return waited;
}

bool flush_rcu_work(struct rcu_work *work)
{
	return flush_work(&work->work);
}

bool cancel_work_sync(struct work_struct *work)
{
	bool canceled;

	pthread_mutex_lock(&lock);
	canceled = work->queued;
	if (canceled)
		take_out(place_of(work));
	while (run_of(work))
		await_change();
	pthread_mutex_unlock(&lock);
	return canceled;
}

bool shim_work_run(unsigned int which)
{
	struct work_struct **at;

	pthread_mutex_lock(&lock);
	at = nth_ready(which);
	if (at)
		run_at(at);
	pthread_mutex_unlock(&lock);
	return at;
}

void shim_work_run_all(void)
{
	while (shim_work_run(0) || shim_grace_end())
		;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	if (!n_threads)
		shim_work_run_all();
	pthread_mutex_lock(&lock);
	while (queue || runs)
		await_change();
	pthread_mutex_unlock(&lock);
}

/* Context: the lock, let go meanwhile. */
static void await_work(void)
{
	if (!shim_work_us) {
		pthread_cond_wait(&changed, &lock);
		return;
	}
	pthread_mutex_unlock(&lock);
	usleep(shim_work_us);
	pthread_mutex_lock(&lock);
}

static void *worker(void *cpu)
{
	struct work_struct **at;

	shim_thread_enter((uintptr_t)cpu);
	pthread_mutex_lock(&lock);
	while (!stopping || queue) {
		at = nth_ready(0);
		if (at)
			run_at(at);
		else
			await_work();
	}
	pthread_mutex_unlock(&lock);
	shim_thread_leave();
	return NULL;
}

void shim_work_start(unsigned int workers, unsigned int cpu)
{
	stopping = false;
	for (n_threads = 0; n_threads < workers; n_threads++)
		if (pthread_create(&threads[n_threads], NULL, worker,
				   (void *)(uintptr_t)(cpu + n_threads)))
			shim_bug("a thread", __FILE__, __LINE__);
}

void shim_work_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	while (n_threads)
		pthread_join(threads[--n_threads], NULL);
}
