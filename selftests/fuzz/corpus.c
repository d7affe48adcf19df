// SPDX-License-Identifier: GPL-2.0
#include <err.h>

#include "corpus.h"

static struct program *programs;
static u32 n_programs;

void corpus_add(const struct program *program)
{
	programs = realloc(programs, (n_programs + 1) * sizeof(*programs));
	if (!programs)
		err(2, "memory");
	programs[n_programs++] = *program;
}

u32 corpus_size(void)
{
	return n_programs;
}

/* The newest have been tried the least. */
const struct program *corpus_pick(struct rng *rng)
{
	u32 newest = n_programs / 8 + 1;

	if (rng_below(rng, 2))
		return &programs[n_programs - 1 - rng_below(rng, newest)];
	return &programs[rng_below(rng, n_programs)];
}
