/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_LOCKDEP_H
#define _SHIM_LINUX_LOCKDEP_H

#include <linux/bug.h>

/* Held by somebody, which is as much as a lock without an owner knows. */
#define lockdep_is_held(lock)	__atomic_load_n(&(lock)->locked, __ATOMIC_RELAXED)

#define lockdep_assert_held(lock)	WARN_ON(!lockdep_is_held(lock))

#endif /* _SHIM_LINUX_LOCKDEP_H */
