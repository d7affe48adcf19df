/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What KCOV saw of the module: pairs of blocks one after the other, which tell
 * more than the blocks alone, and the blocks, which are easier to speak of.
 */
#ifndef TTLMAP_FUZZ_COVERAGE_H
#define TTLMAP_FUZZ_COVERAGE_H

#include "../common.h"

struct edges {
	u32 n;
	u32 *edge;
};

void coverage_open(void);
void coverage_enable(u32 thread);
void coverage_reset(void);
struct edges coverage_new(void);
bool coverage_again(const struct edges *edges);
u32 coverage_edges(void);
u32 coverage_blocks(void);
void coverage_print(void);

#endif
