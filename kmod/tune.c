// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Tuning
 *
 * Owns changes to the limits of a live map, and freezing.
 *
 * A capacity that was lowered takes effect in steps: the worker lowers the
 * ceiling that inserts go by a little, evicts down to it, and goes on until it
 * is where it should be. An insert meanwhile finds a map that is full and evicts
 * one for itself, as ever.
 *
 * Locks: the map's tune mutex over the limits, which others read without it; the
 * history's within, over the thresholds of alarms.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "compat.h"
#include "evict.h"
#include "expire.h"
#include "limits.h"
#include "tune.h"
#include "work.h"

#define CHANGEABLE	(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL)
/* How much the ceilings come down at a time. */
#define STEP_ENTRIES	64
#define STEP_BYTES	SZ_64K

static u64 step_down(u64 ceiling, u64 held, u64 target, u64 step)
{
	u64 from = min(ceiling ?: held, held);

	return from > target + step ? from - step : target;
}

static bool above(const struct ttlmap *map)
{
	u64 bytes = READ_ONCE(map->max_bytes);

	return atomic_long_read(&map->entries) > READ_ONCE(map->max_entries) ||
	       (bytes && atomic_long_read(&map->bytes) > bytes);
}

/* Lower the ceilings by a step. Returns false when they are where they should be. */
VISIBLE_IF_KUNIT bool tm_tune_lower(struct ttlmap *map)
{
	u64 entries = READ_ONCE(map->limits.max_entries);
	u64 bytes = READ_ONCE(map->limits.max_bytes);

	if (map->max_entries == entries && map->max_bytes == bytes)
		return false;
	WRITE_ONCE(map->max_entries, step_down(map->max_entries, atomic_long_read(&map->entries),
					       entries, STEP_ENTRIES));
	if (bytes)
		bytes = step_down(map->max_bytes, atomic_long_read(&map->bytes), bytes,
				  STEP_BYTES);
	WRITE_ONCE(map->max_bytes, bytes);
	return true;
}

/* A map that does not evict is above while hold() finds out that it may not come down. */
static bool may_evict(const struct ttlmap *map)
{
	return !READ_ONCE(map->frozen) && !tm_map_is(map, TTLMAP_F_NO_EVICT);
}

static void evict_above(struct ttlmap *map)
{
	while (above(map) && may_evict(map) && tm_evict(map, TM_EVICTED))
		cond_resched();
}

static bool lower_and_evict(struct ttlmap *map)
{
	bool more;

	mutex_lock(&map->tune);
	more = tm_tune_lower(map);
	mutex_unlock(&map->tune);
	if (more)
		evict_above(map);
	return more;
}

static void tune_work(struct work_struct *work)
{
	struct ttlmap *map = container_of(work, struct ttlmap, tune_work);

	while (lower_and_evict(map))
		;
	/* Inserts that were under way have gone by the ceilings before. */
	synchronize_rcu();
	evict_above(map);
}

void tm_tune_init(struct ttlmap *map)
{
	mutex_init(&map->tune);
	INIT_WORK(&map->tune_work, tune_work);
	map->max_entries = map->limits.max_entries;
	map->max_bytes = map->limits.max_bytes;
}

/* Each value counts if its bit is set, and must be zero if not. */
static bool take(u64 *to, u64 value, u32 what, u32 bit)
{
	if (!(what & bit))
		return !value;
	*to = value;
	return true;
}

static int combine(struct ttlmap_create *limits, const struct ttlmap_tune *tune)
{
	u64 flags = limits->flags;
	u32 what = tune->what;

	if (!what || what & ~(u32)(TTLMAP_TUNE_ALARMS | (TTLMAP_TUNE_ALARMS - 1)))
		return -EINVAL;
	if (!take(&limits->max_entries, tune->max_entries, what, TTLMAP_TUNE_ENTRIES) ||
	    !take(&limits->max_bytes, tune->max_bytes, what, TTLMAP_TUNE_BYTES) ||
	    !take(&limits->default_ttl_ns, tune->default_ttl_ns, what, TTLMAP_TUNE_TTL) ||
	    !take(&limits->min_ttl_ns, tune->min_ttl_ns, what, TTLMAP_TUNE_MIN_TTL) ||
	    !take(&limits->max_ttl_ns, tune->max_ttl_ns, what, TTLMAP_TUNE_MAX_TTL) ||
	    !take(&limits->jitter_ns, tune->jitter_ns, what, TTLMAP_TUNE_JITTER) ||
	    !take(&flags, tune->flags, what, TTLMAP_TUNE_FLAGS))
		return -EINVAL;
	if ((flags ^ limits->flags) & ~CHANGEABLE)
		return -EINVAL;
	limits->flags = flags;
	return tm_limits_check(limits);
}

static int check_alarms(const struct ttlmap_tune *tune)
{
	if (!(tune->what & TTLMAP_TUNE_ALARMS))
		return memchr_inv(&tune->alarms, 0, sizeof(tune->alarms)) ? -EINVAL : 0;
	return tune->alarms.hits_percent > 100 ? -EINVAL : 0;
}

static void apply_alarms(struct ttlmap *map, const struct ttlmap_tune *tune)
{
	if (!(tune->what & TTLMAP_TUNE_ALARMS))
		return;
	mutex_lock(&map->history->lock);
	map->alarm_limits = tune->alarms;
	mutex_unlock(&map->history->lock);
}

static int check(const struct ttlmap *map, const struct ttlmap_create *limits)
{
	if (READ_ONCE(map->frozen))
		return -EROFS;
	return (limits->flags & TTLMAP_F_PREALLOC) && limits->max_entries > map->pool.capacity ?
		-EINVAL : 0;
}

static bool fits(const struct ttlmap *map, const struct ttlmap_create *limits)
{
	return atomic_long_read(&map->entries) <= limits->max_entries &&
	       (!limits->max_bytes || atomic_long_read(&map->bytes) <= limits->max_bytes);
}

/*
 * In a map that does not evict, ceilings come down only to what is there already:
 * the new ones hold before what is there is looked at, once no insert goes by the
 * old ones any more. Meanwhile inserts may be refused.
 */
static int hold(struct ttlmap *map, const struct ttlmap_create *limits)
{
	u64 entries = map->max_entries, bytes = map->max_bytes;

	if (!fits(map, limits))
		return -ENOSPC;
	WRITE_ONCE(map->max_entries, min(entries, limits->max_entries));
	if (limits->max_bytes && (!bytes || bytes > limits->max_bytes))
		WRITE_ONCE(map->max_bytes, limits->max_bytes);
	synchronize_rcu();
	if (fits(map, limits))
		return 0;
	WRITE_ONCE(map->max_entries, entries);
	WRITE_ONCE(map->max_bytes, bytes);
	return -ENOSPC;
}

/* What is raised counts at once, what is lowered when the worker is done. */
static void apply(struct ttlmap *map, const struct ttlmap_create *limits)
{
	WRITE_ONCE(map->limits.flags, limits->flags);
	WRITE_ONCE(map->limits.max_entries, limits->max_entries);
	WRITE_ONCE(map->limits.max_bytes, limits->max_bytes);
	WRITE_ONCE(map->limits.default_ttl_ns, limits->default_ttl_ns);
	WRITE_ONCE(map->limits.min_ttl_ns, limits->min_ttl_ns);
	WRITE_ONCE(map->limits.max_ttl_ns, limits->max_ttl_ns);
	WRITE_ONCE(map->limits.jitter_ns, limits->jitter_ns);
	if (atomic_long_read(&map->entries) <= limits->max_entries)
		WRITE_ONCE(map->max_entries, limits->max_entries);
	if (!limits->max_bytes || atomic_long_read(&map->bytes) <= limits->max_bytes)
		WRITE_ONCE(map->max_bytes, limits->max_bytes);
	queue_work(tm_workqueue, &map->tune_work);
}

static int tune_limits(struct ttlmap *map, const struct ttlmap_create *limits)
{
	int err = check(map, limits);

	lockdep_assert_held(&map->tune);
	if (!err && (limits->flags & TTLMAP_F_NO_EVICT))
		err = hold(map, limits);
	if (!err)
		apply(map, limits);
	return err;
}

/**
 * tm_tune() - change limits
 * @map: the map
 * @tune: as user space gave it
 *
 * Context: Process, may sleep.
 * Return: 0, -EINVAL, -ERANGE, -ENOSPC or -EROFS; nothing has changed then.
 */
int tm_tune(struct ttlmap *map, const struct ttlmap_tune *tune)
{
	struct ttlmap_create limits;
	int err;

	mutex_lock(&map->tune);
	limits = map->limits;
	err = combine(&limits, tune) ?: check_alarms(tune);
	if (tune->what & ~(u32)TTLMAP_TUNE_ALARMS)
		err = err ?: tune_limits(map, &limits);
	if (!err)
		apply_alarms(map, tune);
	mutex_unlock(&map->tune);
	return err;
}

/**
 * tm_freeze() - fix the set of keys for good
 * @map: the map
 *
 * When it returns no insert or removal is under way any more.
 *
 * Context: Process, sleeps for a grace period.
 */
void tm_freeze(struct ttlmap *map)
{
	mutex_lock(&map->tune);
	WRITE_ONCE(map->frozen, true);
	mutex_unlock(&map->tune);
	synchronize_rcu();
	flush_work(&map->tune_work);
	tm_expire_stop(map);
}
