// SPDX-License-Identifier: GPL-2.0
#include <linux/ttlmap.h>

static struct ttlmap *map, *other;

int once(int err)
{
	if (err) {
		ttlmap_put(map);
		return err;
	}
	ttlmap_put(other);
	ttlmap_put(map);
	return 0;
}

int another(const struct ttlmap_params *params)
{
	ttlmap_put(map);
	map = ttlmap_create(params);
	return ttlmap_delete(map, "key", 3);
}

u32 length(struct tm_entry *entry)
{
	u32 len = ttlmap_entry_value(entry).len;

	ttlmap_entry_put(map, entry);
	return len;
}

void all(struct tm_entry **entries, int n)
{
	int i;

	for (i = 0; i < n; i++)
		ttlmap_entry_put(map, entries[i]);
}

void of_list(struct list_head *list)
{
	struct owner *owner;
	struct tm_entry *entry;

	for_each_entry(list, entry)
		ttlmap_entry_put(map, entry);
	list_for_each_entry(owner, list, node)
		ttlmap_put(owner->map);
}
