// SPDX-License-Identifier: GPL-2.0
#include <linux/ttlmap.h>

int kernel(struct ttlmap *map, struct ttlmap_buf key, s64 *count)
{
	int err = ttlmap_update(map, key, key, 60, 0, GFP_KERNEL); /* expect: ttl-unit */

	return err ?: ttlmap_add(map, key, count, 10 * HZ, GFP_KERNEL); /* expect: ttl-unit */
}

int program(int fd, struct ttlmap_op *op)
{
	struct ttlmap_create create = {
		.key_max = 16,
		.max_entries = 100,
		.default_ttl_ns = 300, /* expect: ttl-unit */
	};

	op->ttl_ns = 30; /* expect: ttl-unit */
	return ttlmap_update(fd, "key", 3, "value", 5, 60, 0, NULL) ?: /* expect: ttl-unit */
	       ttlmap_touch(fd, "key", 3, 0x10ULL, 0, NULL, NULL); /* expect: ttl-unit */
}
