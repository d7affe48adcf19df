/* SPDX-License-Identifier: GPL-2.0 */
/* New programs, out of nothing and out of others. */
#ifndef TTLMAP_FUZZ_GENERATE_H
#define TTLMAP_FUZZ_GENERATE_H

#include "program.h"

void generate_program(struct rng *rng, struct program *program);
void generate_mutation(struct rng *rng, struct program *program, const struct program *other);

#endif
