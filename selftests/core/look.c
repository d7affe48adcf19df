// SPDX-License-Identifier: GPL-2.0
/*
 * Compares what is in a map with what its model says should be.
 */
#include "../../kmod/evict.h"
#include "../../kmod/survey.h"
#include "model.h"

/* Counters of what the model cannot foresee. */
static const enum tm_stat unforeseen[] = {
	TM_EVICTED, TM_RECLAIMED, TM_COLLISION_EVICTED, TM_EXPIRED, TM_OWNER_GONE,
};

static u64 since(const struct model *model, enum tm_stat which)
{
	return tm_stat_sum(model->map->stats, which) - model->before[which];
}

static void see_segment(struct model *model, const struct tm_segment *seg)
{
	unsigned int i, slot, id;
	struct tm_entry *entry;

	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = seg->bucket[i].slot[slot];
			if (!entry)
				continue;
			id = model_id(entry->data);
			CORE_REQUIRE(id < MODEL_KEYS && !model->seen[id]);
			model->seen[id] = entry;
		}
	}
}

static void see(struct model *model)
{
	const struct tm_directory *dir = model->map->table.dir;
	u64 hash = 0;

	memset(model->seen, 0, sizeof(model->seen));
	do {
		struct tm_segment *seg = dir->slot[hash >> (64 - dir->bits)];

		see_segment(model, seg);
		hash = tm_segment_end(seg);
	} while (hash);
}

static size_t item_bytes(const struct model *model, unsigned int id)
{
	return model_bytes(model, id, model->items[id].value_len);
}

static void compare_value(const struct model *model, unsigned int id)
{
	static u8 value[TTLMAP_VALUE_MAX];
	struct tm_entry *entry = model->seen[id];
	const struct item *item = &model->items[id];
	u8 key[TTLMAP_KEY_MAX];

	CORE_REQUIRE(entry->key_len == model_key(model, id, key));
	CORE_REQUIRE(!memcmp(entry->data, key, entry->key_len));
	CORE_REQUIRE(entry->value_len == item->value_len);
	model_value(model, id, item->fill, value, item->value_len);
	CORE_REQUIRE(!memcmp(tm_entry_value(entry), value, item->value_len));
}

static void compare_owner(const struct model *model, unsigned int id)
{
	struct item *item = (struct item *)&model->items[id];
	const struct tm_owner *owner;

	if (!model->map->kind.owned)
		return;
	owner = tm_entry_owned(model->seen[id])->owner;
	/* Entries of frozen maps are let go. */
	if (item->doomed && !owner && model->map->frozen)
		item->doomed = false;
	else
		CORE_REQUIRE(owner == item->owner);
	item->owner = (struct tm_owner *)owner;
}

static void compare(struct model *model, unsigned int id)
{
	const struct tm_kind *kind = &model->map->kind;
	struct tm_entry *entry = model->seen[id];
	struct item *item = &model->items[id];

	CORE_REQUIRE(item->there);
	compare_value(model, id);
	compare_owner(model, id);
	CORE_REQUIRE(entry->expires <= item->expires);
	CORE_REQUIRE(entry->expires >= item->expires - item->jitter);
	/* Of the TTL that a touch leaves behind the jitter is off as well. */
	if (kind->ttl_at >= 0 && item->jitter)
		item->ttl = tm_entry_tail(entry)[kind->ttl_at];
	item->expires = entry->expires;
	item->jitter = 0;
	if (kind->ttl_at >= 0)
		CORE_REQUIRE(tm_entry_tail(entry)[kind->ttl_at] == item->ttl);
	CORE_REQUIRE(tm_entry_version(kind, entry) == item->version);
	CORE_REQUIRE(tm_entry_bytes(kind, entry) == item_bytes(model, id));
}

/* Nothing is evicted from a map that was not full, and no more than has to be. */
static void check_eviction(const struct model *model)
{
	const struct ttlmap *map = model->map;

	if (!since(model, TM_EVICTED) || map->max_bytes || map->limits.max_bytes ||
	    since(model, TM_EXPIRED) || since(model, TM_OWNER_GONE) ||
	    since(model, TM_RECLAIMED) || since(model, TM_COLLISION_EVICTED))
		return;
	CORE_REQUIRE(map->entries.counter >= (long)min(map->max_entries, map->limits.max_entries));
}

/* In a small map the victim of an insert is the one that was not used for longest. */
static void check_victim(const struct model *model, unsigned int victim)
{
	unsigned int id;

	if (model->map->limits.max_entries > TM_LRU_EXACT || model->tuned ||
	    since(model, TM_EVICTED) != 1 || model->writes != 1)
		return;
	for (id = 0; id < MODEL_KEYS; id++)
		if (model->seen[id])
			CORE_REQUIRE(model->items[victim].used < model->items[id].used);
}

/* What went by itself must have had a reason, and be counted under it. */
static void account(struct model *model)
{
	u64 stale = 0, doomed = 0, live = 0, counted = 0, i;
	unsigned int id;

	for (id = 0; id < MODEL_KEYS; id++) {
		struct item *item = &model->items[id];

		if (!item->there || model->seen[id])
			continue;
		item->there = false;
		if (shim_clock() >= item->expires - item->jitter) {
			stale++;
		} else if (item->doomed) {
			doomed++;
		} else {
			live++;
			check_victim(model, id);
		}
	}
	check_eviction(model);
	for (i = 0; i < ARRAY_SIZE(unforeseen); i++)
		counted += since(model, unforeseen[i]);
	counted -= model->count[TM_EXPIRED];
	CORE_REQUIRE(!model->map->frozen || !(stale + doomed + live));
	CORE_REQUIRE(live <= since(model, TM_EVICTED) + since(model, TM_RECLAIMED) +
			     since(model, TM_COLLISION_EVICTED));
	CORE_REQUIRE(doomed <= counted - live);
	CORE_REQUIRE(counted >= stale + doomed + live);
	/* Of several updates one may evict what a later one writes again. */
	CORE_REQUIRE(counted == stale + doomed + live ||
		     (model->writes > 1 && counted <= stale + doomed + live + model->writes));
}

static void compare_counts(struct model *model)
{
	const enum tm_stat exact[] = {
		TM_HITS, TM_MISSES, TM_DELETES, TM_POPPED, TM_CLEARED, TM_TOUCHES, TM_ADDS,
		TM_CANCELED, TM_REFUSED,
	};
	u64 i;

	for (i = 0; i < ARRAY_SIZE(exact); i++)
		CORE_REQUIRE(tm_stat_sum(model->map->stats, exact[i]) == model->count[exact[i]]);
	CORE_REQUIRE(since(model, TM_INSERTS) + since(model, TM_REPLACES) == model->writes);
	for (i = 0; i < TM_STATS; i++)
		model->before[i] = tm_stat_sum(model->map->stats, i);
	model->count[TM_EXPIRED] = 0;
	model->writes = 0;
}

static void compare_memory(struct model *model)
{
	u64 live = 0, stale = 0, n_stale = 0, owned = 0, n = 0;
	struct ttlmap_stat stat = {};
	unsigned int id;

	for (id = 0; id < MODEL_KEYS; id++) {
		if (!model->items[id].there)
			continue;
		n++;
		owned += !!model->items[id].owner;
		n_stale += !model_live(model, id);
		if (model_live(model, id))
			live += item_bytes(model, id);
		else
			stale += item_bytes(model, id);
	}
	tm_survey_stat(model->map, &stat);
	CORE_REQUIRE(stat.entries == n);
	CORE_REQUIRE(stat.live_bytes == live);
	CORE_REQUIRE(stat.stale_entries == n_stale);
	CORE_REQUIRE(stat.stale_bytes == stale);
	CORE_REQUIRE(stat.owned_entries == owned);
	CORE_REQUIRE(stat.resident_bytes == live + stale + stat.retired_bytes + stat.table_bytes);
}

static void compare_owners(const struct model *model)
{
	u64 n[MODEL_OWNERS] = {}, bytes[MODEL_OWNERS] = {};
	unsigned int id, i;

	for (id = 0; id < MODEL_KEYS; id++) {
		for (i = 0; i < MODEL_OWNERS; i++) {
			if (!model->items[id].there || model->items[id].owner != model->owners[i])
				continue;
			n[i]++;
			bytes[i] += item_bytes(model, id);
		}
	}
	for (i = 0; i < MODEL_OWNERS; i++) {
		CORE_REQUIRE(model->owners[i]->entries == n[i]);
		CORE_REQUIRE(model->owners[i]->bytes == bytes[i]);
	}
}

/**
 * model_look() - compare everything
 * @model: learns what went by itself
 */
void model_look(struct model *model)
{
	unsigned int id;

	core_check(model->map);
	see(model);
	for (id = 0; id < MODEL_KEYS; id++)
		if (model->seen[id])
			compare(model, id);
	account(model);
	compare_counts(model);
	compare_memory(model);
	compare_owners(model);
}
