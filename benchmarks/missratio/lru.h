/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_LRU_H
#define BENCH_LRU_H

#include "trace.h"

/* What an exact LRU of that capacity misses. */
size_t lru_misses(const struct trace *trace, size_t capacity);

#endif
