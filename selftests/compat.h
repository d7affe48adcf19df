/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What compat_test and its 32-bit companion compat_client agree on. Both include
 * it beside different C libraries: nothing but the ABI's own header is used.
 */
#ifndef TTLMAP_SELFTEST_COMPAT_H
#define TTLMAP_SELFTEST_COMPAT_H

#include <linux/ttlmap.h>

/* Descriptors that the companion starts with. */
#define COMPAT_MAP	3	/* 8-byte keys and values, VERSIONS and OWNERS */
#define COMPAT_COUNTERS	4	/* COUNTERS */
#define COMPAT_REPORT	5	/* where it writes, if it has something to report */

#define COMPAT_NAME	"compat.map"
#define COMPAT_ENTRIES	1000	/* keys from 0, each its own value */
#define COMPAT_ADDS	20000	/* to counter 0, by each of both */

/* Sizes and places that have to be the same for both. */
static const __u64 compat_layout[] = {
	sizeof(struct ttlmap_create), sizeof(struct ttlmap_open),
	sizeof(struct ttlmap_unlink), sizeof(struct ttlmap_list_item),
	sizeof(struct ttlmap_list), sizeof(struct ttlmap_op),
	sizeof(struct ttlmap_batch), sizeof(struct ttlmap_record),
	sizeof(struct ttlmap_scan), sizeof(struct ttlmap_tune),
	sizeof(struct ttlmap_freeze), sizeof(struct ttlmap_stat),
	__builtin_offsetof(struct ttlmap_create, max_entries),
	__builtin_offsetof(struct ttlmap_create, name),
	__builtin_offsetof(struct ttlmap_open, name),
	__builtin_offsetof(struct ttlmap_unlink, name),
	__builtin_offsetof(struct ttlmap_list_item, name),
	__builtin_offsetof(struct ttlmap_list, item_size),
	__builtin_offsetof(struct ttlmap_op, ttl_ns),
	__builtin_offsetof(struct ttlmap_op, version),
	__builtin_offsetof(struct ttlmap_op, arg),
	__builtin_offsetof(struct ttlmap_batch, flags),
	__builtin_offsetof(struct ttlmap_record, version),
	__builtin_offsetof(struct ttlmap_record, head),
	__builtin_offsetof(struct ttlmap_scan, done),
	__builtin_offsetof(struct ttlmap_tune, jitter_ns),
	__builtin_offsetof(struct ttlmap_stat, name),
	__builtin_offsetof(struct ttlmap_stat, expire_lag_max_ns),
	TTLMAP_IOC_CREATE, TTLMAP_IOC_OPEN, TTLMAP_IOC_UNLINK, TTLMAP_IOC_LIST,
	TTLMAP_IOC_OP, TTLMAP_IOC_BATCH, TTLMAP_IOC_SCAN, TTLMAP_IOC_STAT,
	TTLMAP_IOC_TUNE, TTLMAP_IOC_FREEZE,
};

#define COMPAT_LAYOUT (sizeof(compat_layout) / sizeof(compat_layout[0]))

#endif
