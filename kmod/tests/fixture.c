// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <linux/err.h>
#include <linux/mman.h>

#include "../expire.h"
#include "../lookup.h"
#include "../retire.h"
#include "../update.h"
#include "../work.h"
#include "fixture.h"

const struct tm_kind tm_test_kind = { .ttl_at = -1, .version_at = -1 };

/* The lowest hash that begins with @prefix, has the tag and the home bucket. */
u64 tm_test_hash(u64 prefix, u8 tag, unsigned int home)
{
	return prefix | (u64)tag << 32 | DIV_ROUND_UP_ULL((u64)home << 32, TM_SEGMENT_BUCKETS);
}

/* An entry with a key that no other has. It is the caller's. */
struct tm_entry *tm_test_entry(struct kunit *test, u64 hash, u64 expires)
{
	struct tm_entry *entry = tm_entry_alloc(&tm_test_kind, sizeof(u64), 0, GFP_KERNEL);
	static atomic64_t serial;
	u64 key;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry);
	key = atomic64_inc_return(&serial);
	tm_entry_set_key(entry, &key);
	entry->hash = hash;
	entry->expires = expires;
	return entry;
}

struct tm_key tm_test_key(const struct tm_entry *entry)
{
	return (struct tm_key){ .data = entry->data, .len = entry->key_len, .hash = entry->hash };
}

/* More than is allowed to a CPU, at once, so that no grace period comes between. */
void tm_test_retire_much(struct kunit *test, const struct tm_kind *kind,
			 struct tm_retirer __percpu *retirer)
{
	struct tm_entry *entry[5];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry); i++) {
		entry[i] = tm_entry_alloc(kind, 8, TTLMAP_VALUE_MAX - 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, entry[i]);
	}
	preempt_disable();
	for (i = 0; i < ARRAY_SIZE(entry); i++)
		tm_retire(retirer, entry[i], tm_entry_bytes(kind, entry[i]));
	preempt_enable();
}

/* Owners that have left may still be at work. */
static void destroy_map(void *map)
{
	flush_workqueue(tm_workqueue);
	tm_map_destroy(map);
}

struct ttlmap *tm_test_map_of(struct kunit *test, const struct ttlmap_params *params)
{
	struct ttlmap *map = tm_map_create(params);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_map, map), 0);
	return map;
}

/* With longest keys and values as TM_TEST_KEY_MAX and TM_TEST_VALUE_MAX say. */
struct ttlmap *tm_test_map(struct kunit *test, u32 flags, u64 max_entries)
{
	const struct ttlmap_params params = {
		.limits = {
			.flags = flags,
			.key_max = TM_TEST_KEY_MAX,
			.value_max = flags & TTLMAP_F_COUNTERS ? sizeof(u64) : TM_TEST_VALUE_MAX,
			.max_entries = max_entries,
		},
	};

	return tm_test_map_of(test, &params);
}

struct ttlmap_buf tm_test_buf(const char *string)
{
	return (struct ttlmap_buf){ .data = string, .len = strlen(string) };
}

int tm_test_update(struct ttlmap *map, const char *key, const char *value, u64 ttl, u32 flags)
{
	return ttlmap_update(map, tm_test_buf(key), tm_test_buf(value), ttl, flags, GFP_KERNEL);
}

/* The key is a number, and so is the value. */
int tm_test_insert(struct ttlmap *map, u64 number, u64 ttl)
{
	struct ttlmap_buf buf = { .data = &number, .len = sizeof(number) };

	return ttlmap_update(map, buf, buf, ttl, 0, GFP_KERNEL);
}

/* Written by an account, as its value. */
int tm_test_insert_by(struct ttlmap *map, struct tm_account *account, u64 number, u64 ttl)
{
	struct tm_update update = { .account = account, .ttl_ns = ttl, .gfp = GFP_KERNEL };

	update.entry = tm_map_entry(map, sizeof(number), sizeof(number), GFP_KERNEL);
	if (IS_ERR(update.entry))
		return PTR_ERR(update.entry);
	tm_entry_set_key(update.entry, &number);
	*(u64 *)tm_entry_value(update.entry) = number;
	tm_map_key(map, &update.key, update.entry->data, sizeof(number));
	return tm_map_update(map, &update);
}

/* Bound to an owner, and without a value. */
int tm_test_insert_owned(struct tm_owner *owner, u64 number)
{
	struct tm_update update = {
		.account = owner->account, .owner = owner, .gfp = GFP_KERNEL,
	};

	update.entry = tm_map_entry(owner->map, sizeof(number), 0, GFP_KERNEL);
	if (IS_ERR(update.entry))
		return PTR_ERR(update.entry);
	tm_entry_set_key(update.entry, &number);
	tm_map_key(owner->map, &update.key, update.entry->data, sizeof(number));
	return tm_map_update(owner->map, &update);
}

void tm_test_fill(struct kunit *test, struct ttlmap *map, u64 first, u64 n)
{
	u64 i;

	for (i = first; i < first + n; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert(map, i, 0), 0);
}

int tm_test_delete(struct ttlmap *map, u64 number)
{
	return ttlmap_delete(map, &number, sizeof(number));
}

static bool find(struct ttlmap *map, u64 number, bool use)
{
	struct tm_key key;
	u64 now = 0;
	bool found;

	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	found = tm_map_lookup(map, &key, use, &now);
	rcu_read_unlock();
	return found;
}

bool tm_test_peek(struct ttlmap *map, u64 number)
{
	return find(map, number, false);
}

bool tm_test_use(struct ttlmap *map, u64 number)
{
	return find(map, number, true);
}

/* Does the key have this value? */
bool tm_test_holds(struct ttlmap *map, const char *key, const char *value)
{
	struct tm_entry *entry;
	bool holds;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key, strlen(key));
	holds = entry && entry->value_len == strlen(value) &&
		!memcmp(tm_entry_value(entry), value, strlen(value));
	rcu_read_unlock();
	return holds;
}

static unsigned long map_memory(struct kunit *test, unsigned long at, unsigned long size,
				unsigned long prot, unsigned long flags)
{
	at = kunit_vm_mmap(test, NULL, at, size, prot, MAP_ANONYMOUS | MAP_PRIVATE | flags, 0);
	KUNIT_ASSERT_NE(test, at, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(at));
	return at;
}

/* User memory that no page is there for yet, before a page that is protected so. */
void __user *tm_test_user_before(struct kunit *test, size_t len, unsigned long prot)
{
	unsigned long at = map_memory(test, 0, PAGE_ALIGN(len) + PAGE_SIZE, prot, 0);

	return (void __user *)map_memory(test, at, PAGE_ALIGN(len), PROT_READ | PROT_WRITE,
					 MAP_FIXED);
}

/* The page that follows it cannot be used. */
void __user *tm_test_user(struct kunit *test, size_t len)
{
	return tm_test_user_before(test, len, PROT_NONE);
}

u64 tm_test_stat(struct ttlmap *map, enum tm_stat which)
{
	return tm_stat_sum(map->stats, which);
}

/* What the worker does when the timer has called it. */
void tm_test_expire(struct ttlmap *map)
{
	while (tm_expire_step(map))
		;
}
