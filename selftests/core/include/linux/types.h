/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_TYPES_H
#define _SHIM_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <asm/posix_types.h>
#include <asm/types.h>
#include <linux/compiler.h>

#define __must_check
#define __bitwise

#define U8_MAX		0xff
#define U32_MAX		0xffffffffU
#define U64_MAX		0xffffffffffffffffULL

typedef __u64 u64;
typedef __s64 s64;
typedef __u32 u32;
typedef __s32 s32;
typedef __u16 u16;
typedef __u8 u8;
typedef __s8 s8;
typedef unsigned int gfp_t;
typedef unsigned int __poll_t;
typedef unsigned int fmode_t;
typedef unsigned int slab_flags_t;

typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	s64 counter;
} atomic64_t;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#endif /* _SHIM_LINUX_TYPES_H */
