// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations that remove entries. */
#include <errno.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

static int delete(int fd, struct ttlmap_op *op, const void *key, size_t key_len,
		  uint64_t *version)
{
	int ret = ttlmap_op_run(fd, op, key, key_len);

	if (version && (!ret || errno == ECANCELED))
		*version = op->version;
	return ret;
}

TTLMAP_API int ttlmap_delete(int fd, const void *key, size_t key_len)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_DELETE };

	return delete(fd, &op, key, key_len, NULL);
}

TTLMAP_API int ttlmap_delete_if_value(int fd, const void *key, size_t key_len,
				      const void *expected, size_t expected_len,
				      uint64_t *version)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_DELETE };

	if (ttlmap_op_expect(&op, expected, expected_len))
		return -1;
	return delete(fd, &op, key, key_len, version);
}

TTLMAP_API int ttlmap_delete_if_version(int fd, const void *key, size_t key_len,
					uint64_t *version)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_DELETE,
		.flags = TTLMAP_IF_VERSION,
		.version = *version,
	};

	return delete(fd, &op, key, key_len, version);
}

TTLMAP_API int ttlmap_delete_if_expired(int fd, const void *key, size_t key_len)
{
	struct ttlmap_op op = {
		.op = TTLMAP_OP_DELETE,
		.flags = TTLMAP_IF_EXPIRED,
	};

	return delete(fd, &op, key, key_len, NULL);
}
