/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_ATOMIC_H
#define _SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* As in the kernel: what returns a value is ordered, what does not is not. */
#define xchg(ptr, val)							\
({									\
	shim_step();							\
	__atomic_exchange_n(ptr, val, __ATOMIC_SEQ_CST);		\
})

#define try_cmpxchg(ptr, old, new)					\
({									\
	shim_step();							\
	__atomic_compare_exchange_n(ptr, old, new, false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED); \
})

#define cmpxchg(ptr, old, new)						\
({									\
	__typeof__(*(ptr)) shim_old = (old);				\
									\
	try_cmpxchg(ptr, &shim_old, new);				\
	shim_old;							\
})

/* Barriers that ThreadSanitizer knows. Whoever uses them says what they pair with. */
#define smp_load_acquire(ptr)						\
({									\
	shim_step();							\
	__atomic_load_n(ptr, __ATOMIC_ACQUIRE);				\
})

/* Likewise. */
#define smp_store_release(ptr, val)					\
do {									\
	__typeof__(*(ptr)) shim_new = (val);				\
									\
	shim_step();							\
	__atomic_store_n(ptr, shim_new, __ATOMIC_RELEASE);		\
} while (0)

/* Likewise; what these order are counters, and nobody's memory. */
#define smp_rmb()	__sync_synchronize()

/* Likewise. */
#define smp_wmb()	__sync_synchronize()

#define SHIM_ATOMIC(prefix, type, value)				\
static inline value prefix##_read(const type *v)			\
{									\
	return READ_ONCE(v->counter);					\
}									\
									\
static inline void prefix##_set(type *v, value n)			\
{									\
	WRITE_ONCE(v->counter, n);					\
}									\
									\
static inline void prefix##_add(value n, type *v)			\
{									\
	shim_step();							\
	__atomic_fetch_add(&v->counter, n, __ATOMIC_RELAXED);		\
}									\
									\
static inline value prefix##_add_return(value n, type *v)		\
{									\
	shim_step();							\
	return __atomic_add_fetch(&v->counter, n, __ATOMIC_SEQ_CST);	\
}									\
									\
static inline bool prefix##_try_cmpxchg(type *v, value *old, value new)	\
{									\
	return try_cmpxchg(&v->counter, old, new);			\
}									\
									\
static inline value prefix##_cmpxchg(type *v, value old, value new)	\
{									\
	prefix##_try_cmpxchg(v, &old, new);				\
	return old;							\
}									\
									\
static inline void prefix##_sub(value n, type *v)			\
{									\
	prefix##_add(-n, v);						\
}									\
									\
static inline void prefix##_inc(type *v)				\
{									\
	prefix##_add(1, v);						\
}									\
									\
static inline void prefix##_dec(type *v)				\
{									\
	prefix##_add(-1, v);						\
}

SHIM_ATOMIC(atomic_long, atomic_long_t, long)
SHIM_ATOMIC(atomic64, atomic64_t, s64)

#endif /* _SHIM_LINUX_ATOMIC_H */
