/* SPDX-License-Identifier: GPL-2.0 */
/* One ioctl of a program: laid out, called, judged. */
#ifndef TTLMAP_FUZZ_INVOKE_H
#define TTLMAP_FUZZ_INVOKE_H

#include "program.h"

#define NAMES		10

/* What a thread of a program has for itself. */
struct invoker {
	bool alone;	/* nobody else writes to the same memory */
	u64 last_cursor;
	u64 last_version;
	int fail_nth;	/* opened when it is needed */
	u8 arg[1 << 15];
	u8 *ops;
};

void invoke_init(struct invoker *invoker, u32 thread, bool alone);
int invoke(struct invoker *invoker, const struct call *call, int fd);

#endif
