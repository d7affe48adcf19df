// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "fields.h"
#include "handle.h"
#include "named.h"
#include "trouble.h"
#include "ttlmap.h"

int handle_open(struct handle *handle, const char *name, unsigned int how)
{
	struct ttlmap_list_item item;

	handle->name = name;
	handle->fd = ttlmap_map_open(name, how);
	if (handle->fd < 0)
		return trouble_with_map(name);
	/* Who may only write cannot ask the map itself. */
	if (find_named(name, &item)) {
		close(handle->fd);
		return trouble_with_map(name);
	}
	handle->flags = item.flags;
	return 0;
}

void handle_close(const struct handle *handle)
{
	close(handle->fd);
}

int handle_needs(const struct handle *handle, unsigned int flag)
{
	if (handle->flags & flag)
		return 0;
	fprintf(stderr, "ttlmap: %s: this needs a map that was created with %s\n",
		handle->name, map_flag_option(flag));
	return EXIT_TROUBLE;
}
