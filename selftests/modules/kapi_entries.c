// SPDX-License-Identifier: GPL-2.0
/* Finding entries, keeping them, visiting all of them. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "kapi.h"

#define MANY		37
#define REFERENCES	4095

static void lookup(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	u64 value = 0;

	if (!map)
		return;
	EXPECT(report, !kapi_get(map, 1, &value));
	EXPECT_EQ(report, 0, kapi_set(map, 1, 42, 0, 0));
	EXPECT(report, kapi_get(map, 1, &value));
	EXPECT_EQ(report, 42, value);
	EXPECT(report, !kapi_get(map, 2, &value));
	EXPECT_EQ(report, 0, kapi_delete(map, 1));
	EXPECT(report, !kapi_get(map, 1, &value));
	ttlmap_put(map);
}

/* Write an entry of these lengths and look at it. */
static void check_lengths(struct seq_file *report, struct ttlmap *map, u32 key_len, u32 value_len)
{
	u8 key[512], value[256];
	struct tm_entry *entry;
	struct ttlmap_buf buf;

	memset(key, key_len, sizeof(key));
	memset(value, value_len, sizeof(value));
	EXPECT_EQ(report, 0, ttlmap_update(map, kapi_buf(key, key_len), kapi_buf(value, value_len),
					   0, 0, GFP_KERNEL));
	rcu_read_lock();
	entry = ttlmap_lookup(map, key, key_len);
	if (EXPECT(report, entry)) {
		buf = ttlmap_entry_key(entry);
		EXPECT_EQ(report, key_len, buf.len);
		EXPECT(report, !memcmp(buf.data, key, key_len));
		buf = ttlmap_entry_value(entry);
		EXPECT_EQ(report, value_len, buf.len);
		EXPECT(report, !memcmp(buf.data, value, value_len));
		EXPECT_EQ(report, 0, (unsigned long)buf.data % 8);
	}
	rcu_read_unlock();
}

static void lengths(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 512, .value_max = 256, .max_entries = 100 },
	};
	struct ttlmap *map = kapi_map(report, &params);
	u8 key[513] = { };

	if (!map)
		return;
	check_lengths(report, map, 1, 0);
	check_lengths(report, map, 7, 1);
	check_lengths(report, map, 8, 8);
	check_lengths(report, map, 9, 255);
	check_lengths(report, map, 512, 256);
	rcu_read_lock();
	EXPECT(report, !ttlmap_lookup(map, key, 0));
	EXPECT(report, !ttlmap_lookup(map, key, 513));
	rcu_read_unlock();
	ttlmap_put(map);
}

/* Every third key is there. */
static void lookup_many(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	struct tm_entry *entries[MANY];
	struct ttlmap_buf bufs[MANY];
	u64 keys[MANY], i;

	if (!map)
		return;
	for (i = 0; i < MANY; i++) {
		keys[i] = i;
		bufs[i] = kapi_buf(&keys[i], sizeof(keys[i]));
		entries[i] = ERR_PTR(-ENODATA);
		if (i % 3 == 0)
			EXPECT_EQ(report, 0, kapi_set(map, i, i, 0, 0));
	}
	rcu_read_lock();
	ttlmap_lookup_many(map, bufs, entries, MANY - 1);
	for (i = 0; i < MANY - 1; i++) {
		if (i % 3)
			EXPECT(report, !entries[i]);
		else if (EXPECT(report, entries[i] && !IS_ERR(entries[i])))
			EXPECT_EQ(report, i, *(const u64 *)ttlmap_entry_value(entries[i]).data);
	}
	EXPECT(report, entries[MANY - 1] == ERR_PTR(-ENODATA));
	ttlmap_lookup_many(map, bufs, entries, 0);
	rcu_read_unlock();
	ttlmap_put(map);
}

/* A reference to the entry of key 1, which is 42 for an hour or @ttl_ns. */
static struct tm_entry *hold(struct seq_file *report, struct ttlmap *map, u64 ttl_ns)
{
	struct tm_entry *entry;
	u64 key = 1;

	if (!EXPECT_EQ(report, 0, kapi_set(map, key, 42, ttl_ns, 0)))
		return NULL;
	rcu_read_lock();
	entry = ttlmap_lookup(map, &key, sizeof(key));
	if (entry && !ttlmap_entry_get(entry))
		entry = NULL;
	rcu_read_unlock();
	EXPECT(report, entry);
	return entry;
}

/* Whatever happened to its place, a grace period ago at that. */
static void check_held(struct seq_file *report, struct ttlmap *map, struct tm_entry *entry)
{
	synchronize_rcu();
	msleep(20);
	EXPECT_EQ(report, 1, *(const u64 *)ttlmap_entry_key(entry).data);
	EXPECT_EQ(report, 42, *(const u64 *)ttlmap_entry_value(entry).data);
	ttlmap_entry_put(map, entry);
}

static void entry_survives_delete(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	struct tm_entry *entry;

	if (!map)
		return;
	entry = hold(report, map, 0);
	if (entry) {
		EXPECT_EQ(report, 0, kapi_delete(map, 1));
		check_held(report, map, entry);
	}
	ttlmap_put(map);
}

static void entry_survives_update(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	struct tm_entry *entry;
	u64 value = 0;

	if (!map)
		return;
	entry = hold(report, map, 0);
	if (entry) {
		EXPECT_EQ(report, 0, kapi_set(map, 1, 43, 0, TTLMAP_EXISTING));
		check_held(report, map, entry);
		EXPECT(report, kapi_get(map, 1, &value));
		EXPECT_EQ(report, 43, value);
	}
	ttlmap_put(map);
}

static bool gone(void *map)
{
	u64 value;

	return !kapi_get(map, 1, &value);
}

static void entry_survives_expiry(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	struct tm_entry *entry;

	if (!map)
		return;
	entry = hold(report, map, 200 * NSEC_PER_MSEC);
	if (entry) {
		EXPECT(report, kapi_eventually(gone, map));
		/* Past the bound within which it is removed. */
		msleep(150);
		check_held(report, map, entry);
	}
	ttlmap_put(map);
}

static void entry_survives_eviction(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 10);
	struct tm_entry *entry;
	u64 key;

	if (!map)
		return;
	entry = hold(report, map, 0);
	if (entry) {
		for (key = 2; key < 12; key++)
			EXPECT_EQ(report, 0, kapi_set(map, key, key, 0, TTLMAP_NEW));
		EXPECT(report, gone(map));
		check_held(report, map, entry);
	}
	ttlmap_put(map);
}

static void entry_references_are_limited(struct seq_file *report)
{
	struct ttlmap *map = kapi_map_8_8(report, 100);
	struct tm_entry *entry;
	unsigned int n = 1;

	if (!map)
		return;
	entry = hold(report, map, 0);
	if (entry) {
		while (n <= REFERENCES && ttlmap_entry_get(entry))
			n++;
		EXPECT_EQ(report, REFERENCES, n);
		EXPECT_EQ(report, 0, kapi_delete(map, 1));
		while (--n)
			ttlmap_entry_put(map, entry);
		check_held(report, map, entry);
	}
	ttlmap_put(map);
}

/* ---- all entries */

#define VISITED	5000	/* keys that are there throughout */
#define CHURN	20000	/* keys that come and go meanwhile */
#define LAPS	4	/* as often */

struct visits {
	u8 *seen;
	unsigned int calls;
	unsigned int end_after;
	bool outside_rcu;
};

static int visit(void *arg, struct tm_entry *entry)
{
	u64 key = *(const u64 *)ttlmap_entry_key(entry).data;
	struct visits *visits = arg;

	visits->outside_rcu |= !rcu_preempt_depth();
	if (key < VISITED && visits->seen[key] < U8_MAX)
		visits->seen[key]++;
	return ++visits->calls == visits->end_after ? -ECANCELED : 0;
}

static bool check_once(struct seq_file *report, const struct visits *visits)
{
	unsigned int key, wrong = 0;

	for (key = 0; key < VISITED; key++)
		wrong += visits->seen[key] != 1;
	EXPECT(report, !visits->outside_rcu);
	return EXPECT_EQ(report, 0, wrong);
}

static bool fill(struct seq_file *report, struct ttlmap *map, u64 from, u64 to)
{
	for (; from < to; from++)
		if (!EXPECT_EQ(report, 0, kapi_set(map, from, from, 0, 0)))
			return false;
	return true;
}

static void visits_once(struct seq_file *report)
{
	struct visits visits = { .seen = vzalloc(VISITED) };
	struct ttlmap *map = kapi_map_8_8(report, VISITED);

	if (!visits.seen || !map || !fill(report, map, 0, VISITED))
		goto out;
	EXPECT_EQ(report, 0, ttlmap_for_each(map, visit, &visits));
	EXPECT_EQ(report, VISITED, visits.calls);
	check_once(report, &visits);
out:
	if (map)
		ttlmap_put(map);
	vfree(visits.seen);
}

static void visits_end_early(struct seq_file *report)
{
	struct visits visits = { .seen = vzalloc(VISITED), .end_after = 700 };
	struct ttlmap *map = kapi_map_8_8(report, VISITED);

	if (!visits.seen || !map || !fill(report, map, 0, 1000))
		goto out;
	EXPECT_EQ(report, -ECANCELED, ttlmap_for_each(map, visit, &visits));
	EXPECT_EQ(report, 700, visits.calls);
out:
	if (map)
		ttlmap_put(map);
	vfree(visits.seen);
}

/**
 * struct churn - who makes the table grow and shrink
 * @map: to write to
 * @laps: how often all keys have come and gone
 */
struct churn {
	struct ttlmap *map;
	unsigned int laps;
};

static int churn_thread(void *arg)
{
	u64 key = VISITED, failed = 0;
	struct churn *churn = arg;

	while (!kthread_should_stop()) {
		if (key < VISITED + CHURN)
			failed += !!kapi_set(churn->map, key, key, 0, 0);
		else
			failed += !!kapi_delete(churn->map, key - CHURN);
		if (++key == VISITED + 2 * CHURN) {
			key = VISITED;
			WRITE_ONCE(churn->laps, churn->laps + 1);
		}
		cond_resched();
	}
	return min_t(u64, failed, INT_MAX);
}

/* The table grows and shrinks under the walks. */
static void visits_once_while_others_write(struct seq_file *report)
{
	struct churn churn = { .map = kapi_map_8_8(report, VISITED + CHURN) };
	struct visits visits = { .seen = vzalloc(VISITED) };
	struct task_struct *task;

	if (!visits.seen || !churn.map || !fill(report, churn.map, 0, VISITED))
		goto out;
	task = kthread_run(churn_thread, &churn, "kapi-churn");
	if (!EXPECT(report, !IS_ERR(task)))
		goto out;
	while (READ_ONCE(churn.laps) < LAPS) {
		memset(visits.seen, 0, VISITED);
		EXPECT_EQ(report, 0, ttlmap_for_each(churn.map, visit, &visits));
		if (!check_once(report, &visits))
			break;
	}
	EXPECT_EQ(report, 0, kthread_stop(task));
out:
	if (churn.map)
		ttlmap_put(churn.map);
	vfree(visits.seen);
}

const struct kapi_case kapi_entries[] = {
	KAPI_CASE(lookup),
	KAPI_CASE(lengths),
	KAPI_CASE(lookup_many),
	KAPI_CASE(entry_survives_delete),
	KAPI_CASE(entry_survives_update),
	KAPI_CASE(entry_survives_expiry),
	KAPI_CASE(entry_survives_eviction),
	KAPI_CASE(entry_references_are_limited),
	KAPI_CASE(visits_once),
	KAPI_CASE(visits_end_early),
	KAPI_CASE(visits_once_while_others_write),
	{ }
};
