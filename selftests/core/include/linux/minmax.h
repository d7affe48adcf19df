/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_MINMAX_H
#define _SHIM_LINUX_MINMAX_H

#define min(a, b)							\
({									\
	__typeof__(a) shim_a = (a);					\
	__typeof__(b) shim_b = (b);					\
									\
	shim_a < shim_b ? shim_a : shim_b;				\
})

#define max(a, b)							\
({									\
	__typeof__(a) shim_c = (a);					\
	__typeof__(b) shim_d = (b);					\
									\
	shim_c > shim_d ? shim_c : shim_d;				\
})

#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp_t(type, val, lo, hi)	min_t(type, max_t(type, val, lo), hi)

#endif /* _SHIM_LINUX_MINMAX_H */
