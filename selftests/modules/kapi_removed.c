// SPDX-License-Identifier: GPL-2.0
/* The callback on removal: each entry once, with the reason. */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "kapi.h"

#define ENTRIES	5000

/*
 * What became of entries whose values are numbers below ENTRIES. Their keys are
 * that number modulo the number of keys.
 */
struct record {
	u64 keys;
	atomic_t calls;
	u8 count[ENTRIES];
	u8 reason[ENTRIES];
	bool bad_context;
	bool bad_entry;
};

static void removed(void *arg, struct tm_entry *entry, enum ttlmap_reason reason)
{
	u64 key = *(const u64 *)ttlmap_entry_key(entry).data;
	u64 value = *(const u64 *)ttlmap_entry_value(entry).data;
	struct record *record = arg;

	if (!preemptible() || !in_task() || rcu_preempt_depth())
		record->bad_context = true;
	if (value >= ENTRIES || key != value % record->keys) {
		record->bad_entry = true;
		return;
	}
	record->count[value]++;
	record->reason[value] = reason;
	/* It says that it may sleep. */
	if (value % 1000 == 0)
		msleep(20);
	atomic_inc(&record->calls);
}

static struct record *record_alloc(u64 keys)
{
	struct record *record = vzalloc(sizeof(*record));

	if (record)
		record->keys = keys;
	return record;
}

static struct ttlmap *recorded_map(struct seq_file *report, struct record *record, u64 capacity,
				   u32 flags)
{
	const struct ttlmap_params params = {
		.limits = { .flags = flags, .key_max = 8, .value_max = 8,
			    .max_entries = capacity },
		.removed = removed,
		.arg = record,
	};

	return record ? kapi_map(report, &params) : NULL;
}

static bool all_told(void *arg)
{
	const struct record *record = arg;

	return atomic_read(&record->calls) >= ENTRIES;
}

/* Entries from @from up to @to were told of once, with @reason. */
static void check_reasons(struct seq_file *report, const struct record *record, unsigned int from,
			  unsigned int to, enum ttlmap_reason reason)
{
	unsigned int wrong = 0;

	for (; from < to; from++)
		wrong += record->count[from] != 1 || record->reason[from] != reason;
	EXPECT_EQ(report, 0, wrong);
	EXPECT(report, !record->bad_context);
	EXPECT(report, !record->bad_entry);
}

static void fill(struct seq_file *report, struct ttlmap *map, const struct record *record,
		 u64 ttl_ns)
{
	unsigned int wrong = 0;
	u64 i;

	for (i = 0; i < ENTRIES; i++)
		wrong += !!kapi_set(map, i % record->keys, i, ttl_ns, 0);
	EXPECT_EQ(report, 0, wrong);
}

static void finish(struct ttlmap *map, struct record *record)
{
	if (map)
		ttlmap_put(map);
	vfree(record);
}

static void removed_deleted(struct seq_file *report)
{
	struct record *record = record_alloc(ENTRIES);
	struct ttlmap *map = recorded_map(report, record, ENTRIES, 0);
	u64 i;

	if (map) {
		fill(report, map, record, 0);
		EXPECT_EQ(report, 0, atomic_read(&record->calls));
		for (i = 0; i < ENTRIES; i++)
			EXPECT_EQ(report, 0, kapi_delete(map, i));
		EXPECT(report, kapi_eventually(all_told, record));
		check_reasons(report, record, 0, ENTRIES, TTLMAP_DELETED);
	}
	finish(map, record);
}

static void removed_replaced(struct seq_file *report)
{
	struct record *record = record_alloc(100);
	struct ttlmap *map = recorded_map(report, record, ENTRIES, 0);

	if (map) {
		fill(report, map, record, 0);
		ttlmap_put(map);
		check_reasons(report, record, 0, ENTRIES - 100, TTLMAP_REPLACED);
		check_reasons(report, record, ENTRIES - 100, ENTRIES, TTLMAP_MAP_GONE);
	}
	finish(NULL, record);
}

static void removed_expired(struct seq_file *report)
{
	struct record *record = record_alloc(ENTRIES);
	struct ttlmap *map = recorded_map(report, record, ENTRIES, 0);

	if (map) {
		fill(report, map, record, 50 * NSEC_PER_MSEC);
		EXPECT(report, kapi_eventually(all_told, record));
		check_reasons(report, record, 0, ENTRIES, TTLMAP_EXPIRED);
	}
	finish(map, record);
}

static unsigned int count_reason(const struct record *record, enum ttlmap_reason reason)
{
	unsigned int i, count = 0;

	for (i = 0; i < ENTRIES; i++)
		count += record->count[i] == 1 && record->reason[i] == reason;
	return count;
}

static void check_evicted(struct seq_file *report, u32 flags)
{
	struct record *record = record_alloc(ENTRIES);
	struct ttlmap *map = recorded_map(report, record, 500, flags);

	if (map) {
		fill(report, map, record, 0);
		ttlmap_put(map);
		EXPECT_EQ(report, 500, count_reason(record, TTLMAP_MAP_GONE));
		EXPECT_EQ(report, ENTRIES - 500, count_reason(record, TTLMAP_EVICTED));
		EXPECT(report, !record->bad_context);
		EXPECT(report, !record->bad_entry);
	}
	finish(NULL, record);
}

static void removed_evicted(struct seq_file *report)
{
	check_evicted(report, 0);
}

/* Whose memory is used again for other entries. */
static void removed_evicted_prealloc(struct seq_file *report)
{
	check_evicted(report, TTLMAP_F_PREALLOC);
}

/* The words that these flags put into an entry are not in the callback's way. */
static void removed_with_all_tails(struct seq_file *report)
{
	check_evicted(report, TTLMAP_F_OWNERS | TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS);
}

/* Whatever was under way: when ttlmap_put() returns, all have been told of. */
static void removed_before_put_returns(struct seq_file *report)
{
	struct record *record = record_alloc(ENTRIES);
	struct ttlmap *map = recorded_map(report, record, ENTRIES, 0);
	u64 i;

	if (map) {
		fill(report, map, record, 0);
		for (i = 0; i < ENTRIES / 2; i++)
			EXPECT_EQ(report, 0, kapi_delete(map, i));
		ttlmap_put(map);
		EXPECT_EQ(report, ENTRIES, atomic_read(&record->calls));
		check_reasons(report, record, 0, ENTRIES / 2, TTLMAP_DELETED);
		check_reasons(report, record, ENTRIES / 2, ENTRIES, TTLMAP_MAP_GONE);
	}
	finish(NULL, record);
}

static bool told_of_half(void *arg)
{
	const struct record *record = arg;

	return atomic_read(&record->calls) >= ENTRIES / 2;
}

/* Who holds an entry is told of it last. */
static void check_held(struct seq_file *report, struct ttlmap *map, struct record *record,
		       struct tm_entry *entry, u64 key)
{
	u64 i;

	EXPECT_EQ(report, 0, kapi_delete(map, key));
	for (i = 0; i <= ENTRIES / 2; i++)
		if (i != key)
			EXPECT_EQ(report, 0, kapi_delete(map, i));
	EXPECT(report, kapi_eventually(told_of_half, record));
	EXPECT_EQ(report, 0, record->count[key]);
	EXPECT_EQ(report, key, *(const u64 *)ttlmap_entry_value(entry).data);
	ttlmap_entry_put(map, entry);
	EXPECT_EQ(report, 1, record->count[key]);
	EXPECT_EQ(report, TTLMAP_DELETED, record->reason[key]);
}

static void removed_after_the_last_reference(struct seq_file *report)
{
	struct record *record = record_alloc(ENTRIES);
	struct ttlmap *map = recorded_map(report, record, ENTRIES, 0);
	struct tm_entry *entry;
	u64 key = 123;

	if (map) {
		fill(report, map, record, 0);
		rcu_read_lock();
		entry = ttlmap_lookup(map, &key, sizeof(key));
		if (entry && !ttlmap_entry_get(entry))
			entry = NULL;
		rcu_read_unlock();
		if (EXPECT(report, entry))
			check_held(report, map, record, entry, key);
		EXPECT_EQ(report, 0, count_reason(record, TTLMAP_MAP_GONE));
	}
	finish(map, record);
}

const struct kapi_case kapi_removed[] = {
	KAPI_CASE(removed_deleted),
	KAPI_CASE(removed_replaced),
	KAPI_CASE(removed_expired),
	KAPI_CASE(removed_evicted),
	KAPI_CASE(removed_evicted_prealloc),
	KAPI_CASE(removed_with_all_tails),
	KAPI_CASE(removed_before_put_returns),
	KAPI_CASE(removed_after_the_last_reference),
	{ }
};
