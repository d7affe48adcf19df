// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Lookups
 *
 * Owns what a reader does: find the entry of a key, see that it has not expired,
 * note that it was used.
 *
 * A lookup takes no lock and has nothing to try again. In a map that is larger than
 * the caches nearly all of its time goes into waiting for two cache lines, of a bucket
 * and of an entry. The processor can wait for those of several lookups at once if it
 * gets as far ahead: what counts is how few instructions a lookup has, and that none
 * of them waits for what came before, as reading the clock does.
 */
#include <linux/prefetch.h>

#include "latency.h"
#include "lookup.h"
#include "trace.h"

DEFINE_STATIC_KEY_FALSE(tm_lookup_watched);

/* A use within this time of the last one does not write a sliding expiry again. */
#define SLIDE_STEP	(4 * NSEC_PER_MSEC)

/*
 * Starting the TTL anew at each use would write the entry's line each time. Whoever
 * gives the entry another TTL meanwhile has the last word.
 */
void tm_lookup_slide(struct ttlmap *map, struct tm_entry *entry, u64 now)
{
	/* Pairs with the cmpxchg in set_expires(): not a TTL older than the expiry. */
	u64 old = smp_load_acquire(&entry->expires);
	u64 expires = now + READ_ONCE(tm_entry_tail(entry)[map->kind.ttl_at]);

	if (old != TM_EXPIRES_NEVER && expires > old + SLIDE_STEP)
		cmpxchg(&entry->expires, old, expires);
}

/* One more, or one less, wants to know of lookups. Context: Process, may sleep. */
void tm_lookup_watch(bool on)
{
	if (on)
		static_branch_inc(&tm_lookup_watched);
	else
		static_branch_dec(&tm_lookup_watched);
}

__cold struct tm_entry *tm_lookup_and_tell(struct ttlmap *map, const void *data, u32 len,
					   u64 hash, bool use)
{
	const struct tm_key key = { .data = data, .len = len, .hash = hash };
	u64 began = tm_latency_begin(), now = 0;
	struct tm_entry *entry = tm_lookup_unwatched(map, &key, use, &now);

	tm_latency_end(map, TM_LATENCY_LOOKUP, began);
	if (use && entry)
		trace_ttlmap_hit(map, hash, len);
	else if (use)
		trace_ttlmap_miss(map, hash, len);
	return entry;
}

/* tm_lookup() where a call more or less does not count. */
struct tm_entry *tm_map_lookup(struct ttlmap *map, const struct tm_key *key, bool use, u64 *now)
{
	return tm_lookup(map, key, use, now);
}

/* Its header and key may share a line, or not. */
static void prefetch_entry(const struct tm_entry *entry, u32 key_len)
{
	prefetch(entry);
	prefetch(entry->data + key_len);
}

/**
 * tm_map_prefetch() - have what lookups will touch on its way into the cache
 * @map: the map
 * @keys: of lookups that follow
 * @n: how many
 *
 * Two passes, so that the misses of each overlap: the buckets' lines, then the
 * lines of the entries whose tags match.
 *
 * Context: RCU read section.
 */
void tm_map_prefetch(struct ttlmap *map, const struct tm_key *keys, unsigned int n)
{
	unsigned int i, home;
	struct tm_segment *seg;
	u64 match;

	for (i = 0; i < n; i++) {
		seg = tm_table_segment(&map->table, keys[i].hash);
		prefetch(&seg->bucket[tm_home(keys[i].hash)]);
	}
	for (i = 0; i < n; i++) {
		seg = tm_table_segment(&map->table, keys[i].hash);
		home = tm_home(keys[i].hash);
		match = tm_tags_match(READ_ONCE(seg->bucket[home].tags), tm_tag(keys[i].hash));
		if (match)
			prefetch_entry(tm_segment_entry(seg, home, tm_match_slot(match)),
				       keys[i].len);
	}
}
