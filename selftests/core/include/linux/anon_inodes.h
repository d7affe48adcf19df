/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_ANON_INODES_H
#define _SHIM_LINUX_ANON_INODES_H

/* compat.h includes it; whoever makes files is not among what is compiled here. */

#endif /* _SHIM_LINUX_ANON_INODES_H */
