/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for the kernel, as programs control it. The code of kmod/ is
 * compiled as it is against include/linux/; this is the other side of that.
 *
 * There are two ways to run it. By hand: one thread, and nothing happens that the
 * program did not ask for. Time stands still, work waits until somebody runs it, a
 * grace period ends when somebody ends it. With threads: readers are liburcu's,
 * work runs on threads of its own. Programs are linked with grace_hand.c for the
 * one and with grace_threads.c for the other.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <linux/hrtimer.h>
#include <linux/shrinker.h>
#include <linux/types.h>

#define SHIM_CPUS	64	/* at most */

/**
 * struct shim_memory - what programs know and decide about memory
 * @fail_at: the so many-th allocation from now on fails; 0 is none
 * @poison: what is freed is overwritten, where no sanitizer does that
 * @count: keep @allocated
 * @allocated: allocations that were not freed
 */
struct shim_memory {
	u64 fail_at;
	bool poison;
	bool count;
	long allocated;
};

extern struct shim_memory shim_memory;

/* The so many-th copy to user space that may not fault does; 0 is none. */
extern u64 shim_fault_at;

/* If set, it takes the place of xxh64(). */
extern u64 (*shim_hash)(const void *data, size_t len, u64 seed);

extern struct shrinker *shim_shrinker;

/* The clock is the machine's; nobody sets it then. */
extern bool shim_clock_real;

void shim_random_seed(u64 seed);
u64 shim_clock(void);
void shim_clock_set(u64 now);

/* By hand. */
bool shim_timer_armed(const struct hrtimer *timer);
bool shim_work_run(unsigned int which);
void shim_work_run_all(void);

/* Callbacks that wait for a grace period; ends those periods that can end. */
bool shim_grace_end(void);

/* With threads: how long to wait between one grace period and the next. */
extern unsigned int shim_grace_us;

/*
 * How long work may wait for company, so that whoever queues some need not wake anybody
 * up; 0 is not at all.
 */
extern unsigned int shim_work_us;

/* Those that run work and callbacks; each has a CPU of its own. */
void shim_threads_start(unsigned int workers, unsigned int first_cpu);
void shim_threads_stop(void);
void shim_thread_enter(unsigned int cpu);
void shim_thread_leave(void);
void shim_work_start(unsigned int workers, unsigned int first_cpu);
void shim_work_stop(void);

#endif /* _SHIM_H */
