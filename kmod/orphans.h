/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_ORPHANS_H
#define _TTLMAP_ORPHANS_H

struct tm_owner;
struct ttlmap;

struct tm_owner *tm_orphans_owner(struct ttlmap *map);
void tm_orphans_discard(struct tm_owner *owner);
void tm_orphans_leave(struct tm_owner *owner);

#endif /* _TTLMAP_ORPHANS_H */
