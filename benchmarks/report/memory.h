/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is there, or this program is not: nothing of what it does is worth
 * doing by halves.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stddef.h>

/* Room for one more after the first @count. */
void *grow(void *array, size_t count, size_t size);
char *copy_text(const char *text);
char *join_text(const char *first, const char *second);

#endif
