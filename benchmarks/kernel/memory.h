/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_MEMORY_H
#define _BENCH_MEMORY_H

#include <linux/types.h>

u64 bench_free_bytes(void);
void bench_await_memory(u64 look_ns);

#endif /* _BENCH_MEMORY_H */
