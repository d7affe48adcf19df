/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_MODULE_H
#define _SHIM_LINUX_MODULE_H

#include <linux/kernel.h>
#include <linux/moduleparam.h>

#define __init
#define __exit
#define THIS_MODULE			NULL
#define MODULE_DESCRIPTION(text)
#define MODULE_AUTHOR(text)
#define MODULE_LICENSE(text)
#define MODULE_VERSION(text)

#define __module_get(module)		do { } while (0)
#define module_put(module)		do { } while (0)

/* For programs to call. */
#define module_init(function)						\
int shim_module_init(void)						\
{									\
	return function();						\
}

#define module_exit(function)						\
void shim_module_exit(void)						\
{									\
	function();							\
}

int shim_module_init(void);
void shim_module_exit(void);

#endif /* _SHIM_LINUX_MODULE_H */
