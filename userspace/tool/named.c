// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "named.h"

int find_named(const char *name, struct ttlmap_list_item *item)
{
	struct ttlmap_lister *lister = ttlmap_lister_new();
	int ret;

	if (!lister)
		return -1;
	do {
		ret = ttlmap_lister_next(lister, item);
	} while (ret > 0 && strcmp((const char *)item->name, name));
	ttlmap_lister_free(lister);
	if (ret > 0)
		return 0;
	if (!ret)
		errno = ENOENT;
	return -1;
}
