/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_HTTP_H
#define TOOL_HTTP_H

#include <netdb.h>

#include "metrics.h"

/*
 * Answers GET /metrics until SIGTERM or SIGINT.  Each answer is made when it is asked
 * for; in OpenMetrics if the client takes that.  Returns what the tool exits with.
 */
int http_serve(const struct addrinfo *address, int (*read)(struct metrics *metrics));

#endif /* TOOL_HTTP_H */
