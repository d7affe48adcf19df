/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short copies from and to user space. Keys, operations and most values are a few words;
 * copy_from_user() and copy_to_user() first look up what kernel object the other side of
 * a copy belongs to (CONFIG_HARDENED_USERCOPY), which is ten times the work, and copy by
 * an instruction that takes its time to start.
 */
#ifndef _TTLMAP_USERCOPY_H
#define _TTLMAP_USERCOPY_H

#include <linux/types.h>
#include <linux/uaccess.h>

#include "compat.h"

/* Longer copies are better done by what is made for them. */
#define TM_COPY_SHORT	128

static __always_inline int tm_copy_short_in(void *dst, const void __user *src, size_t size)
{
	size_t i;

	/* A masked address that is not the user's faults. */
	if (can_do_masked_user_access())
		src = masked_user_access_begin(src);
	else if (!user_read_access_begin(src, size))
		return -EFAULT;
	for (i = 0; i + sizeof(long) <= size; i += sizeof(long))
		unsafe_get_user(*(long *)(dst + i), (long __user *)(src + i), fault);
	for (; i < size; i++)
		unsafe_get_user(*(u8 *)(dst + i), (u8 __user *)(src + i), fault);
	user_read_access_end();
	return 0;
fault:
	user_read_access_end();
	return -EFAULT;
}

static __always_inline int tm_copy_short_out(void __user *dst, const void *src, size_t size)
{
	size_t i;

	if (can_do_masked_user_access())
		dst = masked_user_access_begin(dst);
	else if (!user_write_access_begin(dst, size))
		return -EFAULT;
	for (i = 0; i + sizeof(long) <= size; i += sizeof(long))
		unsafe_put_user(*(const long *)(src + i), (long __user *)(dst + i), fault);
	for (; i < size; i++)
		unsafe_put_user(*(const u8 *)(src + i), (u8 __user *)(dst + i), fault);
	user_write_access_end();
	return 0;
fault:
	user_write_access_end();
	return -EFAULT;
}

/* Context: Process, may sleep. Return: 0 or -EFAULT. */
static __always_inline int tm_copy_in(void *dst, const void __user *src, size_t size)
{
	if (size <= TM_COPY_SHORT)
		return tm_copy_short_in(dst, src, size);
	return copy_from_user(dst, src, size) ? -EFAULT : 0;
}

/* Context: Process, may sleep. Return: 0 or -EFAULT. */
static __always_inline int tm_copy_out(void __user *dst, const void *src, size_t size)
{
	if (size <= TM_COPY_SHORT)
		return tm_copy_short_out(dst, src, size);
	return copy_to_user(dst, src, size) ? -EFAULT : 0;
}

/* Context: Any of a process. Return: 0, or -EFAULT also if a page has to be brought in. */
static inline int tm_copy_out_nofault(void __user *dst, const void *src, size_t size)
{
	int err;

	if (size > TM_COPY_SHORT)
		return copy_to_user_nofault(dst, src, size);
	pagefault_disable();
	err = tm_copy_short_out(dst, src, size);
	pagefault_enable();
	return err;
}

#endif /* _TTLMAP_USERCOPY_H */
