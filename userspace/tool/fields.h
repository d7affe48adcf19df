/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FIELDS_H
#define TOOL_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ttlmap.h"

struct json_object;

/*
 * The fields of struct ttlmap_stat by their names, which debugfs and JSON use
 * as well.
 */

enum field_kind {
	FIELD_ID,
	FIELD_SETTING,	/* as the map was made or tuned */
	FIELD_LEVEL,	/* goes up and down */
	FIELD_COUNT,	/* up, as long as the map lives */
};

/**
 * struct field - a number of struct ttlmap_stat
 * @name: of the member
 * @offset: of the member
 * @size: of the member, 4 or 8
 * @kind: what becomes of it with time
 */
struct field {
	const char *name;
	size_t offset;
	size_t size;
	enum field_kind kind;
};

/* All but the name and what is of one descriptor only; ends with a NULL name. */
extern const struct field fields[];

const struct field *field_find(const char *name);
uint64_t field_get(const struct ttlmap_stat *stat, const struct field *field);
void field_put(struct ttlmap_stat *stat, const struct field *field, uint64_t number);

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
