// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Maps as a whole: create, open, unlink, stat, tune, freeze, clear. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device.h"
#include "ttlmap.h"

static int control(unsigned long cmd, const void *arg)
{
	int device = ttlmap_device_open();
	int ret;

	if (device < 0)
		return -1;
	ret = ioctl(device, cmd, arg);
	ttlmap_device_close(device);
	return ret;
}

static int copy_name(__u8 *to, const char *name)
{
	size_t len = strlen(name);

	if (len >= TTLMAP_NAME_SIZE) {
		errno = EINVAL;
		return -1;
	}
	/* It is zeros already. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(to, name, len);
	return 0;
}

TTLMAP_API int ttlmap_map_create(const struct ttlmap_create *create)
{
	return control(TTLMAP_IOC_CREATE, create);
}

TTLMAP_API int ttlmap_map_open(const char *name, unsigned int flags)
{
	struct ttlmap_open arg = { .flags = flags };

	if (copy_name(arg.name, name))
		return -1;
	return control(TTLMAP_IOC_OPEN, &arg);
}

TTLMAP_API int ttlmap_map_unlink(const char *name)
{
	struct ttlmap_unlink arg = { .flags = 0 };

	if (copy_name(arg.name, name))
		return -1;
	return control(TTLMAP_IOC_UNLINK, &arg);
}

TTLMAP_API int ttlmap_map_stat(int fd, struct ttlmap_stat *stat)
{
	memset(stat, 0, sizeof(*stat));
	return ioctl(fd, TTLMAP_IOC_STAT, stat);
}

TTLMAP_API int ttlmap_map_tune(int fd, const struct ttlmap_tune *tune)
{
	return ioctl(fd, TTLMAP_IOC_TUNE, tune);
}

TTLMAP_API int ttlmap_map_freeze(int fd)
{
	struct ttlmap_freeze arg = { .flags = 0 };

	return ioctl(fd, TTLMAP_IOC_FREEZE, &arg);
}

TTLMAP_API int ttlmap_map_clear(int fd)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_CLEAR };

	return ioctl(fd, TTLMAP_IOC_OP, &op);
}
