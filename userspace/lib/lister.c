// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The named maps, some at a time. */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

#define ITEMS 64

struct ttlmap_lister {
	int device;
	__u64 cursor;
	__u32 count;
	__u32 next;
	struct ttlmap_list_item items[ITEMS];
};

TTLMAP_API struct ttlmap_lister *ttlmap_lister_new(void)
{
	struct ttlmap_lister *lister = calloc(1, sizeof(*lister));

	if (!lister)
		return NULL;
	lister->device = ttlmap_device_open();
	if (lister->device < 0) {
		free(lister);
		return NULL;
	}
	return lister;
}

static int fill(struct ttlmap_lister *lister)
{
	struct ttlmap_list list = {
		.cursor = lister->cursor,
		.items = ttlmap_address(lister->items),
		.count = ITEMS,
		.item_size = sizeof(lister->items[0]),
	};

	if (ioctl(lister->device, TTLMAP_IOC_LIST, &list))
		return -1;
	lister->cursor = list.cursor;
	lister->count = list.count;
	lister->next = 0;
	return 0;
}

TTLMAP_API int ttlmap_lister_next(struct ttlmap_lister *lister,
				  struct ttlmap_list_item *item)
{
	if (lister->next == lister->count && fill(lister))
		return -1;
	if (lister->next == lister->count)
		return 0;
	*item = lister->items[lister->next++];
	return 1;
}

TTLMAP_API void ttlmap_lister_free(struct ttlmap_lister *lister)
{
	if (!lister)
		return;
	ttlmap_device_close(lister->device);
	free(lister);
}
