/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_UIDGID_H
#define _SHIM_LINUX_UIDGID_H

typedef unsigned int kuid_t;
typedef unsigned int kgid_t;

#endif /* _SHIM_LINUX_UIDGID_H */
