/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_RCUPDATE_H
#define _SHIM_LINUX_RCUPDATE_H

#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/types.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
unsigned long get_state_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long state);
void rcu_barrier(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));

/*
 * The kernel's order follows from the address that is loaded, which neither the
 * language nor ThreadSanitizer knows: an acquire is the nearest that they do.
 */
#define rcu_dereference(p)						\
({									\
	shim_step();							\
	__atomic_load_n(&(p), __ATOMIC_ACQUIRE);			\
})

#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)

#define rcu_dereference_protected(p, c)					\
({									\
	WARN_ON(!(c));							\
	(p);								\
})

#define rcu_assign_pointer(p, v)					\
do {									\
	__typeof__(p) shim_p = (v);					\
									\
	shim_step();							\
	__atomic_store_n(&(p), shim_p, __ATOMIC_RELEASE);		\
} while (0)

#endif /* _SHIM_LINUX_RCUPDATE_H */
