// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "escape.h"
#include "name.h"
#include "named.h"
#include "owner.h"
#include "trouble.h"

#define DEVICE "/dev/ttlmap"
#define PARAMETERS "/sys/module/ttlmap/parameters"

static const struct {
	int error;
	const char *text;
} meanings[] = {
	{ ENODEV, "there is no " DEVICE ": load the module with `modprobe ttlmap'" },
	{ ENOENT, "no map of that name (`ttlmap ls' lists them)" },
	{ EEXIST, "there is a map of that name already (`ttlmap rm' removes it)" },
	{ EPERM, "only the owner of a map, or root, may do that (`ttlmap ls' names it)" },
	{ ENOSPC, "the map is full and does not evict, or the entry alone is too large for it" },
	{ ERANGE, "the TTL is outside of what the map allows (`ttlmap stat' shows it)" },
	{ E2BIG, "the key or value is longer than the map allows (`ttlmap stat' shows it)" },
	{ ENOMEM, "the kernel, or this process's memory cgroup, has no memory left" },
	{ EROFS, "the map is frozen: its keys stay as they are (`ttlmap stat' shows it)" },
	{ EBADF, "the map is not open for that" },
};

static const char *meaning(int error)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].error == error)
			return meanings[i].text;
	return strerror(error);
}

/* Explains EACCES if it is the device that may not be used. */
static bool device_is_closed(void)
{
	struct stat st;

	if (!faccessat(AT_FDCWD, DEVICE, R_OK | W_OK, AT_EACCESS) ||
	    stat(DEVICE, &st))
		return false;
	fprintf(stderr, DEVICE " is for %s and group %s (mode %04o)\n",
		user_name(st.st_uid).s, group_name(st.st_gid).s,
		st.st_mode & 0777);
	return true;
}

static void explain_closed_map(const char *map)
{
	struct ttlmap_list_item item;

	if (map && !find_named(map, &item))
		fprintf(stderr, "the map is for %s and group %s (mode %04o)\n",
			user_name(item.uid).s, group_name(item.gid).s, item.mode);
	else
		fprintf(stderr, "%s\n", strerror(EACCES));
}

static void print_parameter(DIR *dir, const char *name)
{
	/* An open one has one. NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions) */
	int fd = openat(dirfd(dir), name, O_RDONLY | O_CLOEXEC);
	char value[32];
	ssize_t len;

	if (fd < 0)
		return;
	len = read(fd, value, sizeof(value) - 1);
	close(fd);
	if (len <= 0)
		return;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	fprintf(stderr, " %s=%s", name, value);
}

static void explain_quota(void)
{
	DIR *dir = opendir(PARAMETERS);

	fputs("a limit over all maps is reached, see " PARAMETERS ":", stderr);
	if (dir) {
		const struct dirent *entry;

		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				print_parameter(dir, entry->d_name);
		closedir(dir);
	}
	fputc('\n', stderr);
}

static void explain(int error, const char *map)
{
	switch (error) {
	case EACCES:
		if (!device_is_closed())
			explain_closed_map(map);
		break;
	case EDQUOT:
		explain_quota();
		break;
	case EINVAL:
		fprintf(stderr, "%s\n", map && !name_is_good(map) ? NAME_RULE : strerror(error));
		break;
	default:
		fprintf(stderr, "%s\n", meaning(error));
	}
}

/* What was asked for may be as harmful to a terminal as what maps hold. */
static void print_name(const char *what)
{
	escape_to(stderr, what, strlen(what));
	fputs(": ", stderr);
}

int trouble_with_map(const char *map)
{
	int error = errno;

	fflush(stdout);
	fputs("ttlmap: ", stderr);
	if (map)
		print_name(map);
	explain(error, map);
	return EXIT_TROUBLE;
}

/* What a script asks about: not trouble, but an answer. */
static const char *key_failure(int error)
{
	switch (error) {
	case ENOENT:
		return "no such key";
	case EEXIST:
		return "the key is there already";
	case ECANCELED:
		return "the condition does not hold";
	}
	return NULL;
}

int trouble_with_key(const char *map, const char *key)
{
	int error = errno;

	fflush(stdout);
	fputs("ttlmap: ", stderr);
	print_name(map);
	print_name(key);
	if (key_failure(error)) {
		fprintf(stderr, "%s\n", key_failure(error));
		return EXIT_NO_KEY;
	}
	if (error == EINVAL && !*key)
		fputs("a key has at least one byte\n", stderr);
	else
		explain(error, map);
	return EXIT_TROUBLE;
}

int trouble_with(const char *what)
{
	int error = errno;

	fflush(stdout);
	fputs("ttlmap: ", stderr);
	print_name(what);
	fprintf(stderr, "%s\n", strerror(error));
	return EXIT_TROUBLE;
}
