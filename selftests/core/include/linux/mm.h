/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_MM_H
#define _SHIM_LINUX_MM_H

#include <malloc.h>
#include <linux/align.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_ALIGN(address)	ALIGN(address, PAGE_SIZE)

/* What kvmalloc() of the kernel takes from vmalloc. */
#define is_vmalloc_addr(address)	(malloc_usable_size((void *)(address)) > 8 * PAGE_SIZE)
#define totalram_pages()		(1UL << 22)

#endif /* _SHIM_LINUX_MM_H */
