// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "measure.h"
#include "memory.h"

/* Context: Process. Return: what nobody has, once what waits for RCU has been freed. */
u64 bench_free_bytes(void)
{
	struct sysinfo info;

	rcu_barrier();
	si_meminfo(&info);
	return (u64)info.freeram * info.mem_unit;
}

/**
 * bench_await_memory() - wait until maps that were destroyed have given everything back
 * @look_ns: how long to look whether there is more to come
 *
 * Some leave it to a worker to free what they held, which may take that a while.
 *
 * Context: Process.
 */
void bench_await_memory(u64 look_ns)
{
	u64 before, now = bench_free_bytes();

	do {
		before = now;
		bench_taken(look_ns);
		now = bench_free_bytes();
	} while (now > before);
}
