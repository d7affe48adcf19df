/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_MAP_H
#define _TTLMAP_MAP_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <uapi/linux/ttlmap.h>

#include "entry.h"
#include "hash.h"
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
 */
struct tm_lru {
	u64 hand;
	u32 mean_age;
	u32 inserts;
};

/**
 * struct ttlmap - a map
 * @refs: descriptors, and the name
 * @limits: as given at creation; only its name may change, see names.c
 * @hasher: of the keys
 * @epoch: of the LRU; ages are counted in it
 * @stats: event counters
 * @lru: eviction's hands
 * @retirer: unlinked entries
 * @id: number of the map
 * @net: namespace in which the name is seen, NULL without one; WR: names.c's mutex
 * @uid: owner
 * @gid: group
 * @user: whom the map counts against
 * @dir: its folder in debugfs
 * @expire_work: removes what has expired
 * @expire_lag_max: ns; WR: @expire_work
 * @entries: resident, and reserved by inserts under way; never above max_entries
 * @bytes: of those entries as allocated; never above max_bytes
 * @inserts: roughly, for the epoch
 * @table: the entries
 * @wheel: the segments by deadline
 */
struct ttlmap {
	struct kref refs;
	struct ttlmap_create limits;
	struct tm_hasher hasher;
	u8 epoch;
	struct tm_stats __percpu *stats;
	struct tm_lru __percpu *lru;
	struct tm_retirer __percpu *retirer;
	u64 id;
	struct net *net;
	kuid_t uid;
	kgid_t gid;
	kuid_t user;
	struct dentry *dir;
	struct work_struct expire_work;
	u64 expire_lag_max;
	struct {
		atomic_long_t entries;
		atomic_long_t bytes;
		atomic_long_t inserts;
	} ____cacheline_aligned_in_smp;
	struct tm_table table ____cacheline_aligned_in_smp;
	struct tm_wheel wheel ____cacheline_aligned_in_smp;
};

/**
 * struct tm_update - what an update asks for
 * @entry: the new entry, complete but for its expiry; taken over on success
 * @ttl_ns: its TTL as in struct ttlmap_op
 * @flags: as in struct ttlmap_op
 */
struct tm_update {
	struct tm_entry *entry;
	u64 ttl_ns;
	u32 flags;
};

struct ttlmap *tm_map_create(const struct ttlmap_create *args);
void tm_map_destroy(struct ttlmap *map);
void tm_map_key(const struct ttlmap *map, struct tm_key *key, const void *data, u32 len);
struct tm_entry *tm_map_lookup(struct ttlmap *map, const struct tm_key *key, u64 *now);
int tm_map_update(struct ttlmap *map, const struct tm_update *update);
int tm_map_delete(struct ttlmap *map, const struct tm_key *key);

#endif /* _TTLMAP_MAP_H */
