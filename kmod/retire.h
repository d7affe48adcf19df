/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_RETIRE_H
#define _TTLMAP_RETIRE_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>

struct tm_entry;

/**
 * struct tm_retirer - entries of one CPU that wait for a grace period
 * @next: retired after the grace period of @waiting began; WR: lock-free
 * @waiting: freed when @work runs; touched by @work alone
 * @bytes: of both, as allocated
 * @entries: in both
 * @work: runs after a grace period
 */
struct tm_retirer {
	struct llist_head next;
	struct llist_node *waiting;
	atomic_long_t bytes;
	atomic_long_t entries;
	struct rcu_work work;
};

struct tm_retirer __percpu *tm_retirer_alloc(void);
void tm_retirer_free(struct tm_retirer __percpu *retirer);
void tm_retire(struct tm_retirer __percpu *retirer, struct tm_entry *entry);
bool tm_retire_throttle(struct tm_retirer __percpu *retirer);
void tm_retired_sum(const struct tm_retirer __percpu *retirer, u64 *entries, u64 *bytes);

#endif /* _TTLMAP_RETIRE_H */
