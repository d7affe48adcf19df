/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_PAGEMAP_H
#define _SHIM_LINUX_PAGEMAP_H

#include <linux/types.h>

#define fault_in_safe_writeable(to, size)	((void)(to), (void)(size), 0)

#endif /* _SHIM_LINUX_PAGEMAP_H */
