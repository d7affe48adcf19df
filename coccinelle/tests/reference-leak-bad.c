// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/ttlmap.h>

int copy(struct ttlmap *map, struct ttlmap_buf key, void *to)
{
	struct ttlmap_buf value;
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (!entry || !ttlmap_entry_get(entry)) { /* expect: reference-leak */
		rcu_read_unlock();
		return -ENOENT;
	}
	rcu_read_unlock();
	value = ttlmap_entry_value(entry);
	return copy_to_device(to, value.data, value.len);
}
