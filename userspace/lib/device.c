// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The control device.  It is opened for each call, so that the library keeps no
 * state and a program that never calls it again holds no reference to the
 * module.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "device.h"

int ttlmap_device_open(void)
{
	int fd = open("/dev/ttlmap", O_RDWR | O_CLOEXEC);

	/* ENOENT is left to mean that there is no map of a name. */
	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		errno = ENODEV;
	return fd;
}

void ttlmap_device_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}
