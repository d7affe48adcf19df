// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Many operations in one call. */
#include <sys/ioctl.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

TTLMAP_API int ttlmap_map_batch(int fd, struct ttlmap_op *ops, uint32_t count,
				uint32_t *done)
{
	struct ttlmap_batch batch = {
		.ops = ttlmap_address(ops),
		.count = count,
		.op_size = sizeof(*ops),
	};
	int ret = ioctl(fd, TTLMAP_IOC_BATCH, &batch);

	*done = ret ? 0 : batch.done;
	return ret;
}
