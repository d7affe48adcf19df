/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FIELDS_H
#define TOOL_FIELDS_H

#include <stdbool.h>

#include "ttlmap.h"

struct json_object;

/*
 * The fields of struct ttlmap_stat by their names, which debugfs and JSON use
 * as well.
 */

/* Sets a field from text; false if there is no such field, or no such value. */
bool field_set(struct ttlmap_stat *stat, const char *name, const char *value);

/* All fields as an object. */
struct json_object *json_stat(const struct ttlmap_stat *stat);

/* Make counts those since an earlier moment; all else stays. */
void stat_since(struct ttlmap_stat *stat, const struct ttlmap_stat *before);

/* TTLMAP_F_* as an array of names. */
struct json_object *json_map_flags(unsigned int flags);

/* TTLMAP_F_* as the options of `ttlmap create'. */
const char *map_flag_option(unsigned int flag);

#endif /* TOOL_FIELDS_H */
