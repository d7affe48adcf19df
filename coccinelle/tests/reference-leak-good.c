// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/ttlmap.h>

int copy(struct ttlmap *map, struct ttlmap_buf key, void *to)
{
	struct ttlmap_buf value;
	struct tm_entry *entry;
	int err;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (!entry || !ttlmap_entry_get(entry)) {
		rcu_read_unlock();
		return -ENOENT;
	}
	rcu_read_unlock();
	value = ttlmap_entry_value(entry);
	err = copy_to_device(to, value.data, value.len);
	ttlmap_entry_put(map, entry);
	return err;
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

int keep(struct ttlmap *map, struct ttlmap_buf key, struct session *session)
{
	struct tm_entry *entry;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key.data, key.len);
	if (entry && ttlmap_entry_get(entry))
		session->entry = entry;
	rcu_read_unlock();
	return session->entry ? 0 : -ENOENT;
}

static int take(void *arg, struct tm_entry *entry)
{
	struct queue *queue = arg;

	return ttlmap_entry_get(entry) ? queue_add(queue, entry) : -EBUSY;
}
