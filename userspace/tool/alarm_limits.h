/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_ALARM_LIMITS_H
#define TOOL_ALARM_LIMITS_H

#include <argp.h>

/* Options that set thresholds in a struct ttlmap_tune, as a child of a command's. */
extern const struct argp alarm_limits_argp;

#endif /* TOOL_ALARM_LIMITS_H */
