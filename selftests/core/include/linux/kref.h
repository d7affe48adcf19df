/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_KREF_H
#define _SHIM_LINUX_KREF_H

#include <linux/types.h>

struct kref {
	int refs;
};

static inline void kref_init(struct kref *kref)
{
	kref->refs = 1;
}

static inline void kref_get(struct kref *kref)
{
	__atomic_fetch_add(&kref->refs, 1, __ATOMIC_RELAXED);
}

/* Whether it was the last one. */
static inline bool shim_kref_put(struct kref *kref)
{
	return __atomic_sub_fetch(&kref->refs, 1, __ATOMIC_ACQ_REL) == 0;
}

#endif /* _SHIM_LINUX_KREF_H */
