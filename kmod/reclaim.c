// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Reclaim
 *
 * Owns the shrinker through which the kernel, when it is short of memory, takes
 * entries from maps with TTLMAP_F_RECLAIM: the oldest first, as eviction finds
 * them, from the maps in turn. What it takes is free a grace period later.
 *
 * Locks: a mutex over the list of these maps. Nothing is allocated with it held,
 * so that reclaim may take it; a shrinker that finds it taken comes back later.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "compat.h"
#include "evict.h"
#include "reclaim.h"

static DEFINE_MUTEX(lock);
static LIST_HEAD(maps);
static struct shrinker *shrinker;

VISIBLE_IF_KUNIT unsigned long tm_reclaim_count(struct shrinker *unused,
						struct shrink_control *sc)
{
	unsigned long entries = 0;
	struct ttlmap *map;

	if (!mutex_trylock(&lock))
		return 0;
	list_for_each_entry(map, &maps, reclaim)
		if (!READ_ONCE(map->frozen))
			entries += atomic_long_read(&map->entries);
	mutex_unlock(&lock);
	return entries;
}

/* Take from the first map of the list until it has nothing or @n are gone. */
static unsigned long take(unsigned long n)
{
	struct ttlmap *map = list_first_entry(&maps, struct ttlmap, reclaim);
	unsigned long taken = 0;

	while (taken < n && !READ_ONCE(map->frozen) && tm_evict(map, TM_RECLAIMED))
		taken++;
	list_move_tail(&map->reclaim, &maps);
	return taken;
}

VISIBLE_IF_KUNIT unsigned long tm_reclaim_scan(struct shrinker *unused,
					       struct shrink_control *sc)
{
	unsigned long taken;

	if (!mutex_trylock(&lock))
		return SHRINK_STOP;
	taken = list_empty(&maps) ? SHRINK_STOP : take(sc->nr_to_scan);
	mutex_unlock(&lock);
	return taken;
}

int tm_reclaim_init(void)
{
	int err;

	shrinker = shrinker_alloc(0, "ttlmap");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = tm_reclaim_count;
	shrinker->scan_objects = tm_reclaim_scan;
	shrinker->seeks = DEFAULT_SEEKS;
	err = tm_shrinker_register(shrinker, "ttlmap");
	if (err)
		shrinker_free(shrinker);
	return err;
}

void tm_reclaim_exit(void)
{
	shrinker_free(shrinker);
}

/* A map that is ready. */
void tm_reclaim_add(struct ttlmap *map)
{
	if (!tm_map_is(map, TTLMAP_F_RECLAIM))
		return;
	mutex_lock(&lock);
	list_add_tail(&map->reclaim, &maps);
	mutex_unlock(&lock);
}

/* Before a map is taken apart. Context: Process, waits for the shrinker. */
void tm_reclaim_remove(struct ttlmap *map)
{
	mutex_lock(&lock);
	list_del_init(&map->reclaim);
	mutex_unlock(&lock);
}
