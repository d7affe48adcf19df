/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_ASM_BYTEORDER_H
#define _SHIM_ASM_BYTEORDER_H

#include <endian.h>
#include <linux/types.h>

typedef u64 __le64;

#define le64_to_cpu	le64toh

#endif /* _SHIM_ASM_BYTEORDER_H */
