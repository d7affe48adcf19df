/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs that run beside the module share. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

/* A number that an argument must be; does not return if it is not. */
uint64_t number_arg(const char *text);

uint64_t now_ns(void);

/* A bijection that looks random. */
uint64_t mix64(uint64_t x);

/* Where samples come from: what does not change within one run of a program. */
struct source {
	const char *rig;
	unsigned int round;
};

/* Prints a sample as ./bench reads it. */
void sample(const struct source *source, const char *name, const char *peer,
	    double value, const char *unit);

#endif
