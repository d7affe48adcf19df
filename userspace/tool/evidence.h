/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_EVIDENCE_H
#define TOOL_EVIDENCE_H

#include <stdbool.h>

#include "alarms.h"
#include "classes.h"
#include "history.h"
#include "owners.h"
#include "ttlmap.h"

/**
 * struct evidence - all figures that there are about a map
 * @stat: its own
 * @inside: debugfs was readable: without it what follows is empty
 * @owners: who wrote what is resident
 * @ages: entries by how long they have been idle, in seconds
 * @ttls: entries by what is left of their TTL
 * @history: what it was like
 * @alarms: what the kernel has noticed
 */
struct evidence {
	struct ttlmap_stat stat;
	bool inside;
	struct owners owners;
	struct classes ages;
	struct classes ttls;
	struct history history;
	struct alarms alarms;
};

/* Of a map by its name.  Returns 0, or EXIT_TROUBLE with a message. */
int evidence_read(struct evidence *evidence, const char *map);
void evidence_free(struct evidence *evidence);

/* What the kernel has beside the figures of a map.  Returns -1 with errno. */
int evidence_read_inside(struct evidence *evidence);

#endif /* TOOL_EVIDENCE_H */
