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
		err = ttlmap_update(map, key, ttlmap_entry_value(entry), 0, 0, GFP_KERNEL); /* expect: sleep-in-rcu */
	rcu_read_unlock();
	return err;
}

int count(struct ttlmap *map, struct ttlmap_buf key, s64 *count)
{
	guard(rcu)();
	return ttlmap_add(map, key, count, 0, GFP_KERNEL | __GFP_NOWARN); /* expect: sleep-in-rcu */
}

void replaced(struct ttlmap **maps, struct ttlmap *map)
{
	struct ttlmap *old;

	rcu_read_lock();
	old = rcu_dereference(*maps);
	rcu_assign_pointer(*maps, map);
	ttlmap_put(old); /* expect: sleep-in-rcu */
	rcu_read_unlock();
}

void walked(struct ttlmap *map, int (*visit)(void *arg, struct tm_entry *entry))
{
	scoped_guard(rcu) {
		ttlmap_for_each(map, visit, NULL); /* expect: sleep-in-rcu */
	}
}

static int copy(void *arg, struct tm_entry *entry)
{
	return ttlmap_update(arg, ttlmap_entry_key(entry), ttlmap_entry_value(entry), 0, 0,  GFP_KERNEL); /* expect: sleep-in-rcu */
}

int copied(struct ttlmap *from, struct ttlmap *to)
{
	return ttlmap_for_each(from, copy, to);
}
