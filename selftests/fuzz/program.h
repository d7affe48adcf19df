/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program: calls in a row, each for one of some threads. As text it is a line
 * a call, THREAD NAME FIELD=VALUE..., up to an empty line; what is not named is
 * zero, and what follows a # is a remark.
 */
#ifndef TTLMAP_FUZZ_PROGRAM_H
#define TTLMAP_FUZZ_PROGRAM_H

#include "../common.h"

#define PROGRAM_CALLS	40
#define PROGRAM_THREADS	4
#define CALL_VALUES	24

/* Stands for what the thread's last call of this kind returned. */
#define VALUE_LAST	0x4c41535400000000ULL

struct call {
	u32 form;
	u32 thread;
	u64 value[CALL_VALUES];
};

struct program {
	u32 n;
	struct call call[PROGRAM_CALLS];
};

void program_print(FILE *to, const struct program *program);
int program_read(FILE *from, const char *name, struct program *program);
void program_remove(struct program *program, u32 first, u32 n);
bool program_insert(struct program *program, u32 at, const struct call *call);

#endif
