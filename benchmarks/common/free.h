/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_FREE_H
#define BENCH_FREE_H

#include <stdint.h>

/*
 * Bytes of the machine's memory that nobody has, to the page, once what was let go of has
 * arrived there.
 */
uint64_t free_bytes(void);

#endif
