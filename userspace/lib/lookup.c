// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations that copy a value out. */
#include <errno.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

static int fetch(int fd, struct ttlmap_op *op, const void *key, size_t key_len,
		 void *value, size_t *value_len, uint64_t *ttl_ns, uint64_t *version)
{
	int ret;

	op->value = ttlmap_address(value);
	op->value_len = *value_len < TTLMAP_VALUE_MAX ? *value_len : TTLMAP_VALUE_MAX;
	ret = ttlmap_op_run(fd, op, key, key_len);
	if (ret && errno != EMSGSIZE)
		return -1;
	*value_len = op->value_len;
	if (ttl_ns)
		*ttl_ns = op->ttl_ns;
	if (version)
		*version = op->version;
	return ret;
}

TTLMAP_API int ttlmap_lookup(int fd, const void *key, size_t key_len,
			     void *value, size_t *value_len,
			     uint64_t *ttl_ns, uint64_t *version)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_LOOKUP };

	return fetch(fd, &op, key, key_len, value, value_len, ttl_ns, version);
}

TTLMAP_API int ttlmap_peek(int fd, const void *key, size_t key_len,
			   void *value, size_t *value_len,
			   uint64_t *ttl_ns, uint64_t *version)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_LOOKUP, .flags = TTLMAP_PEEK };

	return fetch(fd, &op, key, key_len, value, value_len, ttl_ns, version);
}

TTLMAP_API int ttlmap_lookup_refresh(int fd, const void *key, size_t key_len,
				     void *value, size_t *value_len,
				     uint64_t ttl_ns, unsigned int flags,
				     uint64_t *left_ns, uint64_t *version)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_LOOKUP,
		.flags = flags | TTLMAP_TTL_REFRESH,
		.ttl_ns = ttl_ns,
	};

	return fetch(fd, &op, key, key_len, value, value_len, left_ns, version);
}

TTLMAP_API int ttlmap_pop(int fd, const void *key, size_t key_len,
			  void *value, size_t *value_len,
			  uint64_t *ttl_ns, uint64_t *version)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_POP };

	return fetch(fd, &op, key, key_len, value, value_len, ttl_ns, version);
}
