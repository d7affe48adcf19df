// SPDX-License-Identifier: GPL-2.0
/*
 * BPF's hash maps through their own operations, which is what a BPF program calls, and
 * what a system call ends in. A map can only be made as a descriptor: in a kernel
 * thread, which alone can wait for one to be gone after it was closed.
 */
#include <linux/bpf.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/irq_work.h>

#include "compat.h"
#include "peer.h"

BENCH_IMPORT_BPF();

/*
 * LRU_HASH takes free entries so many at a time for a CPU, and evicts when there are
 * fewer: even to replace an entry it takes a free one first.
 */
#define LRU_BATCH	128

static void *make(const struct bench_shape *shape, u32 type, u32 entries, u32 flags)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = shape->key_len,
		.value_size = shape->value_len,
		.max_entries = entries,
		.map_flags = flags,
	};
	int fd = kern_sys_bpf(BPF_MAP_CREATE, &attr, sizeof(attr));
	struct bpf_map *map;

	if (fd < 0)
		return ERR_PTR(fd);
	map = bpf_map_get(fd);
	close_fd(fd);
	flush_delayed_fput();
	return map;
}

static void *create_hash(const struct bench_shape *shape)
{
	return make(shape, BPF_MAP_TYPE_HASH, shape->entries, 0);
}

static void *create_lru_hash(const struct bench_shape *shape)
{
	u32 entries = ALIGN(shape->entries, LRU_BATCH) + LRU_BATCH * num_possible_cpus();

	return make(shape, BPF_MAP_TYPE_LRU_HASH, entries, 0);
}

static void destroy(void *data)
{
	bpf_map_put(data);
}

static const void *lookup(const struct bench_map *map, const void *key)
{
	struct bpf_map *bpf = map->data;

	return bpf->ops->map_lookup_elem(bpf, (void *)key);
}

static int update(const struct bench_map *map, const void *key)
{
	struct bpf_map *bpf = map->data;
	int err;

	rcu_read_lock();
	err = bpf->ops->map_update_elem(bpf, (void *)key, (void *)map->value, BPF_ANY);
	rcu_read_unlock();
	return err;
}

static int delete(const struct bench_map *map, const void *key)
{
	struct bpf_map *bpf = map->data;
	int err;

	rcu_read_lock();
	err = bpf->ops->map_delete_elem(bpf, (void *)key);
	rcu_read_unlock();
	return err;
}

const struct bench_peer bench_bpf_hash = {
	.name = "bpf_hash",
	.grows = true,
	.create = create_hash,
	.destroy = destroy,
	.lookup = lookup,
	.update = update,
	.delete = delete,
};

const struct bench_peer bench_bpf_lru_hash = {
	.name = "bpf_lru_hash",
	.evicts = true,
	.create = create_lru_hash,
	.destroy = destroy,
	.lookup = lookup,
	.update = update,
	.delete = delete,
};

#ifdef BENCH_RHASH
static void *create_rhash(const struct bench_shape *shape)
{
	return make(shape, BPF_MAP_TYPE_RHASH, shape->entries, BPF_F_NO_PREALLOC);
}

/*
 * It takes memory from a stock that is refilled from an interrupt which the CPU sends
 * to itself. User-Mode Linux has no such interrupt, and would refill at the next tick:
 * what it would have done is done here.
 */
static int update_rhash(const struct bench_map *map, const void *key)
{
	unsigned long flags;
	int err = update(map, key);

	if (err != -ENOMEM)
		return err;
	local_irq_save(flags);
	irq_work_run();
	local_irq_restore(flags);
	return update(map, key);
}

const struct bench_peer bench_bpf_rhash = {
	.name = "bpf_rhash",
	.grows = true,
	.create = create_rhash,
	.destroy = destroy,
	.lookup = lookup,
	.update = update_rhash,
	.delete = delete,
};
#endif
