// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Statistics
 *
 * Owns the event counters of a map: one set a CPU, written by that CPU alone
 * with one instruction and no lock, added up by whoever asks. A sum taken while
 * operations run misses none that had ended when it began. Beside them, what was
 * the worst so far, and how late entries were removed.
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

/* Whatever this CPU does between the two looks, the largest remains. */
void tm_stat_raise(struct tm_stats __percpu *stats, enum tm_worst which, u64 n)
{
	u64 seen, old = this_cpu_read(stats->worst[which]);

	while (n > old) {
		seen = this_cpu_cmpxchg(stats->worst[which], old, n);
		if (seen == old)
			return;
		old = seen;
	}
}

u64 tm_stat_largest(const struct tm_stats __percpu *stats, enum tm_worst which)
{
	u64 largest = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		largest = max(largest, READ_ONCE(per_cpu_ptr(stats, cpu)->worst[which]));
	return largest;
}

u64 tm_stat_lag_sum(const struct tm_stats __percpu *stats, unsigned int class)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->lag[class]);
	return sum;
}
