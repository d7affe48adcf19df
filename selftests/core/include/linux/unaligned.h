/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_UNALIGNED_H
#define _SHIM_LINUX_UNALIGNED_H

#define get_unaligned(ptr)						\
({									\
	struct {							\
		__typeof__(*(ptr)) value;				\
	} __attribute__((packed)) const *__at = (const void *)(ptr);	\
									\
	__at->value;							\
})

#endif /* _SHIM_LINUX_UNALIGNED_H */
