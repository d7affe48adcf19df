/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_CREW_H
#define TOOL_CREW_H

#include "worker.h"

/*
 * Starts the processes of a replay, shows how far they have come and waits for
 * them.  If one fails or is killed the others are ended, and so they are if this
 * process is asked to end (SIGINT, SIGTERM, SIGHUP).
 *
 * Returns 0; EXIT_TROUBLE with a message; or minus the signal that asked to end.
 */
int crew_run(const struct plan *plan, struct shared *shared);

#endif /* TOOL_CREW_H */
