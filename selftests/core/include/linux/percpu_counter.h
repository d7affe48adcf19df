/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_PERCPU_COUNTER_H
#define _SHIM_LINUX_PERCPU_COUNTER_H

#include <linux/bug.h>
#include <linux/percpu.h>

struct percpu_counter {
	atomic64_t sum;
	s64 *local;
};

int percpu_counter_init(struct percpu_counter *counter, s64 start, gfp_t gfp);
void percpu_counter_destroy(struct percpu_counter *counter);
void percpu_counter_add_batch(struct percpu_counter *counter, s64 n, s32 batch);
s64 percpu_counter_sum(struct percpu_counter *counter);
int __percpu_counter_compare(struct percpu_counter *counter, s64 limit, s32 batch);

#endif /* _SHIM_LINUX_PERCPU_COUNTER_H */
