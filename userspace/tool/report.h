/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include "comparison.h"
#include "format.h"

/* What `ttlmap report' prints, on the standard output. */
void report_print(const struct comparison *comparison);
void report_print_json(const struct comparison *comparison);
void report_print_html(const struct comparison *comparison);

/* Words that text and HTML share. */
struct text report_time(int64_t time_ms);
struct text report_change(double bytes);
/* Bytes a day; no line says anything of a map that goes up and down. */
struct text report_pace(const struct growth *growth);
struct text report_hits(const struct usage *usage);

#endif /* TOOL_REPORT_H */
