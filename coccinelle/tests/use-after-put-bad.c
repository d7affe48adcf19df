// SPDX-License-Identifier: GPL-2.0
#include <linux/ttlmap.h>

static struct ttlmap *map;

int twice(int err)
{
	if (err)
		ttlmap_put(map);
	forget();
	ttlmap_put(map); /* expect: use-after-put */
	return err;
}

void used(const void *key)
{
	ttlmap_put(map);
	ttlmap_delete(map, key, 8); /* expect: use-after-put */
}

u32 length(struct tm_entry *entry)
{
	ttlmap_entry_put(map, entry);
	return ttlmap_entry_value(entry).len; /* expect: use-after-put */
}

void entry_twice(struct tm_entry *entry, bool wrong)
{
	if (wrong)
		goto wrong;
	ttlmap_entry_put(map, entry);
wrong:
	ttlmap_entry_put(map, entry); /* expect: use-after-put */
}
