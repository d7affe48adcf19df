/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_RULE_H
#define TOOL_RULE_H

#include "format.h"

/* The rules by which a map gives alarm. */

/* Its name, as in "growth"; "?" for one that this tool does not know. */
const char *rule_name(unsigned int rule);

/* The number of a rule by its name; -1 if there is none. */
int rule_by_name(const char *name);

/* A figure or threshold in its unit. */
struct text rule_figure(unsigned int rule, uint64_t figure);

/* The same; one that this tool does not know is a mere number. */
struct text rule_figure_by_name(const char *name, uint64_t figure);

#endif /* TOOL_RULE_H */
