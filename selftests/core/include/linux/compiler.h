/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_COMPILER_H
#define _SHIM_LINUX_COMPILER_H

#include_next <linux/compiler.h>

/*
 * Where the scheduler of interleavings may switch: before each access that others
 * can see. Elsewhere it is nothing.
 */
#ifdef SHIM_STEPS
void shim_step(void);
#else
static inline void shim_step(void)
{
}
#endif

#define __cold			__attribute__((cold))
#define __percpu
#define __uninitialized
#define ____cacheline_aligned_in_smp	__attribute__((aligned(64)))

/* Relaxed atomic accesses are what these are to a compiler and to ThreadSanitizer. */
#undef READ_ONCE
#define READ_ONCE(x)							\
({									\
	shim_step();							\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);			\
})

#undef WRITE_ONCE
#define WRITE_ONCE(x, val)						\
do {									\
	__typeof__(x) shim_val = (val);					\
									\
	shim_step();							\
	__atomic_store_n(&(x), shim_val, __ATOMIC_RELAXED);		\
} while (0)

#endif /* _SHIM_LINUX_COMPILER_H */
