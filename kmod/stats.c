// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Statistics
 *
 * Owns the event counters of a map: one set a CPU, written by that CPU alone
 * with one instruction and no lock, added up by whoever asks. A sum taken while
 * operations run misses none that had ended when it began.
 */
#include "stats.h"

u64 tm_stat_sum(const struct tm_stats __percpu *stats, enum tm_stat which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->count[which]);
	return sum;
}
