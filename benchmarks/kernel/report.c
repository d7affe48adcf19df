// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/math64.h>
#include <linux/printk.h>

#include "report.h"

/**
 * bench_report() - a sample, as a line of the log that vm/bench-runner reads
 * @run: of which
 * @peer: whose
 * @name: of the case
 * @sum: the value, times @n
 * @n: by how much to divide
 * @unit: of the value
 */
void bench_report(const struct bench_run *run, const struct bench_peer *peer, const char *name,
		  u64 sum, u64 n, const char *unit)
{
	u64 tenths = div64_u64(sum * 10, n);

	if (run->round)
		pr_info("%s\t%s%s\t%u\t%llu.%llu\t%s\n", name, peer->name, run->variant,
			run->round, tenths / 10, tenths % 10, unit);
}
