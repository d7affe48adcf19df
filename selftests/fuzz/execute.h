/* SPDX-License-Identifier: GPL-2.0 */
/* Runs programs in a process apart, with a thread for each of their threads. */
#ifndef TTLMAP_FUZZ_EXECUTE_H
#define TTLMAP_FUZZ_EXECUTE_H

#include "program.h"

/* Descriptors of a program: those it makes, and some that are there already. */
enum { SLOT_DEVICE = 12, SLOT_NULL, SLOT_NONE, SLOTS };

void execute_init(void);
void execute_program(const struct program *program);

#endif
