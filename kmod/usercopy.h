/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short copies from and to user space. Keys and most values are a few words;
 * copy_from_user() and copy_to_user() first look up what kernel object the other side of
 * a copy belongs to (CONFIG_HARDENED_USERCOPY), which is ten times the work.
 */
#ifndef _TTLMAP_USERCOPY_H
#define _TTLMAP_USERCOPY_H

#include <linux/types.h>
#include <linux/uaccess.h>

/* Longer copies are better done by what is made for them. */
#define TM_COPY_SHORT	128

static inline int tm_copy_short_in(void *dst, const void __user *src, size_t size)
{
	if (!user_read_access_begin(src, size))
		return -EFAULT;
	for (; size >= sizeof(long); size -= sizeof(long)) {
		unsafe_get_user(*(long *)dst, (long __user *)src, fault);
		dst += sizeof(long);
		src += sizeof(long);
	}
	for (; size; size--) {
		unsafe_get_user(*(u8 *)dst, (u8 __user *)src, fault);
		dst++;
		src++;
	}
	user_read_access_end();
	return 0;
fault:
	user_read_access_end();
	return -EFAULT;
}

static inline int tm_copy_short_out(void __user *dst, const void *src, size_t size)
{
	if (!user_write_access_begin(dst, size))
		return -EFAULT;
	unsafe_copy_to_user(dst, src, size, fault);
	user_write_access_end();
	return 0;
fault:
	user_write_access_end();
	return -EFAULT;
}

/* Context: Process, may sleep. Return: 0 or -EFAULT. */
static inline int tm_copy_in(void *dst, const void __user *src, size_t size)
{
	if (size <= TM_COPY_SHORT)
		return tm_copy_short_in(dst, src, size);
	return copy_from_user(dst, src, size) ? -EFAULT : 0;
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
