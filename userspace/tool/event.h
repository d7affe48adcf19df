/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_EVENT_H
#define TOOL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "show.h"
#include "ttlmap.h"

/* The number of an event by its name; -1 if there is none. */
int event_by_name(const char *name);

/* The name of a number, as in "expired"; NULL if this tool does not know it. */
const char *event_name(unsigned int event);

/* A line on the standard output, and one before it if events were dropped. */
void event_print(const struct ttlmap_event *event, const struct show *show);
void event_print_json(const struct ttlmap_event *event, const struct show *show);

#endif /* TOOL_EVENT_H */
