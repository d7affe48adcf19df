/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_NAMED_H
#define TOOL_NAMED_H

#include "ttlmap.h"

/*
 * Finds a named map, whether this user may open it or not.  Returns 0, or -1 with
 * errno: ENOENT for none.
 */
int find_named(const char *name, struct ttlmap_list_item *item);

#endif /* TOOL_NAMED_H */
