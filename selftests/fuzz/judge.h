/* SPDX-License-Identifier: GPL-2.0 */
/* What may come of a call: by the header, not by what the kernel does. */
#ifndef TTLMAP_FUZZ_JUDGE_H
#define TTLMAP_FUZZ_JUDGE_H

#include "program.h"

/* Shared with the children that run programs; the first complaint stays. */
struct complaint {
	u32 made;
	char text[256];
};

void judge_init(void);
const char *judge_complaint(void);
void judge_forget(void);
__attribute__((format(printf, 1, 2))) void judge_complain(const char *format, ...);

void judge_result(const struct call *call, int rc);
void judge_batch(const struct call *call, const struct ttlmap_batch *batch);
void judge_stat(const struct ttlmap_stat *stat);
void judge_scan(const struct ttlmap_scan *scan);
void judge_read(const char *buf, ssize_t bytes);

#endif
