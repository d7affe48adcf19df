// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The oldest entries
 *
 * Owns the list of the few entries that have been idle for longest, with what is worth
 * knowing of each. Keys are copied out while they are there: an entry may go as soon
 * as the walk moves on.
 *
 * Locks: none, as walks have it.
 */
#include "clock.h"
#include "evict.h"
#include "oldest.h"
#include "walk.h"

/* Where one that has been idle for so long belongs; @oldest->n is at the end. */
static unsigned int place_of(const struct tm_oldest *oldest, u64 idle)
{
	unsigned int i = oldest->n;

	while (i && oldest->entries[i - 1].idle_ns < idle)
		i--;
	return i;
}

/* Move what follows up by one; the last of a full list goes. */
static struct tm_old *make_place(struct tm_oldest *oldest, unsigned int i)
{
	struct tm_old *at = &oldest->entries[i];

	if (oldest->n < TM_OLDEST)
		oldest->n++;
	memmove(at + 1, at, (oldest->n - 1 - i) * sizeof(*at));
	return at;
}

static void describe(struct tm_old *old, const struct ttlmap *map, struct tm_entry *entry, u64 now)
{
	old->ttl_ns = tm_entry_left(entry, now);
	old->bytes = tm_entry_bytes(&map->kind, entry);
	old->value_len = entry->value_len;
	old->key_len = entry->key_len;
	old->owner = READ_ONCE(entry->written_by) & TM_WRITER_ID;
	memcpy(old->key, entry->data, min_t(u32, entry->key_len, TM_OLDEST_KEY));
}

static void visit_entry(const struct tm_walk *walk, const struct tm_segment *seg,
			struct tm_entry *entry, u8 used)
{
	struct tm_oldest *oldest = walk->arg;
	u64 idle = tm_lru_idle_ns(walk->map, used, oldest->now);
	unsigned int place = place_of(oldest, idle);
	struct tm_old *old;

	if (place == TM_OLDEST || tm_walk_visited(walk, seg, entry))
		return;
	old = make_place(oldest, place);
	old->idle_ns = idle;
	describe(old, walk->map, entry, oldest->now);
}

/**
 * tm_oldest() - find the entries that have been idle for longest
 * @map: the map
 * @oldest: zeroed
 *
 * Context: Process, may sleep; takes a walk through the whole table.
 */
void tm_oldest(struct ttlmap *map, struct tm_oldest *oldest)
{
	struct tm_walk walk = { .map = map, .arg = oldest, .entry = visit_entry };

	oldest->now = tm_now();
	tm_lru_look(map);
	tm_walk_entries(&walk);
}
