// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on entries, one by one or in batches. */
#include <errno.h>
#include <sys/ioctl.h>

#include "device.h"
#include "ttlmap.h"

static __u64 address(const void *pointer)
{
	return (__u64)(uintptr_t)pointer;
}

TTLMAP_API int ttlmap_lookup(int fd, const void *key, size_t key_len,
			     void *value, size_t *value_len, uint64_t *ttl_ns)
{
	size_t room = *value_len < TTLMAP_VALUE_MAX ? *value_len : TTLMAP_VALUE_MAX;
	struct ttlmap_op op = {
		.op = TTLMAP_OP_LOOKUP,
		.key = address(key),
		.value = address(value),
		.key_len = key_len,
		.value_len = room,
	};
	int ret;

	if (key_len > TTLMAP_KEY_MAX) {
		errno = E2BIG;
		return -1;
	}
	ret = ioctl(fd, TTLMAP_IOC_OP, &op);
	if (ret && errno != EMSGSIZE)
		return -1;
	*value_len = op.value_len;
	if (ttl_ns)
		*ttl_ns = op.ttl_ns;
	return ret;
}

TTLMAP_API int ttlmap_update(int fd, const void *key, size_t key_len,
			     const void *value, size_t value_len,
			     uint64_t ttl_ns, unsigned int flags)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_UPDATE,
		.flags = flags,
		.key = address(key),
		.value = address(value),
		.key_len = key_len,
		.value_len = value_len,
		.ttl_ns = ttl_ns,
	};

	if (key_len > TTLMAP_KEY_MAX || value_len > TTLMAP_VALUE_MAX) {
		errno = E2BIG;
		return -1;
	}
	return ioctl(fd, TTLMAP_IOC_OP, &op);
}

TTLMAP_API int ttlmap_delete(int fd, const void *key, size_t key_len)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_DELETE,
		.key = address(key),
		.key_len = key_len,
	};

	if (key_len > TTLMAP_KEY_MAX) {
		errno = E2BIG;
		return -1;
	}
	return ioctl(fd, TTLMAP_IOC_OP, &op);
}

TTLMAP_API int ttlmap_map_batch(int fd, struct ttlmap_op *ops, uint32_t count,
				uint32_t *done)
{
	struct ttlmap_batch batch = {
		.ops = address(ops),
		.count = count,
		.op_size = sizeof(*ops),
	};
	int ret = ioctl(fd, TTLMAP_IOC_BATCH, &batch);

	*done = ret ? 0 : batch.done;
	return ret;
}
