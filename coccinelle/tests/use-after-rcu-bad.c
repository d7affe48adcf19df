// SPDX-License-Identifier: GPL-2.0
#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/ttlmap.h>

u32 length(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	rcu_read_unlock();
	return entry ? ttlmap_entry_value(entry).len : 0; /* expect: use-after-rcu */
}

struct tm_entry *find(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	rcu_read_unlock();
	return entry; /* expect: use-after-rcu */
}

bool too_late(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (!entry) {
		rcu_read_unlock();
		return false;
	}
	rcu_read_unlock();
	return ttlmap_entry_get(entry); /* expect: use-after-rcu */
}

int copy(struct ttlmap *map, struct ttlmap_buf key, void *to)
{
	struct ttlmap_buf value;
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (!entry) {
		rcu_read_unlock();
		return -ENOENT;
	}
	value = ttlmap_entry_value(entry);
	rcu_read_unlock();
	memcpy(to, value.data, value.len); /* expect: use-after-rcu */
	return 0;
}

u32 scoped(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	scoped_guard(rcu) {
		entry = ttlmap_lookup(map, key.data, key.len);
	}
	return entry ? ttlmap_entry_key(entry).len : 0; /* expect: use-after-rcu */
}

u32 first_of_many(struct ttlmap *map, struct ttlmap_buf *keys)
{
	struct tm_entry *entries[8];

	rcu_read_lock();
	ttlmap_lookup_many(map, keys, entries, 8);
	rcu_read_unlock();
	return entries[0] ? ttlmap_entry_value(entries[0]).len : 0; /* expect: use-after-rcu */
}
