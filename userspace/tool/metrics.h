/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_METRICS_H
#define TOOL_METRICS_H

#include <stdio.h>

#include "alarms.h"
#include "maps.h"

enum metrics_format {
	METRICS_OPENMETRICS,	/* 1.0.0 */
	METRICS_TEXT,		/* Prometheus' own, 0.0.4: what node_exporter reads */
};

/**
 * struct metrics - what is exported
 * @maps: figures of all maps
 * @alarms: of each of them, in the same order
 */
struct metrics {
	struct maps maps;
	struct alarms *alarms;
};

/* Of now.  Returns -1 with errno. */
int metrics_read(struct metrics *metrics);
void metrics_free(struct metrics *metrics);

void metrics_print(FILE *out, const struct metrics *metrics, enum metrics_format format);

const char *metrics_content_type(enum metrics_format format);

#endif /* TOOL_METRICS_H */
