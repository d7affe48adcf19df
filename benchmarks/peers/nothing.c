// SPDX-License-Identifier: GPL-2.0
/*
 * Null system calls, which do nothing: what everything that is reached by one pays, and what
 * is reached by ioctl().
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ttlmap.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peer.h"

#define LACKS	{ [LOOKUP_64 ... CALLS - 1] = "it does nothing" }

static int device;

static void syscall_open(void)
{
}

static size_t syscall_nothing(size_t at)
{
	(void)at;
	syscall(SYS_getppid);
	return 1;
}

static void ioctl_open(void)
{
	device = open("/dev/ttlmap", O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(1, "/dev/ttlmap");
}

static size_t ioctl_nothing(size_t at)
{
	(void)at;
	if (ioctl(device, _IO(TTLMAP_IOC_MAGIC, 255)) != -1 || errno != ENOTTY)
		errx(1, "an ioctl that does nothing did something");
	return 1;
}

const struct peer peer_null_syscall = {
	.name = "null_syscall",
	.open = syscall_open,
	.calls = { syscall_nothing },
	.lacks = LACKS,
};

const struct peer peer_null_ioctl = {
	.name = "null_ioctl",
	.open = ioctl_open,
	.calls = { ioctl_nothing },
	.lacks = LACKS,
};
