/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_SPINLOCK_H
#define _SHIM_LINUX_SPINLOCK_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

/* Four bytes, as in the kernel: a segment is 1 KiB with its lock. */
typedef struct {
	u32 locked;
} spinlock_t;

/* What whoever waits for a lock does: lets others run, or reports a deadlock. */
void shim_relax(void);

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->locked = 0;
}

static inline bool spin_trylock(spinlock_t *lock)
{
	shim_step();
	return !__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE);
}

static inline void spin_lock(spinlock_t *lock)
{
	while (!spin_trylock(lock))
		while (__atomic_load_n(&lock->locked, __ATOMIC_RELAXED))
			shim_relax();
}

static inline void spin_unlock(spinlock_t *lock)
{
	shim_step();
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

#define spin_lock_nested(lock, subclass)	spin_lock(lock)
#define spin_lock_bh(lock)			spin_lock(lock)
#define spin_unlock_bh(lock)			spin_unlock(lock)

#endif /* _SHIM_LINUX_SPINLOCK_H */
