// SPDX-License-Identifier: GPL-2.0
#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/ttlmap.h>

u32 length(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;
	u32 len = 0;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (entry)
		len = ttlmap_entry_value(entry).len;
	rcu_read_unlock();
	return len;
}

bool there(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	rcu_read_unlock();
	return entry;
}

struct tm_entry *get(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (entry && !ttlmap_entry_get(entry))
		entry = NULL;
	rcu_read_unlock();
	return entry;
}

int copy(struct ttlmap *map, struct ttlmap_buf key, void *to)
{
	struct ttlmap_buf value;
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (!entry || !ttlmap_entry_get(entry)) {
		rcu_read_unlock();
		return -ENOENT;
	}
	value = ttlmap_entry_value(entry);
	rcu_read_unlock();
	memcpy(to, value.data, value.len);
	ttlmap_entry_put(map, entry);
	return 0;
}

u32 two(struct ttlmap *map, struct ttlmap_buf *keys)
{
	struct tm_entry *entry;
	u32 len = 0;

	rcu_read_lock();
	entry = ttlmap_lookup(map, keys[0].data, keys[0].len);
	if (entry)
		len = ttlmap_entry_value(entry).len;
	rcu_read_unlock();
	rcu_read_lock();
	entry = ttlmap_lookup(map, keys[1].data, keys[1].len);
	if (entry)
		len += ttlmap_entry_value(entry).len;
	rcu_read_unlock();
	return len;
}

u32 guarded(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;

	guard(rcu)();
	entry = ttlmap_lookup(map, key.data, key.len);
	return entry ? ttlmap_entry_value(entry).len : 0;
}
