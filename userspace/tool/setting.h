/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_SETTING_H
#define TOOL_SETTING_H

#include "fields.h"

/* What a map was made or tuned to be, for people. */

/* "capacity", "default TTL". */
const char *setting_title(const struct field *field);

/* The value in its unit.  Flags come one after the other into a longer text. */
void setting_value(const struct field *field, uint64_t value, char *text, size_t size);

#endif /* TOOL_SETTING_H */
