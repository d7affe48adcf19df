// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations that make or change an entry. */
#include <errno.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

static int update(int fd, struct ttlmap_op *op, const void *key, size_t key_len,
		  const void *value, size_t value_len, uint64_t *version)
{
	int ret;

	if (ttlmap_op_value(op, value, value_len))
		return -1;
	ret = ttlmap_op_run(fd, op, key, key_len);
	if (version && (!ret || errno == ECANCELED))
		*version = op->version;
	return ret;
}

TTLMAP_API int ttlmap_update(int fd, const void *key, size_t key_len,
			     const void *value, size_t value_len,
			     uint64_t ttl_ns, unsigned int flags,
			     uint64_t *version)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_UPDATE,
		.flags = flags,
		.ttl_ns = ttl_ns,
	};

	return update(fd, &op, key, key_len, value, value_len, version);
}

TTLMAP_API int ttlmap_cas_value(int fd, const void *key, size_t key_len,
				const void *expected, size_t expected_len,
				const void *value, size_t value_len,
				uint64_t ttl_ns, unsigned int flags,
				uint64_t *version)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_UPDATE,
		.flags = flags,
		.ttl_ns = ttl_ns,
	};

	if (ttlmap_op_expect(&op, expected, expected_len))
		return -1;
	return update(fd, &op, key, key_len, value, value_len, version);
}

TTLMAP_API int ttlmap_cas_version(int fd, const void *key, size_t key_len,
				  uint64_t *version,
				  const void *value, size_t value_len,
				  uint64_t ttl_ns, unsigned int flags)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_UPDATE,
		.flags = flags | TTLMAP_IF_VERSION,
		.ttl_ns = ttl_ns,
		.version = *version,
	};

	return update(fd, &op, key, key_len, value, value_len, version);
}

TTLMAP_API int ttlmap_add(int fd, const void *key, size_t key_len, uint64_t by,
			  uint64_t ttl_ns, unsigned int flags, uint64_t *sum)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_ADD,
		.flags = flags,
		.ttl_ns = ttl_ns,
		.arg = by,
	};

	if (ttlmap_op_run(fd, &op, key, key_len))
		return -1;
	if (sum)
		*sum = op.arg;
	return 0;
}

TTLMAP_API int ttlmap_touch(int fd, const void *key, size_t key_len,
			    uint64_t ttl_ns, unsigned int flags,
			    uint64_t *left_ns, uint64_t *version)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_TOUCH,
		.flags = flags,
		.ttl_ns = ttl_ns,
	};

	if (ttlmap_op_run(fd, &op, key, key_len))
		return -1;
	if (left_ns)
		*left_ns = op.ttl_ns;
	if (version)
		*version = op.version;
	return 0;
}
