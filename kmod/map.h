/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_MAP_H
#define _TTLMAP_MAP_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <uapi/linux/ttlmap.h>

#include "account.h"
#include "alarm.h"
#include "entry.h"
#include "hash.h"
#include "history.h"
#include "retire.h"
#include "stats.h"
#include "table.h"
#include "wheel.h"

/**
 * struct tm_lru - what eviction knows on one CPU
 * @hand: where it looks for victims: a segment's prefix, and in the lowest bits
 *	the index of a bucket
 * @mean_age: of recent victims, in 1/16 epochs
 * @inserts: since the map's count of them was last raised
 * @versions: given to entries by this CPU
 */
struct tm_lru {
	u64 hand;
	u32 mean_age;
	u32 inserts;
	u64 versions;
};

/**
 * struct ttlmap - a map
 * @refs: descriptors, owners that are being cleaned up, modules, and the name
 * @limits: as given at creation and tuned since; WR: @tune. Only whether it has
 *	a name changes otherwise, see names.c
 * @hasher: of the keys
 * @epoch: of the LRU; ages are counted in it
 * @began: ticks at which the last 256 epochs began, each by its number
 * @made: tick at which the map was
 * @frozen: no key comes or goes any more; WR: @tune
 * @kind: what the entries have in common
 * @listeners: descriptors that are told of entries that go; WR: listen.c's mutex
 * @pool: entries allocated beforehand
 * @stats: event counters
 * @latencies: how long operations took, if that was ever asked for
 * @lru: eviction's hands
 * @retirer: unlinked entries
 * @id: number of the map
 * @net: namespace in which the name is seen, NULL without one; WR: names.c's mutex
 * @uid: owner
 * @gid: group
 * @user: whom the map counts against
 * @gone: completed when the map is, if somebody waits for that
 * @dir: its folder in debugfs
 * @reclaim: among the maps that the shrinker may take from
 * @tune: one change of the limits at a time
 * @tune_work: evicts down to limits that were lowered
 * @expire_work: removes what has expired
 * @max_entries: capacity at this moment: above limits while @tune_work is busy
 * @max_bytes: likewise; 0 is no such limit
 * @accounts: of those who write
 * @account: by which modules write
 * @alarm_limits: when alarm is given; WR: the history's mutex
 * @alarms: by TTLMAP_ALARM_*; WR: the history's mutex
 * @alarm_owner: who might leak; WR: the history's mutex
 * @history: what it was and what was done to it
 * @entries: resident; never above @max_entries
 * @bytes: of those entries as allocated; never above @max_bytes
 * @inserts: roughly, for the epoch
 * @owned: entries bound to some descriptor
 * @table: the entries
 * @wheel: the segments by deadline
 */
struct ttlmap {
	struct kref refs;
	struct ttlmap_create limits;
	struct tm_hasher hasher;
	u8 epoch;
	u32 *began;
	u32 made;
	bool frozen;
	struct tm_kind kind;
	struct list_head listeners;
	struct tm_pool pool;
	struct tm_stats __percpu *stats;
	struct tm_latencies __percpu *latencies;
	struct tm_lru __percpu *lru;
	struct tm_retirer __percpu *retirer;
	u64 id;
	struct net *net;
	kuid_t uid;
	kgid_t gid;
	kuid_t user;
	struct completion *gone;
	struct dentry *dir;
	struct list_head reclaim;
	/* over limits; below names.c's mutex */
	struct mutex tune;
	struct work_struct tune_work;
	struct work_struct expire_work;
	u64 max_entries;
	u64 max_bytes;
	struct tm_accounts accounts;
	struct tm_account *account;
	struct ttlmap_alarms alarm_limits;
	struct tm_alarm alarms[TTLMAP_ALARMS];
	struct tm_alarm_owner alarm_owner;
	struct tm_history *history;
	struct {
		atomic_long_t entries;
		atomic_long_t bytes;
		atomic_long_t inserts;
		atomic_long_t owned;
	} ____cacheline_aligned_in_smp;
	struct tm_table table ____cacheline_aligned_in_smp;
	struct tm_wheel wheel ____cacheline_aligned_in_smp;
};

static inline bool tm_map_is(const struct ttlmap *map, u32 flag)
{
	return READ_ONCE(map->limits.flags) & flag;
}

static inline void tm_map_key(const struct ttlmap *map, struct tm_key *key, const void *data,
			      u32 len)
{
	key->data = data;
	key->len = len;
	key->hash = tm_hash(&map->hasher, data, len);
}

struct ttlmap_params;

struct ttlmap *tm_map_create(const struct ttlmap_params *params);
void tm_map_destroy(struct ttlmap *map);

#endif /* _TTLMAP_MAP_H */
