// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <ttlmap.h>

static struct ttlmap *map;

int write_it(struct ttlmap_buf key, struct ttlmap_buf value)
{
	return ttlmap_update(map, key, value, 0, 0, GFP_ATOMIC);
}

int made(const struct ttlmap_params *params)
{
	map = ttlmap_create(params);
	if (IS_ERR(map))
		return PTR_ERR(map);
	return 0;
}

u32 length(const void *key, u32 key_len)
{
	struct tm_entry *entry;
	u32 len = 0;

	rcu_read_lock();
	entry = ttlmap_lookup(map, key, key_len);
	if (entry)
		len = ttlmap_entry_value(entry).len;
	rcu_read_unlock();
	return len;
}

struct tm_entry *get(struct tm_entry *entry)
{
	return ttlmap_entry_get(entry) ? entry : NULL;
}

int program(int fd, struct ttlmap_op *op, char *value, size_t *len)
{
	int err = ttlmap_update(fd, "key", 3, "value", 5, 0, 0, NULL);

	if (err)
		return err;
	if (ttlmap_lookup(fd, "key", 3, value, len, NULL, NULL))
		return -1;
	ttlmap_delete(fd, "key", 3);
	(void)ttlmap_update(fd, "last", 4, "value", 5, 0, 0, NULL);
	return ioctl(fd, TTLMAP_IOC_OP, op);
}

void gone(void)
{
	ttlmap_put(map);
}
