/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_FS_H
#define _SHIM_LINUX_FS_H

#define FMODE_READ	1U
#define FMODE_WRITE	2U

#endif /* _SHIM_LINUX_FS_H */
