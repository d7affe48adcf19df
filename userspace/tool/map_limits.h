/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_MAP_LIMITS_H
#define TOOL_MAP_LIMITS_H

#include <argp.h>

/*
 * Options that set a limit and its bit in the what of a struct ttlmap_tune, as a
 * child of a command's: limits that a map is made with, or that tuning changes.
 */
extern const struct argp limits_argp;

#endif /* TOOL_MAP_LIMITS_H */
