// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The memory of all maps
 *
 * Owns the sum of the bytes that all maps hold and the limit over it, the
 * module parameter max_bytes. What each process may use is for its memory
 * cgroup to say, to which everything is charged as well; this limit protects
 * the machine from all of them together.
 *
 * The sum is a per-CPU counter. Far below the limit a charge costs one per-CPU
 * addition; near it the sum is taken exactly. Charges that race may overshoot
 * by what they charge themselves.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu_counter.h>
#include <linux/sizes.h>

#include "compat.h"
#include "memory.h"

/* How far a CPU's share may drift before it is added to the sum. */
#define CHARGE_BATCH	SZ_64K

VISIBLE_IF_KUNIT unsigned long tm_memory_max;
module_param_named(max_bytes, tm_memory_max, ulong, 0644);
MODULE_PARM_DESC(max_bytes, "limit of bytes held by all maps (default: a quarter of memory)");

static struct percpu_counter charged;

int tm_memory_init(void)
{
	if (!tm_memory_max)
		tm_memory_max = (totalram_pages() / 4) << PAGE_SHIFT;
	return percpu_counter_init(&charged, 0, GFP_KERNEL);
}

void tm_memory_exit(void)
{
	WARN_ON(percpu_counter_sum(&charged));
	percpu_counter_destroy(&charged);
}

/**
 * tm_memory_charge() - account for memory that a map took
 * @bytes: as allocated
 *
 * Context: Any.
 * Return: false if the limit is reached; nothing is charged then.
 */
bool tm_memory_charge(size_t bytes)
{
	unsigned long limit = READ_ONCE(tm_memory_max);

	percpu_counter_add_batch(&charged, bytes, CHARGE_BATCH);
	if (likely(__percpu_counter_compare(&charged, limit, CHARGE_BATCH) <= 0))
		return true;
	tm_memory_uncharge(bytes);
	return false;
}

void tm_memory_uncharge(size_t bytes)
{
	percpu_counter_add_batch(&charged, -(s64)bytes, CHARGE_BATCH);
}
