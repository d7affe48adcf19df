/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_STRING_H
#define _SHIM_LINUX_STRING_H

#include_next <linux/string.h>
#include <stdio.h>

#undef strscpy
#define strscpy(to, from, size)		((void)snprintf(to, size, "%s", from))

#endif /* _SHIM_LINUX_STRING_H */
