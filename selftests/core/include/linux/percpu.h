/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_PERCPU_H
#define _SHIM_LINUX_PERCPU_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/types.h>

/*
 * A CPU is a number that a thread, or whoever takes turns, has for itself. What it
 * adds to is its own; others only read it. Somewhat more than 1 KiB apart, so that
 * CPUs share neither lines nor sets of the cache.
 */
#define SHIM_PERCPU_STRIDE	(1024 + 64)

extern unsigned int nr_cpu_ids;
extern __thread unsigned int shim_cpu;

void *shim_percpu_alloc(size_t size, gfp_t gfp);
void free_percpu(void *percpu);

#define num_possible_cpus()	nr_cpu_ids
#define raw_smp_processor_id()	shim_cpu
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < (int)nr_cpu_ids; (cpu)++)

#define alloc_percpu_gfp(type, gfp)	((type *)shim_percpu_alloc(sizeof(type), gfp))
#define per_cpu_ptr(ptr, cpu)						\
	((__typeof__(ptr))((uintptr_t)(ptr) + (size_t)(cpu) * SHIM_PERCPU_STRIDE))
#define this_cpu_ptr(ptr)	per_cpu_ptr(ptr, shim_cpu)
#define raw_cpu_ptr(ptr)	this_cpu_ptr(ptr)

#define this_cpu_add_return(var, n)					\
({									\
	__typeof__(&(var)) shim_var = this_cpu_ptr(&(var));		\
	__typeof__(var) shim_sum = *shim_var + (n);			\
									\
	__atomic_store_n(shim_var, shim_sum, __ATOMIC_RELAXED);		\
	shim_sum;							\
})

#define this_cpu_read(var)	READ_ONCE(*this_cpu_ptr(&(var)))

#define this_cpu_cmpxchg(var, old, new)					\
({									\
	__typeof__(var) shim_seen = *this_cpu_ptr(&(var));		\
									\
	if (shim_seen == (old))						\
		WRITE_ONCE(*this_cpu_ptr(&(var)), new);			\
	shim_seen;							\
})

#define this_cpu_add(var, n)		((void)this_cpu_add_return(var, n))
#define this_cpu_inc(var)		this_cpu_add(var, 1)
#define this_cpu_dec(var)		this_cpu_add(var, -1)
#define this_cpu_inc_return(var)	this_cpu_add_return(var, 1)

#endif /* _SHIM_LINUX_PERCPU_H */
