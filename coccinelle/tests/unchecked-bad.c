// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <ttlmap.h>

static struct ttlmap *map;

void write_it(struct ttlmap_buf key, struct ttlmap_buf value)
{
	ttlmap_update(map, key, value, 0, 0, GFP_ATOMIC); /* expect: unchecked */
}

int made(const struct ttlmap_params *params)
{
	map = ttlmap_create(params);
	if (!map) /* expect: unchecked */
		return -ENOMEM;
	return 0;
}

u32 length(const void *key, u32 key_len)
{
	struct tm_entry *entry;
	u32 len;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key, key_len);
	len = ttlmap_entry_value(entry).len; /* expect: unchecked */
	rcu_read_unlock();
	return len;
}

struct tm_entry *get(struct tm_entry *entry)
{
	ttlmap_entry_get(entry); /* expect: unchecked */
	return entry;
}

void program(int fd, struct ttlmap_op *op, char *value, size_t *len)
{
	ttlmap_update(fd, "key", 3, "value", 5, 0, 0, NULL); /* expect: unchecked */
	ttlmap_lookup(fd, "key", 3, value, len, NULL, NULL); /* expect: unchecked */
	ioctl(fd, TTLMAP_IOC_OP, op); /* expect: unchecked */
}
