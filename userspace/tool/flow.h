/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_FLOW_H
#define TOOL_FLOW_H

#include <stdio.h>

#include "maps.h"

/* What goes on in a map, or in all of them: a line for each interval, of 80 columns. */

void flow_print_header(FILE *out);

/* Levels of now; counts are those of @seconds that are just over. */
void flow_print(FILE *out, const struct ttlmap_stat *stat, double seconds);

/* All maps as one: levels of now, and counts since before, also of maps that came. */
struct ttlmap_stat flow_sum(const struct maps *now, const struct maps *before);

#endif /* TOOL_FLOW_H */
