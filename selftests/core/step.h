/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single operations, on the map and on its model, with their results compared.
 */
#ifndef _STEP_H
#define _STEP_H

#include "model.h"

/* Tell what is done, for people. */
void step_trace_start(void);
void step_trace(const char *format, ...) __printf(1, 2);

void step_op(struct model *model, const struct request *request);
void step_clear(struct model *model);
void step_scan(struct model *model, u32 room, u32 flags);
void step_tune(struct model *model, const struct ttlmap_tune *tune);
void step_close(struct model *model, unsigned int owner);
void step_shrink(struct model *model, unsigned int n);

#endif /* _STEP_H */
