// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Maps
 *
 * Owns a map's lifetime. All locks of a map, outermost first::
 *
 *   names.c's mutex
 *   listen.c's mutex
 *   reclaim.c's mutex
 *     the map's tune mutex
 *       a history's mutex
 *     the table's resize mutex
 *       segments: a merge takes the one with the lower hash first; then the
 *       segments that are being made, which nobody else knows yet
 *         the table's lock
 *         the table's want_lock
 *         the wheel's lock
 *         an owner's lock
 *         a listener's lock
 *   the pool's lock
 *   the accounts' lock
 *
 * Those in one column are never held together. Segments' locks and those within
 * are taken with bottom halves off; nothing is allocated, copied from or to user
 * space, or called back under them. Lookups take no lock at all.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/ttlmap.h>

#include "evict.h"
#include "expire.h"
#include "limits.h"
#include "map.h"
#include "memory.h"
#include "reclaim.h"
#include "trace.h"
#include "tune.h"

/* Segments a CPU that a map starts with, if it may become large enough. */
#define CPU_SEGMENTS	4
/* Entries in a segment, about, when there are as many as the map may hold. */
#define MEAN_COUNT	55
/* In a map that never splits: one that fills up does not happen (p < 1e-10). */
#define PREALLOC_COUNT	40
/* For entries of a PREALLOC map that wait for a grace period. */
#define PREALLOC_SPARE	1024
/* For those that writers have in hand. */
#define PREALLOC_SPARE_MIN	64

static u8 min_bits(const struct ttlmap_create *limits)
{
	u64 most = limits->max_entries / MEAN_COUNT + 1;

	if (limits->flags & TTLMAP_F_PREALLOC)
		return max(1, order_base_2(limits->max_entries / PREALLOC_COUNT + 1));
	return max(1, order_base_2(min_t(u64, num_possible_cpus() * CPU_SEGMENTS, most)));
}

static void kind_init(struct tm_kind *kind, const struct ttlmap_params *params)
{
	u32 flags = params->limits.flags;
	u8 words = 0;

	kind->owned = flags & TTLMAP_F_OWNERS;
	if (kind->owned)
		words = sizeof(struct tm_owned) / 8;
	kind->ttl_at = flags & TTLMAP_F_SLIDING ? words++ : -1;
	kind->version_at = flags & TTLMAP_F_VERSIONS ? words++ : -1;
	kind->tail_words = words;
	kind->removed_arg = params->arg;
}

static int fill_pool(struct ttlmap *map)
{
	const struct ttlmap_create *limits = &map->limits;
	u64 spare = clamp_t(u64, limits->max_entries, PREALLOC_SPARE_MIN, PREALLOC_SPARE);

	if (!(limits->flags & TTLMAP_F_PREALLOC))
		return 0;
	map->pool.capacity = limits->max_entries;
	return tm_pool_fill(&map->kind, &map->pool, limits->max_entries + spare,
			    limits->key_max, limits->value_max);
}

static int map_init(struct ttlmap *map)
{
	int err;

	kref_init(&map->refs);
	INIT_LIST_HEAD(&map->reclaim);
	INIT_LIST_HEAD(&map->listeners);
	tm_hasher_init(&map->hasher, map->limits.flags & TTLMAP_F_SIPHASH);
	tm_expire_init(map);
	tm_tune_init(map);
	map->user = current_uid();
	map->stats = alloc_percpu_gfp(struct tm_stats, TM_GFP);
	map->lru = alloc_percpu_gfp(struct tm_lru, TM_GFP);
	map->retirer = tm_retirer_alloc(&map->kind);
	map->history = tm_history_alloc();
	if (!map->stats || !map->lru || !map->retirer || !map->history)
		return -ENOMEM;
	err = tm_lru_init(map);
	err = err ?: tm_accounts_init(&map->accounts);
	if (err)
		return err;
	map->account = tm_accounts_others(&map->accounts);
	err = tm_table_init(&map->table, min_bits(&map->limits), &map->kind, &map->wheel,
			    &map->entries);
	return err ?: fill_pool(map);
}

/**
 * tm_map_create() - a new map, which nobody knows yet
 * @params: what is asked for; the name has been looked at already
 *
 * Context: Process, may sleep.
 * Return: the map with one reference, or ERR_PTR: -EINVAL, -ERANGE, -ENOMEM,
 * -EDQUOT.
 */
struct ttlmap *tm_map_create(const struct ttlmap_params *params)
{
	struct ttlmap *map;
	int err = tm_limits_check(&params->limits);

	if (err)
		return ERR_PTR(err);
	map = kzalloc(sizeof(*map), TM_GFP);
	if (!map)
		return ERR_PTR(-ENOMEM);
	map->limits = params->limits;
	kind_init(&map->kind, params);
	err = map_init(map);
	if (err) {
		tm_map_destroy(map);
		return ERR_PTR(err);
	}
	map->kind.removed = params->removed;
	tm_reclaim_add(map);
	return map;
}

/**
 * tm_map_destroy() - free a map and all it holds
 * @map: nobody can reach it any more
 *
 * Workers first, tuning and expiry before the table, since they have the table
 * merge; then what waits for a grace period; then what is left, for which no
 * reader remains; the pool last, to which all of it returns.
 *
 * Context: Process, sleeps, for as long as freeing all entries takes.
 */
void tm_map_destroy(struct ttlmap *map)
{
	struct completion *gone = map->gone;

	if (map->id)
		trace_ttlmap_destroy(map);
	tm_reclaim_remove(map);
	cancel_work_sync(&map->tune_work);
	tm_expire_stop(map);
	if (map->retirer)
		tm_retirer_free(map->retirer);
	if (map->table.wheel) {
		tm_table_stop(&map->table);
		tm_table_destroy(&map->table);
	}
	tm_pool_drain(&map->kind, &map->pool, map->limits.key_max, map->limits.value_max);
	tm_accounts_destroy(&map->accounts);
	kfree(map->began);
	free_percpu(map->latencies);
	kfree(map->history);
	free_percpu(map->lru);
	free_percpu(map->stats);
	kfree(map);
	if (gone)
		complete(gone);
}
