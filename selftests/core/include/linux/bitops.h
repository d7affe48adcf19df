/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#include_next <linux/bitops.h>

#undef hweight64
#define hweight64(word)	__builtin_popcountll(word)
#define __ffs64(word)	__builtin_ctzll(word)

static inline u64 ror64(u64 word, unsigned int by)
{
	return word >> (by & 63) | word << (-by & 63);
}

#endif /* _SHIM_LINUX_BITOPS_H */
