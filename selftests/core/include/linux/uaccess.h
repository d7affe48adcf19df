/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_UACCESS_H
#define _SHIM_LINUX_UACCESS_H

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define u64_to_user_ptr(address)	((void *)(uintptr_t)(address))

/* Fails if the page is to be absent, see shim.h. */
int copy_to_user_nofault(void *to, const void *from, size_t size);
int copy_struct_from_user(void *to, size_t ksize, const void *from, size_t usize);
void *memdup_user(const void *from, size_t size);

#define vmemdup_user(from, size)	memdup_user(from, size)

static inline unsigned long copy_from_user(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return 0;
}

static inline unsigned long copy_to_user(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return 0;
}

/* With page faults disabled, access fails if the page is to be absent. */
bool shim_user_access_begin(void);
void pagefault_disable(void);
void pagefault_enable(void);

#define user_read_access_begin(from, size)	shim_user_access_begin()
#define user_read_access_end()			do { } while (0)
#define user_write_access_begin(to, size)	shim_user_access_begin()
#define user_write_access_end()			do { } while (0)

#define unsafe_get_user(value, from, fault)				\
do {									\
	memcpy(&(value), from, sizeof(value));				\
	if (0)								\
		goto fault;						\
} while (0)

#define unsafe_put_user(value, to, fault)				\
do {									\
	memcpy(to, &(value), sizeof(value));				\
	if (0)								\
		goto fault;						\
} while (0)

static inline unsigned long clear_user(void *to, size_t size)
{
	memset(to, 0, size);
	return 0;
}

#define put_user(value, to)						\
({									\
	*(to) = (value);						\
	0;								\
})

#endif /* _SHIM_LINUX_UACCESS_H */
