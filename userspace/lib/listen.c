// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Being told of entries that go; read(2) returns what there is to tell. */
#include <sys/ioctl.h>

#include "device.h"
#include "ttlmap.h"

TTLMAP_API int ttlmap_map_listen(int fd, uint32_t events, unsigned int flags, uint32_t bytes)
{
	struct ttlmap_listen listen = { .events = events, .flags = flags, .bytes = bytes };

	return ioctl(fd, TTLMAP_IOC_LISTEN, &listen);
}
