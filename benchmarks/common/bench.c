// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"

uint64_t number_arg(const char *text)
{
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || end == text || *end)
		errx(2, "%s: not a number", text);
	return number;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The finalizer of splitmix64. */
uint64_t mix64(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

void sample(const struct source *source, const char *name, const char *peer,
	    double value, const char *unit)
{
	printf("%s\t%s\t%s\t%u\t%.6g\t%s\n", source->rig, name, peer, source->round, value, unit);
	if (fflush(stdout))
		err(1, "standard output");
}
