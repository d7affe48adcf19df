// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of the module that make no sense without a kernel around it: names,
 * the device, debugfs. What is left of them here is the life of a map.
 */
#include "../../kmod/chardev.h"
#include "../../kmod/debugfs.h"
#include "../../kmod/latency.h"
#include "../../kmod/listen.h"
#include "../../kmod/names.h"
#include "../../kmod/sampler.h"

int tm_chardev_init(void)
{
	return 0;
}

void tm_chardev_exit(void)
{
}

void tm_debugfs_init(void)
{
}

void tm_debugfs_exit(void)
{
}

void tm_debugfs_add(struct ttlmap *map)
{
}

u64 tm_latency_clock(void)
{
	return 0;
}

void tm_latency_took(struct ttlmap *map, enum tm_latency which, u64 began)
{
}

void tm_latency_prepare(struct ttlmap *map)
{
}

size_t tm_latency_bytes(const struct ttlmap *map)
{
	return 0;
}

void tm_listen_tell(struct ttlmap *map, const struct tm_segment *seg, const struct tm_pos *pos,
		    u32 event)
{
}

bool tm_sampler_rests;

void tm_sampler_begin(void)
{
}

void tm_sampler_exit(void)
{
}

int tm_names_init(void)
{
	return 0;
}

void tm_names_exit(void)
{
}

int tm_names_check_limits(const struct ttlmap_create *limits)
{
	return 0;
}

int tm_names_add(struct ttlmap *map)
{
	return 0;
}

void tm_names_forget(struct ttlmap *map)
{
}

void tm_names_put(struct ttlmap *map)
{
	if (shim_kref_put(&map->refs))
		tm_map_destroy(map);
}
