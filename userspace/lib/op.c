// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* One operation, as the kernel takes it. */
#include <errno.h>
#include <sys/ioctl.h>

#include "op.h"

static int too_long(void)
{
	errno = E2BIG;
	return -1;
}

int ttlmap_op_run(int fd, struct ttlmap_op *op, const void *key, size_t key_len)
{
	if (key_len > TTLMAP_KEY_MAX)
		return too_long();
	op->key = ttlmap_address(key);
	op->key_len = key_len;
	return ioctl(fd, TTLMAP_IOC_OP, op);
}

int ttlmap_op_value(struct ttlmap_op *op, const void *value, size_t len)
{
	if (len > TTLMAP_VALUE_MAX)
		return too_long();
	op->value = ttlmap_address(value);
	op->value_len = len;
	return 0;
}

int ttlmap_op_expect(struct ttlmap_op *op, const void *value, size_t len)
{
	if (len > TTLMAP_VALUE_MAX)
		return too_long();
	op->flags |= TTLMAP_IF_VALUE;
	op->arg = ttlmap_address(value);
	op->arg_len = len;
	return 0;
}
