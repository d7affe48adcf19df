/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_PPROF_H
#define TOOL_PPROF_H

#include "stacks.h"

/*
 * Writes stacks as pprof has profiles: a protobuf (profile.proto), compressed.
 * Returns -1 with errno.
 */
int pprof_write(const char *path, const struct stacks *stacks, uint64_t time_ns);

#endif /* TOOL_PPROF_H */
