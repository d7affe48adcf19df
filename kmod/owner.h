/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_OWNER_H
#define _TTLMAP_OWNER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct ttlmap;
struct tm_entry;
struct tm_listener;

/**
 * struct tm_owner - an open descriptor to which entries may be bound
 * @map: a reference
 * @account: of what is written through it
 * @lock: within the segments' locks
 * @list: its entries, through struct tm_owned; WR: @lock
 * @entries: how many; WR: @lock
 * @bytes: of them, as allocated; WR: @lock
 * @listener: what it is told, or NULL; WR: listen.c's mutex
 * @wait: those who wait for that
 * @work: removes them when the descriptor has been closed
 */
struct tm_owner {
	struct ttlmap *map;
	struct tm_account *account;
	/* over the list; within the segments' locks */
	spinlock_t lock;
	struct hlist_head list;
	u64 entries;
	u64 bytes;
	struct tm_listener *listener;
	wait_queue_head_t wait;
	struct work_struct work;
};

void tm_owner_link(struct ttlmap *map, struct tm_entry *entry);
void tm_owner_unlink(struct ttlmap *map, struct tm_entry *entry);
struct tm_entry *tm_owner_first(struct tm_owner *owner, u64 *hash);

#endif /* _TTLMAP_OWNER_H */
