// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: For other modules
 *
 * Owns the exports of <linux/ttlmap.h>. A module holds its map by a reference;
 * what it finds there is valid within the RCU read section of the lookup, or as
 * long as it holds a reference to the entry.
 *
 * Lookups run in any context, hard interrupts among them. What changes a map
 * runs in process and softirq context: segment locks are taken with bottom
 * halves off. With GFP_ATOMIC nothing sleeps; an update may then fail with
 * -ENOMEM where one that may sleep would have waited.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/ttlmap.h>

#include "clock.h"
#include "debugfs.h"
#include "lookup.h"
#include "map.h"
#include "names.h"
#include "remove.h"
#include "update.h"
#include "walk.h"

/**
 * __ttlmap_create() - make a map in somebody's name
 * @params: what it shall be
 * @module: by whose name debugfs shows who wrote what
 *
 * Modules use ttlmap_create().
 *
 * Context: Process, may sleep.
 * Return: the map, which is the caller's until ttlmap_put(), or ERR_PTR with an
 * errno as documented at struct ttlmap_create; -EINVAL for a map with both a name
 * and a callback.
 */
struct ttlmap *__ttlmap_create(const struct ttlmap_params *params, const char *module)
{
	struct tm_account *account;
	struct ttlmap *map;
	int err;

	err = tm_names_check_limits(&params->limits);
	if (!err && params->removed && params->limits.name[0])
		err = -EINVAL;
	if (err)
		return ERR_PTR(err);
	map = tm_map_create(params);
	if (IS_ERR(map))
		return map;
	account = tm_account_open(&map->accounts, module, 0);
	if (account)
		map->account = account;
	err = account ? tm_names_add(map) : -ENOMEM;
	if (err) {
		tm_names_put(map);
		return ERR_PTR(err);
	}
	tm_debugfs_add(map);
	return map;
}
EXPORT_SYMBOL_GPL(__ttlmap_create);

/**
 * ttlmap_put() - be done with a map
 * @map: no entry of it is held or in use by the caller any more
 *
 * Its name goes. Programs that have it open keep what is in it. A map with a
 * callback is gone, and all its callbacks have been made, when this returns.
 *
 * Context: Process, sleeps; as a rule for as long as freeing all entries takes.
 */
void ttlmap_put(struct ttlmap *map)
{
	DECLARE_COMPLETION_ONSTACK(gone);
	bool wait = map->kind.removed;

	if (wait)
		map->gone = &gone;
	tm_names_forget(map);
	tm_names_put(map);
	if (wait)
		wait_for_completion(&gone);
}
EXPORT_SYMBOL_GPL(ttlmap_put);

static bool key_ok(const struct ttlmap *map, u32 len)
{
	return len && len <= map->limits.key_max;
}

/**
 * ttlmap_lookup() - the entry of a key
 * @map: the map
 * @key: its bytes
 * @key_len: how many
 *
 * Takes no lock and allocates nothing. Counts as a use.
 *
 * Context: RCU read section; any context.
 * Return: an entry that has not expired, valid until the section ends; or NULL.
 */
struct tm_entry *ttlmap_lookup(struct ttlmap *map, const void *key, u32 key_len)
{
	struct tm_key hashed __uninitialized;
	struct tm_entry *entry;
	u64 now = 0;

	if (!key_ok(map, key_len))
		return NULL;
	tm_map_key(map, &hashed, key, key_len);
	entry = tm_lookup(map, &hashed, true, &now);
	if (likely(entry))
		tm_stat_inc(map->stats, TM_HITS);
	else
		tm_stat_inc(map->stats, TM_MISSES);
	return entry;
}
EXPORT_SYMBOL_GPL(ttlmap_lookup);

/* Lookups that are prefetched together. */
#define MANY	16

static void lookup_some(struct ttlmap *map, const struct ttlmap_buf *keys,
			struct tm_entry **entries, unsigned int n)
{
	struct tm_key hashed[MANY] __uninitialized;
	unsigned int i, hits = 0;
	u64 now = 0;

	for (i = 0; i < n; i++)
		tm_map_key(map, &hashed[i], keys[i].data, keys[i].len);
	tm_map_prefetch(map, hashed, n);
	for (i = 0; i < n; i++) {
		entries[i] = tm_lookup(map, &hashed[i], true, &now);
		hits += !!entries[i];
	}
	tm_stat_add(map->stats, TM_HITS, hits);
	tm_stat_add(map->stats, TM_MISSES, n - hits);
}

/**
 * ttlmap_lookup_many() - the entries of many keys
 * @map: the map
 * @keys: each of a length that the map allows
 * @entries: filled in, NULL for what is not there
 * @n: how many
 *
 * Faster than one lookup after the other where the map is larger than the cache:
 * what they touch is prefetched.
 *
 * Context: RCU read section; any context.
 */
void ttlmap_lookup_many(struct ttlmap *map, const struct ttlmap_buf *keys,
			struct tm_entry **entries, unsigned int n)
{
	unsigned int some;

	for (; n; n -= some, keys += some, entries += some) {
		some = min_t(unsigned int, n, MANY);
		lookup_some(map, keys, entries, some);
	}
}
EXPORT_SYMBOL_GPL(ttlmap_lookup_many);

/* The key of an entry. Context: as long as the entry is valid. */
struct ttlmap_buf ttlmap_entry_key(struct tm_entry *entry)
{
	return (struct ttlmap_buf){ .data = entry->data, .len = entry->key_len };
}
EXPORT_SYMBOL_GPL(ttlmap_entry_key);

/* The value of an entry, aligned to 8. Context: as long as the entry is valid. */
struct ttlmap_buf ttlmap_entry_value(struct tm_entry *entry)
{
	return (struct ttlmap_buf){ .data = tm_entry_value(entry), .len = entry->value_len };
}
EXPORT_SYMBOL_GPL(ttlmap_entry_value);

/**
 * ttlmap_entry_get() - take a reference to an entry
 * @entry: from a lookup
 *
 * The entry stays valid, though not in its map, until ttlmap_entry_put().
 *
 * Context: RCU read section; any context.
 * Return: false if it has 4095 references already.
 */
bool ttlmap_entry_get(struct tm_entry *entry)
{
	return tm_entry_pin(entry);
}
EXPORT_SYMBOL_GPL(ttlmap_entry_get);

/**
 * ttlmap_entry_put() - drop a reference to an entry
 * @map: its map
 * @entry: from ttlmap_entry_get()
 *
 * Context: Process.
 */
void ttlmap_entry_put(struct ttlmap *map, struct tm_entry *entry)
{
	tm_retire_unpin(map->retirer, entry);
}
EXPORT_SYMBOL_GPL(ttlmap_entry_put);

/**
 * ttlmap_update() - insert or replace an entry
 * @map: the map
 * @key: of the entry; copied
 * @value: of the entry; copied
 * @ttl_ns: TTL, 0 for the map's default, TTLMAP_TTL_NEVER for none
 * @flags: TTLMAP_NEW, TTLMAP_EXISTING, TTLMAP_TTL_KEEP, TTLMAP_TTL_EXTEND
 * @gfp: GFP_KERNEL, or GFP_ATOMIC where it may not sleep
 *
 * Context: Process or softirq, as @gfp says.
 * Return: 0, or an errno as documented at struct ttlmap_op.
 */
int ttlmap_update(struct ttlmap *map, struct ttlmap_buf key, struct ttlmap_buf value,
		  u64 ttl_ns, u32 flags, gfp_t gfp)
{
	const u32 known = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND;
	struct tm_update update = { .ttl_ns = ttl_ns, .flags = flags, .gfp = gfp | __GFP_ACCOUNT };
	int ret;

	might_sleep_if(gfpflags_allow_blocking(gfp));
	if (flags & ~known)
		return -EINVAL;
	ret = tm_map_check_update(map, flags, key.len, value.len);
	if (ret)
		return ret;
	tm_map_key(map, &update.key, key.data, key.len);
	tm_table_prefetch(&map->table, update.key.hash);
	update.entry = tm_map_entry(map, key.len, value.len, update.gfp);
	if (IS_ERR(update.entry))
		return PTR_ERR(update.entry);
	tm_entry_set_key(update.entry, key.data);
	memcpy(tm_entry_value(update.entry), value.data, value.len);
	return tm_map_update(map, &update);
}
EXPORT_SYMBOL_GPL(ttlmap_update);

/**
 * ttlmap_add() - add to a counter, or start it
 * @map: with TTLMAP_F_COUNTERS
 * @key: of the counter
 * @value: what to add; set to the sum
 * @ttl_ns: TTL of a counter that starts; one that is there keeps its own
 * @gfp: GFP_KERNEL, or GFP_ATOMIC where it may not sleep
 *
 * A counter that is there is added to without a lock.
 *
 * Context: Process or softirq, as @gfp says.
 * Return: 0, or an errno as documented at struct ttlmap_op.
 */
int ttlmap_add(struct ttlmap *map, struct ttlmap_buf key, s64 *value, u64 ttl_ns, gfp_t gfp)
{
	struct tm_add add = { .ttl_ns = ttl_ns, .value = *value, .gfp = gfp | __GFP_ACCOUNT };
	int ret;

	might_sleep_if(gfpflags_allow_blocking(gfp));
	if (!tm_map_is(map, TTLMAP_F_COUNTERS) || !key.len)
		return -EINVAL;
	if (key.len > map->limits.key_max)
		return -E2BIG;
	tm_map_key(map, &add.key, key.data, key.len);
	ret = tm_map_add(map, &add);
	if (!ret)
		*value = add.value;
	return ret;
}
EXPORT_SYMBOL_GPL(ttlmap_add);

/**
 * ttlmap_delete() - remove an entry
 * @map: the map
 * @key: its key
 * @key_len: bytes of it
 *
 * Context: Process or softirq.
 * Return: 0, -ENOENT, -EINVAL, or -EROFS in a frozen map.
 */
int ttlmap_delete(struct ttlmap *map, const void *key, u32 key_len)
{
	struct tm_key hashed __uninitialized;

	if (!key_ok(map, key_len))
		return -EINVAL;
	tm_map_key(map, &hashed, key, key_len);
	return tm_map_delete(map, &hashed, 0, NULL);
}
EXPORT_SYMBOL_GPL(ttlmap_delete);

struct each {
	int (*fn)(void *arg, struct tm_entry *entry);
	void *arg;
	u64 now;
};

static int visit_segment(const struct tm_walk *walk, const struct tm_segment *seg)
{
	const struct each *each = walk->arg;
	struct tm_entry *entry;
	unsigned int i, slot;
	int ret = 0;

	for (i = 0; i < TM_SEGMENT_BUCKETS && !ret; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS && !ret; slot++) {
			entry = tm_segment_entry(seg, i, slot);
			if (entry && !tm_entry_expired(entry, each->now) &&
			    !tm_walk_visited(walk, seg, entry))
				ret = each->fn(each->arg, entry);
		}
	}
	return ret;
}

/**
 * ttlmap_for_each() - visit all entries
 * @map: the map
 * @fn: called in an RCU read section, so that it may not sleep; anything but 0
 *	ends the walk
 * @arg: handed to @fn
 *
 * An entry that is there throughout, and has not expired when the walk begins, is
 * visited exactly once. No use (LRU).
 *
 * Context: Process, may sleep between segments.
 * Return: what @fn returned, or 0.
 */
int ttlmap_for_each(struct ttlmap *map,
		    int (*fn)(void *arg, struct tm_entry *entry), void *arg)
{
	struct each each = { .fn = fn, .arg = arg, .now = tm_now() };
	struct tm_walk walk = { .map = map, .visit = visit_segment, .arg = &each };

	might_sleep();
	return tm_walk(&walk);
}
EXPORT_SYMBOL_GPL(ttlmap_for_each);
