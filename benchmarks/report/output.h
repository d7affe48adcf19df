/* SPDX-License-Identifier: GPL-2.0 */
/* The forms in which results go out. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include "samples.h"

void table_print(const struct samples *samples);
void json_write(const struct samples *samples, const char *path);
void plots_write(const struct samples *samples, const char *folder);

#endif
