// SPDX-License-Identifier: GPL-2.0
/*
 * What must be true of a map's structure whenever nobody is at work on it.
 */
#include "core.h"

/* More than any program has at once. */
#define ACCOUNTS_MAX	256

/**
 * struct found - what a walk through a map came upon
 * @map: the map
 * @dir: its directory
 * @at_depth: segments of each depth
 * @segments: all of them
 * @entries: in them
 * @bytes: of those
 * @owned: how many of those have an owner
 * @written: by the number of who wrote them last
 */
struct found {
	struct ttlmap *map;
	struct tm_directory *dir;
	u32 at_depth[TM_DIR_BITS_MAX + 1];
	u32 segments;
	long entries;
	long bytes;
	long owned;
	struct tm_account_sums written[ACCOUNTS_MAX];
};

static void check_hash(const struct found *found, const struct tm_segment *seg,
		       const struct tm_entry *entry)
{
	CORE_REQUIRE(entry->hash == tm_hash(&found->map->hasher, entry->data, entry->key_len));
	CORE_REQUIRE(!((entry->hash ^ seg->prefix) >> (64 - seg->depth)));
}

/* Deadlines are lower bounds, which saturate. */
static void check_deadline(const struct tm_segment *seg, const struct tm_bucket *bucket,
			   const struct tm_entry *entry)
{
	u64 due;

	if (entry->expires == TM_EXPIRES_NEVER)
		return;
	due = tm_tick_due(entry->expires);
	CORE_REQUIRE(bucket->deadline != TM_DEADLINE_NONE);
	CORE_REQUIRE(seg->base + bucket->deadline <= max(due, seg->base));
	CORE_REQUIRE(seg->due <= seg->base + bucket->deadline);
}

static void check_owner(struct found *found, struct tm_entry *entry)
{
	struct tm_owned *owned;

	if (!found->map->kind.owned)
		return;
	owned = tm_entry_owned(entry);
	CORE_REQUIRE(owned->entry == entry);
	if (!owned->owner)
		return;
	CORE_REQUIRE(*owned->node.pprev == &owned->node);
	found->owned++;
}

static void check_account(struct found *found, const struct tm_entry *entry)
{
	unsigned int id = entry->written_by & TM_WRITER_ID;
	long bytes = tm_entry_bytes(&found->map->kind, entry);
	struct tm_account_sums *sums = &found->written[id];

	CORE_REQUIRE(id < ACCOUNTS_MAX);
	sums->entries++;
	sums->bytes += bytes;
	sums->read_bytes += entry->written_by & TM_WRITER_READ ? bytes : 0;
	sums->unexpiring += entry->expires == TM_EXPIRES_NEVER;
}

static void check_accounts(const struct found *found)
{
	const struct tm_account_slots *slots = found->map->accounts.slots;
	struct tm_account_sums none = {};
	unsigned int id;
	int cpu;

	for (id = 0; id < slots->n && id < ACCOUNTS_MAX; id++) {
		struct tm_account_sums left = found->written[id];

		for_each_possible_cpu(cpu) {
			struct tm_account_sums *sums = &none;

			if (slots->slot[id])
				sums = per_cpu_ptr(slots->slot[id]->sums, cpu);
			left.entries -= sums->entries;
			left.bytes -= sums->bytes;
			left.read_bytes -= sums->read_bytes;
			left.unexpiring -= sums->unexpiring;
		}
		CORE_REQUIRE(!left.entries && !left.bytes);
		CORE_REQUIRE(!left.read_bytes && !left.unexpiring);
	}
}

static void count_passed(u8 *passed, u64 hash, unsigned int bucket)
{
	unsigned int at = tm_home(hash);

	for (; at != bucket; at = tm_next_bucket(at))
		passed[at]++;
}

static void check_entry(struct found *found, struct tm_segment *seg, unsigned int i,
			unsigned int slot, u8 *passed)
{
	struct tm_bucket *bucket = &seg->bucket[i];
	struct tm_entry *entry = bucket->slot[slot];
	u8 tag = bucket->tags >> (slot * TM_TAG_BITS);

	CORE_REQUIRE(!tag == !entry);
	if (!entry)
		return;
	CORE_REQUIRE(tag == tm_tag(entry->hash));
	CORE_REQUIRE(!(entry->state & TM_STATE_FREE));
	check_hash(found, seg, entry);
	check_deadline(seg, bucket, entry);
	check_owner(found, entry);
	check_account(found, entry);
	count_passed(passed, entry->hash, i);
	found->entries++;
	found->bytes += tm_entry_bytes(&found->map->kind, entry);
}

static void check_entries(struct found *found, struct tm_segment *seg)
{
	u8 passed[TM_SEGMENT_BUCKETS] = {};
	long before = found->entries;
	unsigned int i, slot;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++)
			check_entry(found, seg, i, slot, passed);
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		CORE_REQUIRE(passed[i] == seg->bucket[i].tags >> TM_PASSED_SHIFT);
	CORE_REQUIRE(seg->count == found->entries - before);
}

/* Where the slots of a level begin, as the wheel will come upon them. */
static u64 slot_begin(const struct tm_wheel *wheel, unsigned int level, unsigned int slot)
{
	unsigned int shift = level * TM_WHEEL_BITS;
	u64 first = (wheel->now + BIT_ULL(shift) - 1) >> shift;
	u64 ahead = (slot - first) & (TM_WHEEL_SLOTS - 1);

	return (first + ahead) << shift;
}

static bool in_slot(const struct hlist_head *head, const struct tm_segment *seg)
{
	const struct hlist_node *node;

	for (node = head->first; node; node = node->next)
		if (node == &seg->wheel)
			return true;
	return false;
}

static bool find_in_wheel(const struct tm_wheel *wheel, const struct tm_segment *seg, u64 *begin)
{
	unsigned int level, slot;

	for (level = 0; level < TM_WHEEL_LEVELS; level++) {
		for (slot = 0; slot < TM_WHEEL_SLOTS; slot++) {
			if (!in_slot(&wheel->slot[level][slot], seg))
				continue;
			CORE_REQUIRE(wheel->pending[level] & BIT_ULL(slot));
			*begin = slot_begin(wheel, level, slot);
			return true;
		}
	}
	return false;
}

/* A segment comes up no later than it is due, and the timer no later than that. */
static void check_wheel(const struct found *found, const struct tm_segment *seg)
{
	const struct tm_wheel *wheel = &found->map->wheel;
	bool there;
	u64 begin;

	if (found->map->frozen)
		return;
	there = find_in_wheel(wheel, seg, &begin);
	CORE_REQUIRE(there == (seg->due != TM_TICK_NEVER));
	if (!there)
		return;
	CORE_REQUIRE(begin <= max(seg->due, wheel->now));
	CORE_REQUIRE(wheel->armed <= begin);
}

/* What is to be done has somebody who will do it. */
static void check_pending(struct ttlmap *map)
{
	const struct tm_table *table = &map->table;

	CORE_REQUIRE(hlist_empty(&table->want) || table->work.work.pending);
	if (!map->frozen && map->wheel.armed != TM_TICK_NEVER)
		CORE_REQUIRE(shim_timer_armed(&map->wheel.timer) || map->expire_work.pending);
}

static void check_segment(struct found *found, struct tm_segment *seg)
{
	u64 first = seg->prefix >> (64 - found->dir->bits);
	u64 i, n = 1ULL << (found->dir->bits - seg->depth);

	CORE_REQUIRE(seg->depth <= found->dir->bits);
	CORE_REQUIRE(seg->depth >= found->map->table.min_bits);
	CORE_REQUIRE(!(seg->prefix << seg->depth));
	CORE_REQUIRE(!seg->moved && !seg->lock.locked);
	for (i = 0; i < n; i++)
		CORE_REQUIRE(found->dir->slot[first + i] == seg);
	found->at_depth[seg->depth]++;
	found->segments++;
	check_entries(found, seg);
	check_wheel(found, seg);
}

static void check_sums(const struct found *found)
{
	struct ttlmap *map = found->map;
	struct tm_table *table = &map->table;
	long slots = 1L << found->dir->bits;

	CORE_REQUIRE(!table->next);
	CORE_REQUIRE(!memcmp(found->at_depth, table->at_depth, sizeof(found->at_depth)));
	CORE_REQUIRE(found->segments == table->segments);
	CORE_REQUIRE(table->bytes.counter == (long)(found->segments * sizeof(struct tm_segment) +
						    sizeof(struct tm_directory) + slots * 8));
	CORE_REQUIRE(found->entries == map->entries.counter);
	CORE_REQUIRE(found->bytes == map->bytes.counter);
	CORE_REQUIRE(found->owned == map->owned.counter);
	CORE_REQUIRE((u64)found->entries <= map->max_entries);
	CORE_REQUIRE(!map->max_bytes || (u64)found->bytes <= map->max_bytes);
}

static void count_chain(struct tm_retirer *retirer, struct llist_node *node, long *n, long *bytes)
{
	for (; node; node = node->next) {
		(*n)++;
		*bytes += tm_entry_bytes(retirer->kind,
					 llist_entry(node, struct tm_entry, retired));
	}
}

static void check_retired(struct ttlmap *map)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tm_retirer *retirer = per_cpu_ptr(map->retirer, cpu);
		long n = 0, bytes = 0;

		count_chain(retirer, retirer->next.first, &n, &bytes);
		count_chain(retirer, retirer->waiting, &n, &bytes);
		CORE_REQUIRE(retirer->in.entries - retirer->out.entries == n);
		CORE_REQUIRE(retirer->in.bytes - retirer->out.bytes == bytes);
		CORE_REQUIRE(!n || retirer->work.work.pending);
	}
}

void core_check(struct ttlmap *map)
{
	struct found found = { .map = map, .dir = map->table.dir };
	struct tm_segment *seg;
	u64 hash = 0;

	do {
		seg = found.dir->slot[hash >> (64 - found.dir->bits)];
		CORE_REQUIRE(seg->prefix == hash);
		check_segment(&found, seg);
		hash = tm_segment_end(seg);
	} while (hash);
	check_sums(&found);
	check_accounts(&found);
	check_retired(map);
	check_pending(map);
}
