// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <ttlmap.h>

int registers(const char *self)
{
	int fd = ttlmap_map_open("workers", TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE); /* expect: owner-never-closed */

	if (fd < 0)
		return -1;
	return ttlmap_update(fd, self, strlen(self), "", 0, 0, TTLMAP_NEW | TTLMAP_OWNED, NULL);
}

int counts(struct ttlmap_op *op)
{
	int fd;

	fd = ttlmap_map_open("counts", TTLMAP_OPEN_WRITE); /* expect: owner-never-closed */
	if (fd < 0)
		return -1;
	op->flags = TTLMAP_OWNED;
	return ioctl(fd, TTLMAP_IOC_OP, op);
}

static int lease = -1;

int take_lease(const char *self)
{
	if (lease < 0)
		lease = ttlmap_map_open("leases", TTLMAP_OPEN_WRITE); /* expect: owner-never-closed */
	return ttlmap_update(lease, "leader", 6, self, strlen(self), 0, TTLMAP_OWNED, NULL);
}

int counts_initialised(void)
{
	int fd = ttlmap_map_open("counts", TTLMAP_OPEN_WRITE); /* expect: owner-never-closed */
	struct ttlmap_op op = {
		.op = TTLMAP_OP_UPDATE,
		.flags = TTLMAP_NEW | TTLMAP_OWNED,
	};

	if (ioctl(fd, TTLMAP_IOC_OP, &op))
		return -1;
	return 0;
}
