/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_BUG_H
#define _SHIM_LINUX_BUG_H

#include <linux/compiler.h>

/* In tests a warning is a failure. */
void shim_bug(const char *what, const char *file, int line) __attribute__((noreturn));

#define WARN_ON(condition)						\
({									\
	if (condition)							\
		shim_bug(#condition, __FILE__, __LINE__);		\
	false;								\
})

#define WARN_ON_ONCE(condition)	WARN_ON(condition)

#endif /* _SHIM_LINUX_BUG_H */
