// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <unistd.h>
#include <ttlmap.h>

int works(const char *self)
{
	int fd = ttlmap_map_open("workers", TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	int err;

	if (fd < 0)
		return -1;
	err = ttlmap_update(fd, self, strlen(self), "", 0, 0, TTLMAP_NEW | TTLMAP_OWNED, NULL);
	if (!err)
		work();
	close(fd);
	return err;
}

int registers(const char *self)
{
	int fd = ttlmap_map_open("workers", TTLMAP_OPEN_WRITE);

	if (fd >= 0 && ttlmap_update(fd, self, strlen(self), "", 0, 0, TTLMAP_OWNED, NULL))
		warn("register");
	return fd;
}

int not_an_owner(const char *self)
{
	int fd = ttlmap_map_open("workers", TTLMAP_OPEN_WRITE);

	return ttlmap_update(fd, self, strlen(self), "", 0, 0, 0, NULL);
}

static int lease = -1;

int take_lease(const char *self)
{
	if (lease < 0)
		lease = ttlmap_map_open("leases", TTLMAP_OPEN_WRITE);
	return ttlmap_update(lease, "leader", 6, self, strlen(self), 0, TTLMAP_OWNED, NULL);
}

void give_lease_back(void)
{
	close(lease);
	lease = -1;
}

int main(int argc, char **argv)
{
	int fd = ttlmap_map_open("workers", TTLMAP_OPEN_WRITE);

	if (fd < 0 || ttlmap_update(fd, argv[0], 3, "", 0, 0, TTLMAP_OWNED, NULL))
		return 1;
	work();
	return 0;
}
