// SPDX-License-Identifier: GPL-2.0
#include <linux/ttlmap.h>

int kernel(struct ttlmap *map, struct ttlmap_buf key, s64 *count)
{
	int err = ttlmap_update(map, key, key, 60 * NSEC_PER_SEC, 0, GFP_KERNEL);

	return err ?: ttlmap_add(map, key, count, 0, GFP_KERNEL);
}

int program(int fd, struct ttlmap_op *op, uint64_t ttl_ns)
{
	struct ttlmap_create create = {
		.key_max = 16,
		.max_entries = 100,
		.default_ttl_ns = 300 * 1000000000ULL,
	};

	op->ttl_ns = TTLMAP_TTL_NEVER;
	return ttlmap_update(fd, "key", 3, "value", 5, ttl_ns, 0, NULL) ?:
	       ttlmap_touch(fd, "key", 3, 1000000, 0, NULL, NULL);
}
