/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_MUTEX_H
#define _SHIM_LINUX_MUTEX_H

#include <linux/lockdep.h>
#include <linux/spinlock.h>

/* Those of ttlmap are held so briefly here that whoever waits may spin. */
struct mutex {
	u32 locked;
};

#define DEFINE_MUTEX(name)	struct mutex name

static inline void mutex_init(struct mutex *mutex)
{
	mutex->locked = 0;
}

static inline bool mutex_trylock(struct mutex *mutex)
{
	shim_step();
	return !__atomic_exchange_n(&mutex->locked, 1, __ATOMIC_ACQUIRE);
}

static inline void mutex_lock(struct mutex *mutex)
{
	while (!mutex_trylock(mutex))
		shim_relax();
}

static inline void mutex_unlock(struct mutex *mutex)
{
	shim_step();
	__atomic_store_n(&mutex->locked, 0, __ATOMIC_RELEASE);
}

#endif /* _SHIM_LINUX_MUTEX_H */
