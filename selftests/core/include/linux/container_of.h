/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_CONTAINER_OF_H
#define _SHIM_LINUX_CONTAINER_OF_H

#include <linux/kernel.h>

#endif /* _SHIM_LINUX_CONTAINER_OF_H */
