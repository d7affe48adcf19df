/* SPDX-License-Identifier: GPL-2.0 */
/* The programs that reached something new. */
#ifndef TTLMAP_FUZZ_CORPUS_H
#define TTLMAP_FUZZ_CORPUS_H

#include "program.h"

void corpus_add(const struct program *program);
u32 corpus_size(void);
const struct program *corpus_pick(struct rng *rng);

#endif
