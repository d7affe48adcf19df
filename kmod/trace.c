// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Tracepoints
 *
 * Owns the events of trace.h: what becomes of maps, entries and segments, for perf,
 * trace-cmd, bpftrace and tracefs. One that is off costs an instruction that does
 * nothing. A key is shown as its hash, which is its own in each map; nothing of a key
 * or a value is.
 */
#include "lookup.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Somebody traces hits or misses. Context: Process, may sleep. */
int tm_trace_lookups(void)
{
	tm_lookup_watch(true);
	return 0;
}

void tm_trace_no_lookups(void)
{
	tm_lookup_watch(false);
}
