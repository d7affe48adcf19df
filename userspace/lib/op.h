/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef TTLMAP_OP_H
#define TTLMAP_OP_H

#include <stddef.h>
#include <stdint.h>

#include <linux/ttlmap.h>

static inline __u64 ttlmap_address(const void *pointer)
{
	return (__u64)(uintptr_t)pointer;
}

/*
 * Carries out an operation on a key.  What it returns is in @op, of which a
 * failure leaves what the kernel says about it.
 */
int ttlmap_op_run(int fd, struct ttlmap_op *op, const void *key, size_t key_len);

/*
 * Puts a value, or the one that is expected, into an operation, whose lengths
 * have 32 bits.  Returns 0, or -1 and E2BIG for what no map can hold.
 */
int ttlmap_op_value(struct ttlmap_op *op, const void *value, size_t len);
int ttlmap_op_expect(struct ttlmap_op *op, const void *value, size_t len);

#endif /* TTLMAP_OP_H */
