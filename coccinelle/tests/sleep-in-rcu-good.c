// SPDX-License-Identifier: GPL-2.0
#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/ttlmap.h>

int again(struct ttlmap *map, struct ttlmap_buf key)
{
	struct tm_entry *entry;
	int err = 0;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (entry)
		err = ttlmap_update(map, key, ttlmap_entry_value(entry), 0, 0, GFP_ATOMIC);
	rcu_read_unlock();
	return err;
}

void replaced(struct ttlmap **maps, struct ttlmap *map)
{
	struct ttlmap *old;

	rcu_read_lock();
	old = rcu_dereference(*maps);
	rcu_assign_pointer(*maps, map);
	rcu_read_unlock();
	ttlmap_put(old);
}

int counted(struct ttlmap *map, struct ttlmap_buf key, s64 *count)
{
	bool known;

	scoped_guard(rcu) {
		known = ttlmap_lookup(map, key.data, key.len);
	}
	return known ? 0 : ttlmap_add(map, key, count, 0, GFP_KERNEL);
}

static int copy(void *arg, struct tm_entry *entry)
{
	return ttlmap_update(arg, ttlmap_entry_key(entry), ttlmap_entry_value(entry), 0, 0, GFP_ATOMIC);
}

int copied(struct ttlmap *from, struct ttlmap *to)
{
	return ttlmap_for_each(from, copy, to);
}
