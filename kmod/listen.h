/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_LISTEN_H
#define _TTLMAP_LISTEN_H

#include <linux/list.h>
#include <linux/types.h>

#include "map.h"

struct file;
struct poll_table_struct;
struct tm_owner;

int tm_listen(struct tm_owner *owner, const struct ttlmap_listen *listen);
void tm_listen_end(struct tm_owner *owner);
ssize_t tm_listen_read(struct tm_owner *owner, char __user *to, size_t len, bool wait);
__poll_t tm_listen_poll(struct tm_owner *owner, struct file *file,
			struct poll_table_struct *table);
void tm_listen_alarm(struct ttlmap *map, const struct ttlmap_alarm *alarm, u64 now);
void tm_listen_tell(struct ttlmap *map, const struct tm_segment *seg, const struct tm_pos *pos,
		    u32 event);

/**
 * tm_listen_removed() - an entry goes
 * @map: the map
 * @seg: where it still is
 * @pos: its place there
 * @event: TTLMAP_EVENT_*
 *
 * Costs those maps nothing but a load that nobody listens to.
 *
 * Context: the segment's lock; RCU read section.
 */
static inline void tm_listen_removed(struct ttlmap *map, const struct tm_segment *seg,
				     const struct tm_pos *pos, u32 event)
{
	if (unlikely(!list_empty(&map->listeners)))
		tm_listen_tell(map, seg, pos, event);
}

#endif /* _TTLMAP_LISTEN_H */
