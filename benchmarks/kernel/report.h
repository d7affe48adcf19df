/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_REPORT_H
#define _BENCH_REPORT_H

#include "peer.h"
#include "round.h"

void bench_report(const struct bench_run *run, const struct bench_peer *peer, const char *name,
		  u64 sum, u64 n, const char *unit);

#endif /* _BENCH_REPORT_H */
