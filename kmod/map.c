// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Maps
 *
 * Owns a map's lifetime and the operations on its entries. All locks of a map,
 * outermost first::
 *
 *   names.c's mutex
 *     the table's resize mutex
 *       segments: a merge takes the one with the lower hash first; then the
 *       segments that are being made, which nobody else knows yet
 *         the table's lock
 *         the table's want_lock
 *         the wheel's lock
 *
 * The last three are never held together. Segments' locks and those within are
 * taken with bottom halves off; nothing is allocated, copied from or to user
 * space, or called back under them. Lookups take no lock at all.
 *
 * An update that finds its segment crowded, or the map full, lets the lock go,
 * splits or evicts, and starts again. It splits at most one segment and evicts
 * as many entries as its own needs room for: one, where capacity counts entries.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/ktime.h>

#include "capacity.h"
#include "evict.h"
#include "expire.h"
#include "map.h"

#define FLAGS		(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH)
/* Segments a CPU that a map starts with, if it may become large enough. */
#define CPU_SEGMENTS	4
/* Entries in a segment, about, when there are as many as the map may hold. */
#define MEAN_COUNT	55
/* How often an update waits for others to make room in its segment. */
#define CROWDED_MAX	16

static bool ttl_ok(const struct ttlmap_create *limits, u64 ttl)
{
	if (ttl == TTLMAP_TTL_NEVER)
		return !limits->max_ttl_ns && !(limits->flags & TTLMAP_F_REQUIRE_TTL);
	if (limits->max_ttl_ns && ttl > limits->max_ttl_ns)
		return false;
	return ttl >= limits->min_ttl_ns && ttl <= TTLMAP_TTL_MAX;
}

static int check_ttls(const struct ttlmap_create *limits)
{
	if (limits->max_ttl_ns > TTLMAP_TTL_MAX || limits->min_ttl_ns > TTLMAP_TTL_MAX)
		return -ERANGE;
	if (limits->max_ttl_ns && limits->min_ttl_ns > limits->max_ttl_ns)
		return -ERANGE;
	return limits->default_ttl_ns && !ttl_ok(limits, limits->default_ttl_ns) ? -ERANGE : 0;
}

static int check_limits(const struct ttlmap_create *limits)
{
	if (limits->flags & ~FLAGS)
		return -EINVAL;
	if (!limits->key_max || limits->key_max > TTLMAP_KEY_MAX)
		return -EINVAL;
	if (limits->value_max > TTLMAP_VALUE_MAX)
		return -EINVAL;
	if (!limits->max_entries || limits->max_entries > TTLMAP_ENTRIES_MAX)
		return -EINVAL;
	if (limits->max_bytes > LONG_MAX)
		return -EINVAL;
	return check_ttls(limits);
}

static u8 min_bits(u64 max_entries)
{
	u64 most = max_entries / MEAN_COUNT + 1;
	u64 segments = min_t(u64, num_possible_cpus() * CPU_SEGMENTS, most);

	return max(1, order_base_2(segments));
}

static int map_init(struct ttlmap *map)
{
	kref_init(&map->refs);
	tm_hasher_init(&map->hasher, map->limits.flags & TTLMAP_F_SIPHASH);
	tm_expire_init(map);
	map->user = current_uid();
	map->stats = alloc_percpu_gfp(struct tm_stats, GFP_KERNEL_ACCOUNT);
	map->lru = alloc_percpu_gfp(struct tm_lru, GFP_KERNEL_ACCOUNT);
	map->retirer = tm_retirer_alloc();
	if (!map->stats || !map->lru || !map->retirer)
		return -ENOMEM;
	return tm_table_init(&map->table, min_bits(map->limits.max_entries), &map->wheel,
			     &map->entries);
}

/**
 * tm_map_create() - a new map, which nobody knows yet
 * @limits: what is asked for; the name has been looked at already
 *
 * Context: Process, may sleep.
 * Return: the map with one reference, or ERR_PTR: -EINVAL, -ERANGE, -ENOMEM.
 */
struct ttlmap *tm_map_create(const struct ttlmap_create *limits)
{
	struct ttlmap *map;
	int err = check_limits(limits);

	if (err)
		return ERR_PTR(err);
	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return ERR_PTR(-ENOMEM);
	map->limits = *limits;
	err = map_init(map);
	if (err) {
		tm_map_destroy(map);
		return ERR_PTR(err);
	}
	return map;
}

/**
 * tm_map_destroy() - free a map and all it holds
 * @map: nobody can reach it any more
 *
 * Workers first, expiry before the table, since it has the table merge; then
 * what waits for a grace period; then what is left, for which no reader remains.
 *
 * Context: Process, sleeps, for as long as freeing all entries takes.
 */
void tm_map_destroy(struct ttlmap *map)
{
	tm_expire_stop(map);
	if (map->table.wheel) {
		tm_table_stop(&map->table);
		tm_table_destroy(&map->table);
	}
	if (map->retirer)
		tm_retirer_free(map->retirer);
	free_percpu(map->lru);
	free_percpu(map->stats);
	kfree(map);
}

void tm_map_key(const struct ttlmap *map, struct tm_key *key, const void *data, u32 len)
{
	key->data = data;
	key->len = len;
	key->hash = tm_hash(&map->hasher, data, len);
}

/**
 * tm_map_lookup() - the entry of a key
 * @map: the map
 * @key: what to look for
 * @now: 0, or CLOCK_BOOTTIME ns; read if it is needed and 0
 *
 * Counts as a use, but not in the statistics.
 *
 * Context: RCU read section.
 * Return: an entry that has not expired, valid until the section ends; or NULL.
 */
struct tm_entry *tm_map_lookup(struct ttlmap *map, const struct tm_key *key, u64 *now)
{
	struct tm_segment *seg = tm_table_segment(&map->table, key->hash);
	struct tm_entry *entry;
	struct tm_pos pos;

	entry = tm_segment_find(seg, key, &pos);
	if (!entry)
		return NULL;
	if (entry->expires != TM_EXPIRES_NEVER) {
		if (!*now)
			*now = ktime_get_boottime_ns();
		if (tm_entry_expired(entry, *now))
			return NULL;
	}
	tm_lru_used(map);
	tm_bucket_touch(&seg->bucket[pos.bucket], pos.slot, READ_ONCE(map->epoch));
	return entry;
}

/* How far an update has come, and what it was told on the way. */
enum {
	MAP_FULL = 1,		/* evict, then try again */
	SEGMENT_CROWDED,	/* split, then try again */
};

enum crowd {
	MAY_SPLIT,		/* insist on a segment that is not crowded */
	HAS_SPLIT,		/* any place will do */
	COLLIDES,		/* evict from the segment where there is none */
};

/* Link or swap in the entry and tell the wheel if it is the first one due. */
static void put(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
		struct tm_entry *entry, u64 now, bool replace)
{
	u64 due = seg->due;

	if (due == TM_TICK_NEVER)
		seg->base = tm_tick(now);
	if (replace)
		tm_lru_used(map);
	else
		tm_lru_inserted(map);
	tm_bucket_clamp_ages(&seg->bucket[pos->bucket], READ_ONCE(map->epoch));
	if (replace)
		tm_segment_replace(seg, pos, entry, READ_ONCE(map->epoch));
	else
		tm_segment_place(seg, pos, entry, READ_ONCE(map->epoch));
	if (seg->due < due)
		tm_wheel_add(&map->wheel, seg, tm_tick(now));
}

static int replace(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
		   struct tm_entry *old, const struct tm_update *update, u64 now)
{
	struct tm_entry *new = update->entry;
	long grows = tm_entry_bytes(new) - tm_entry_bytes(old);

	if (!tm_capacity_resize(map, grows))
		return MAP_FULL;
	if (update->flags & TTLMAP_TTL_KEEP)
		new->expires = old->expires;
	else if (update->flags & TTLMAP_TTL_EXTEND)
		new->expires = max(old->expires, new->expires);
	put(map, seg, pos, new, now, true);
	tm_retire(map->retirer, old);
	tm_stat_inc(map->stats, TM_REPLACES);
	return 0;
}

/* A place for one more entry in the segment, or why there is none. */
static int find_room(struct ttlmap *map, struct tm_segment *seg, u64 hash,
		     struct tm_pos *pos, enum crowd crowd)
{
	bool room = tm_segment_room(seg, hash, pos);

	if (crowd == MAY_SPLIT &&
	    (!room || pos->probes >= TM_SPLIT_PROBES || seg->count >= TM_SPLIT_COUNT))
		return SEGMENT_CROWDED;
	if (room)
		return 0;
	if (crowd != COLLIDES)
		return SEGMENT_CROWDED;
	if (map->limits.flags & TTLMAP_F_NO_EVICT)
		return -ENOSPC;
	tm_evict_from(map, seg);
	tm_segment_room(seg, hash, pos);
	return 0;
}

static int insert(struct ttlmap *map, struct tm_segment *seg, const struct tm_key *key,
		  const struct tm_update *update, u64 now, enum crowd crowd)
{
	struct tm_pos pos;
	int ret;

	if (update->flags & TTLMAP_EXISTING)
		return -ENOENT;
	ret = find_room(map, seg, key->hash, &pos, crowd);
	if (ret)
		return ret;
	if (!tm_capacity_reserve(map, tm_entry_bytes(update->entry)))
		return MAP_FULL;
	put(map, seg, &pos, update->entry, now, false);
	if (seg->count == TM_SPLIT_AHEAD)
		tm_table_want(&map->table, seg);
	tm_stat_inc(map->stats, TM_INSERTS);
	return 0;
}

/* One attempt at an update. Context: the segment's lock. */
static int try_update(struct ttlmap *map, struct tm_segment *seg, const struct tm_key *key,
		      const struct tm_update *update, u64 now, enum crowd crowd)
{
	struct tm_entry *old;
	struct tm_pos pos;

	old = tm_segment_find(seg, key, &pos);
	if (old && tm_entry_expired(old, now)) {
		tm_capacity_unlink(map, seg, &pos);
		tm_stat_inc(map->stats, TM_EXPIRED);
		old = NULL;
	}
	if (!old)
		return insert(map, seg, key, update, now, crowd);
	if (update->flags & TTLMAP_NEW)
		return -EEXIST;
	return replace(map, seg, &pos, old, update, now);
}

/* Make room in the map. What has expired goes first. */
static int make_room(struct ttlmap *map)
{
	if (READ_ONCE(map->wheel.armed) <= tm_tick(ktime_get_boottime_ns()) &&
	    tm_expire_step(map))
		return 0;
	if (map->limits.flags & TTLMAP_F_NO_EVICT)
		return -ENOSPC;
	if (fatal_signal_pending(current))
		return -EINTR;
	tm_evict(map);
	cond_resched();
	return 0;
}

/* Split the segment of a hash, with a larger directory where that is needed. */
static int split(struct ttlmap *map, u64 hash)
{
	int err = tm_table_split(&map->table, hash);

	if (err != -EAGAIN)
		return err;
	err = tm_table_grow(&map->table);
	return err ?: tm_table_split(&map->table, hash);
}

/*
 * Make room in the segment of a hash. One split an operation: what else is needed
 * is the worker's. @err tells how that split went.
 */
static int make_place(struct ttlmap *map, u64 hash, enum crowd *crowd, int *err)
{
	if (*crowd == MAY_SPLIT)
		*err = split(map, hash);
	else if (*err == -ENOMEM)
		return -ENOMEM;
	else
		flush_delayed_work(&map->table.work);
	*crowd = tm_table_deepest(&map->table, hash) ? COLLIDES : HAS_SPLIT;
	return 0;
}

static int attempt(struct ttlmap *map, const struct tm_key *key,
		   const struct tm_update *update, u64 now, enum crowd crowd)
{
	struct tm_segment *seg;
	int ret;

	rcu_read_lock();
	seg = tm_table_lock(&map->table, key->hash);
	ret = try_update(map, seg, key, update, now, crowd);
	if (ret == SEGMENT_CROWDED && crowd == HAS_SPLIT)
		tm_table_want(&map->table, seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	return ret;
}

static int insert_or_replace(struct ttlmap *map, const struct tm_key *key,
			     const struct tm_update *update, u64 now)
{
	enum crowd crowd = MAY_SPLIT;
	unsigned int crowded = 0;
	int ret, err = 0;

	for (;;) {
		ret = attempt(map, key, update, now, crowd);
		if (ret == MAP_FULL)
			ret = make_room(map);
		else if (ret == SEGMENT_CROWDED && crowded++ < CROWDED_MAX)
			ret = make_place(map, key->hash, &crowd, &err);
		else
			return ret == SEGMENT_CROWDED ? -ENOMEM : ret;
		if (ret)
			return ret;
	}
}

/**
 * tm_map_update() - insert or replace an entry
 * @map: the map
 * @update: the entry is the map's on success, the caller's otherwise
 *
 * Context: Process, may sleep.
 * Return: 0, -EEXIST, -ENOENT, -ENOSPC, -ERANGE or -ENOMEM.
 */
int tm_map_update(struct ttlmap *map, const struct tm_update *update)
{
	const struct ttlmap_create *limits = &map->limits;
	u64 ttl = update->ttl_ns ?: limits->default_ttl_ns ?: TTLMAP_TTL_NEVER;
	struct tm_entry *entry = update->entry;
	u64 now = ktime_get_boottime_ns();
	struct tm_key key;
	int ret;

	if (!ttl_ok(limits, ttl))
		return -ERANGE;
	if (limits->max_bytes && tm_entry_bytes(entry) > limits->max_bytes)
		return -ENOSPC;
	tm_map_key(map, &key, entry->data, entry->key_len);
	entry->hash = key.hash;
	entry->expires = ttl == TTLMAP_TTL_NEVER ? TM_EXPIRES_NEVER : now + ttl;
	ret = insert_or_replace(map, &key, update, now);
	if (tm_retire_throttle(map->retirer))
		tm_stat_inc(map->stats, TM_RETIRE_WAITS);
	return ret;
}

/**
 * tm_map_delete() - remove an entry
 * @map: the map
 * @key: its key
 *
 * Context: Process, may sleep.
 * Return: 0 or -ENOENT.
 */
int tm_map_delete(struct ttlmap *map, const struct tm_key *key)
{
	struct tm_segment *seg;
	struct tm_entry *entry;
	struct tm_pos pos;
	bool live = false;

	rcu_read_lock();
	seg = tm_table_lock(&map->table, key->hash);
	entry = tm_segment_find(seg, key, &pos);
	if (entry) {
		live = entry->expires == TM_EXPIRES_NEVER ||
		       !tm_entry_expired(entry, ktime_get_boottime_ns());
		tm_capacity_unlink(map, seg, &pos);
		tm_stat_inc(map->stats, live ? TM_DELETES : TM_EXPIRED);
	}
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	if (tm_retire_throttle(map->retirer))
		tm_stat_inc(map->stats, TM_RETIRE_WAITS);
	return live ? 0 : -ENOENT;
}
