/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_RECORDER_H
#define TOOL_RECORDER_H

#include "alarms.h"
#include "maps.h"
#include "recording.h"

/**
 * struct look - all maps at one moment
 * @time_ms: since 1970
 * @boot: which boot of the machine it is
 * @maps: their figures
 * @alarms: of each of them, in the same order
 */
struct look {
	int64_t time_ms;
	const char *boot;
	const struct maps *maps;
	const struct alarms *alarms;
};

/* Adds it, all or nothing.  Both return EXIT_TROUBLE with a message. */
int recorder_add(const struct recording *recording, const struct look *look);

/* Takes away what was recorded before, and gives the room back. */
int recorder_forget(const struct recording *recording, int64_t before_ms);

#endif /* TOOL_RECORDER_H */
