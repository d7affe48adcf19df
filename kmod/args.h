/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Structures that grow, on their way from and to user space: the rules of
 * uapi/linux/ttlmap.h. Inlined for those of the kernel's own size: a copy of constant
 * size needs no look at where in the kernel it goes.
 */
#ifndef _TTLMAP_ARGS_H
#define _TTLMAP_ARGS_H

#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "usercopy.h"

static __always_inline int tm_args_in(void *dst, size_t ksize, const void __user *src,
				      size_t usize, size_t min_size)
{
	if (usize < min_size)
		return -EINVAL;
	if (likely(usize == ksize))
		return tm_copy_in(dst, src, ksize);
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(dst, ksize, src, usize);
}

/* What the caller knows and the kernel does not is zero. */
static __always_inline int tm_args_out(void __user *dst, size_t usize, const void *src,
				       size_t ksize)
{
	size_t size = min(usize, ksize);

	if (likely(usize == ksize))
		return tm_copy_out(dst, src, ksize);
	if (copy_to_user(dst, src, size) || clear_user(dst + size, usize - size))
		return -EFAULT;
	return 0;
}

#endif /* _TTLMAP_ARGS_H */
