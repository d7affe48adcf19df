// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kmodules.h"

/* TTLMAP_MODULES names another folder than the virtual machine's. */
int kmodule_load(const char *name, const char *parameters)
{
	char path[256];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s.ko", getenv("TTLMAP_MODULES") ?: "/lib/modules", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
	close(fd);
	return rc;
}

int kmodule_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

static void parameter_path(char *path, size_t size, const char *name, const char *parameter)
{
	snprintf(path, size, "/sys/module/%s/parameters/%s", name, parameter);
}

/* ~0 if there is no such parameter. */
u64 kmodule_parameter(const char *name, const char *parameter)
{
	char path[256], *text;
	u64 value;

	parameter_path(path, sizeof(path), name, parameter);
	text = file_read(path);
	value = text ? strtoull(text, NULL, 0) : ~0ULL;
	free(text);
	return value;
}

int kmodule_parameter_write(const char *name, const char *parameter, u64 value)
{
	char path[256], text[32];

	parameter_path(path, sizeof(path), name, parameter);
	snprintf(text, sizeof(text), "%llu", value);
	return file_write(path, text);
}
