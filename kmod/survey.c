// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Surveys
 *
 * Owns the figures that somebody asks for: the counters of a map put together,
 * and what only a walk through the table can tell.
 *
 * What is stale is counted, not estimated: all entries that have expired lie in
 * segments whose deadline has passed, so that only the headers of the others are
 * looked at.
 */
#include <linux/cred.h>
#include <linux/slab.h>

#include "clock.h"
#include "latency.h"
#include "survey.h"
#include "walk.h"

struct looking {
	const struct tm_kind *kind;
	struct tm_stale *stale;
	u64 now;
	u64 earliest;
};

static void count_stale_entry(const struct tm_entry *entry, struct looking *looking)
{
	looking->stale->entries++;
	looking->stale->bytes += tm_entry_bytes(looking->kind, entry);
	looking->earliest = min(looking->earliest, READ_ONCE(entry->expires));
}

static int count_stale(const struct tm_walk *walk, const struct tm_segment *seg)
{
	struct looking *looking = walk->arg;
	struct tm_entry *entry;
	unsigned int i, slot;

	/* A deadline is noted at the tick that is not before it. */
	if (READ_ONCE(seg->due) > tm_tick(looking->now) + 1)
		return 0;
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = tm_segment_entry(seg, i, slot);
			if (entry && tm_entry_expired(entry, looking->now) &&
			    !tm_walk_visited(walk, seg, entry))
				count_stale_entry(entry, looking);
		}
	}
	return 0;
}

/**
 * tm_survey_stale() - what has expired and is still there
 * @map: the map
 * @stale: zeroed
 *
 * Context: Process, may sleep; takes a walk over the segments' headers.
 */
void tm_survey_stale(struct ttlmap *map, struct tm_stale *stale)
{
	struct looking looking = { .kind = &map->kind, .stale = stale, .now = tm_now() };
	struct tm_walk walk = { .map = map, .visit = count_stale, .arg = &looking };

	looking.earliest = looking.now;
	tm_walk(&walk);
	stale->oldest_ns = looking.now - looking.earliest;
}

static void stat_limits(const struct ttlmap *map, struct ttlmap_stat *stat)
{
	const struct ttlmap_create *limits = &map->limits;
	struct user_namespace *ns = current_user_ns();

	stat->id = map->id;
	stat->flags = limits->flags;
	stat->key_max = limits->key_max;
	stat->value_max = limits->value_max;
	stat->mode = limits->mode;
	stat->uid = from_kuid_munged(ns, map->uid);
	stat->gid = from_kgid_munged(ns, map->gid);
	stat->max_entries = limits->max_entries;
	stat->max_bytes = limits->max_bytes;
	stat->default_ttl_ns = limits->default_ttl_ns;
	stat->min_ttl_ns = limits->min_ttl_ns;
	stat->max_ttl_ns = limits->max_ttl_ns;
	stat->jitter_ns = limits->jitter_ns;
	stat->frozen = READ_ONCE(map->frozen);
	if (READ_ONCE(map->net))
		memcpy(stat->name, limits->name, sizeof(stat->name));
}

static size_t own_bytes(const struct ttlmap *map)
{
	size_t a_cpu = sizeof(*map->stats) + sizeof(*map->lru) + sizeof(*map->retirer);

	return ksize(map) + ksize(map->began) + ksize(map->history) + num_possible_cpus() * a_cpu +
	       READ_ONCE(map->accounts.bytes) + tm_latency_bytes(map);
}

/* Bytes of entries that were not read since they were written. Context: Any. */
u64 tm_survey_unread(struct ttlmap *map)
{
	u64 read = tm_account_read_bytes(map), bytes = atomic_long_read(&map->bytes);

	return bytes - min(read, bytes);
}

static void stat_memory(struct ttlmap *map, struct ttlmap_stat *stat)
{
	struct tm_stale stale = {};
	u64 bytes;

	tm_survey_stale(map, &stale);
	stat->entries = atomic_long_read(&map->entries);
	bytes = atomic_long_read(&map->bytes);
	stat->stale_entries = min(stale.entries, stat->entries);
	stat->stale_bytes = min(stale.bytes, bytes);
	stat->oldest_stale_ns = stale.oldest_ns;
	stat->live_bytes = bytes - stat->stale_bytes;
	tm_retired_sum(map->retirer, &stat->retired_entries, &stat->retired_bytes);
	stat->retired_bytes += atomic_long_read(&map->table.retired_bytes);
	stat->table_bytes = atomic_long_read(&map->table.bytes) + own_bytes(map) +
			    tm_pool_bytes(&map->pool);
	stat->owned_entries = atomic_long_read(&map->owned);
	stat->unread_bytes = tm_survey_unread(map);
	stat->resident_bytes = bytes + stat->retired_bytes + stat->table_bytes;
}

static void stat_counts(const struct ttlmap *map, struct ttlmap_stat *stat)
{
	stat->hits = tm_stat_sum(map->stats, TM_HITS);
	stat->misses = tm_stat_sum(map->stats, TM_MISSES);
	stat->inserts = tm_stat_sum(map->stats, TM_INSERTS);
	stat->replaces = tm_stat_sum(map->stats, TM_REPLACES);
	stat->deletes = tm_stat_sum(map->stats, TM_DELETES);
	stat->popped = tm_stat_sum(map->stats, TM_POPPED);
	stat->cleared = tm_stat_sum(map->stats, TM_CLEARED);
	stat->evicted = tm_stat_sum(map->stats, TM_EVICTED);
	stat->reclaimed = tm_stat_sum(map->stats, TM_RECLAIMED);
	stat->expired = tm_stat_sum(map->stats, TM_EXPIRED);
	stat->owner_gone = tm_stat_sum(map->stats, TM_OWNER_GONE);
	stat->collision_evicted = tm_stat_sum(map->stats, TM_COLLISION_EVICTED);
	stat->touches = tm_stat_sum(map->stats, TM_TOUCHES);
	stat->adds = tm_stat_sum(map->stats, TM_ADDS);
	stat->canceled = tm_stat_sum(map->stats, TM_CANCELED);
	stat->refused = tm_stat_sum(map->stats, TM_REFUSED);
	stat->no_memory = tm_stat_sum(map->stats, TM_NO_MEMORY);
	stat->retire_waits = tm_stat_sum(map->stats, TM_RETIRE_WAITS);
	stat->expire_lag_max_ns = tm_stat_largest(map->stats, TM_WORST_LAG);
}

static void stat_alarms(struct ttlmap *map, struct ttlmap_stat *stat)
{
	unsigned int i;

	mutex_lock(&map->history->lock);
	for (i = 0; i < TTLMAP_ALARMS; i++) {
		stat->alarms += map->alarms[i].on;
		stat->alarms_raised += map->alarms[i].raised;
	}
	mutex_unlock(&map->history->lock);
}

/* Of the table at one moment. Context: Any. */
void tm_survey_growth(struct tm_table *table, struct tm_growth *growth)
{
	struct tm_directory *dir;

	spin_lock_bh(&table->lock);
	dir = rcu_dereference_protected(table->dir, lockdep_is_held(&table->lock));
	growth->directory_slots = 1ULL << dir->bits;
	growth->segments = table->segments;
	growth->splits = table->splits;
	growth->merges = table->merges;
	growth->resizes = table->resizes;
	memcpy(growth->at_depth, table->at_depth, sizeof(growth->at_depth));
	spin_unlock_bh(&table->lock);
}

static void stat_table(struct tm_table *table, struct ttlmap_stat *stat)
{
	struct tm_growth growth;

	tm_survey_growth(table, &growth);
	stat->directory_slots = growth.directory_slots;
	stat->segments = growth.segments;
	stat->splits = growth.splits;
	stat->merges = growth.merges;
	stat->directory_resizes = growth.resizes;
}

/**
 * tm_survey_stat() - all figures of a map
 * @map: the map
 * @stat: zeroed
 *
 * Context: Process, may sleep; takes a walk over the segments' headers.
 */
void tm_survey_stat(struct ttlmap *map, struct ttlmap_stat *stat)
{
	stat_limits(map, stat);
	stat_memory(map, stat);
	stat_counts(map, stat);
	stat_table(&map->table, stat);
	stat_alarms(map, stat);
}

static void count_entries(const struct tm_walk *walk, const struct tm_segment *seg,
			  unsigned int i, struct tm_occupancy *occupancy)
{
	struct tm_entry *entry;
	unsigned int slot, home;
	u64 hash;

	for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
		entry = tm_segment_entry(seg, i, slot);
		if (!entry)
			continue;
		hash = tm_hash(&walk->map->hasher, entry->data, entry->key_len);
		if (hash < walk->from)
			continue;
		home = tm_home(hash);
		occupancy->probe_length[(i + TM_SEGMENT_BUCKETS - home) % TM_SEGMENT_BUCKETS]++;
		occupancy->entries++;
	}
}

/* Half of a segment that has just been merged was counted before as one of its own. */
static int count_segment(const struct tm_walk *walk, const struct tm_segment *seg)
{
	struct tm_occupancy *occupancy = walk->arg;
	unsigned int i, tens = READ_ONCE(seg->count) / 10;

	occupancy->segments++;
	occupancy->segment_entries[min_t(unsigned int, tens, TM_FILL_STEPS - 1)]++;
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		occupancy->bucket_slots[hweight64(tm_tags_used(READ_ONCE(seg->bucket[i].tags)))]++;
		count_entries(walk, seg, i, occupancy);
	}
	return 0;
}

/**
 * tm_survey_occupancy() - how the entries lie in the table
 * @map: the map
 * @occupancy: zeroed
 *
 * Context: Process, may sleep; takes a walk through the whole table.
 */
void tm_survey_occupancy(struct ttlmap *map, struct tm_occupancy *occupancy)
{
	struct tm_walk walk = { .map = map, .visit = count_segment, .arg = occupancy };

	tm_walk(&walk);
}
