/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_LLIST_H
#define _SHIM_LINUX_LLIST_H

#include <include/linux/llist.h>

#endif /* _SHIM_LINUX_LLIST_H */
