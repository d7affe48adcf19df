/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_RETIRE_H
#define _TTLMAP_RETIRE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

struct tm_entry;
struct tm_kind;

#define TM_RETIRED_MAX	SZ_4M	/* bytes a CPU, from which on writers wait */

/**
 * struct tm_retired - how much so far
 * @entries: how many
 * @bytes: as allocated
 */
struct tm_retired {
	unsigned long entries;
	unsigned long bytes;
};

/**
 * struct tm_retirer - entries of one CPU that wait for a grace period
 * @next: retired after the grace period of @waiting began; WR: lock-free
 * @in: retired on this CPU; WR: this CPU, before the entry is in @next
 * @waiting: freed a grace period after @taken; touched by @work alone
 * @taken: RCU's state when @waiting was taken out of @next; touched by @work alone
 * @out: released; WR: @work, on a line that is not the retiring CPU's
 * @pinned_bytes: of entries that outlived the grace period by a reference
 * @pinned_entries: how many; negative where more were dropped than were counted
 * @kind: what the map's entries have in common
 * @work: runs after a grace period
 */
struct tm_retirer {
	struct llist_head next;
	struct tm_retired in;
	struct llist_node *waiting ____cacheline_aligned_in_smp;
	unsigned long taken;
	struct tm_retired out;
	atomic_long_t pinned_bytes;
	atomic_long_t pinned_entries;
	const struct tm_kind *kind;
	struct rcu_work work;
};

struct tm_retirer __percpu *tm_retirer_alloc(const struct tm_kind *kind);
void tm_retirer_free(struct tm_retirer __percpu *retirer);
void tm_retire(struct tm_retirer __percpu *retirer, struct tm_entry *entry,
	       size_t bytes);
bool tm_retire_flush(struct tm_retirer __percpu *retirer);
bool tm_retire_throttle(struct tm_retirer __percpu *retirer);
void tm_retire_unpin(struct tm_retirer __percpu *retirer, struct tm_entry *entry);
void tm_retired_sum(const struct tm_retirer __percpu *retirer, u64 *entries, u64 *bytes);

#endif /* _TTLMAP_RETIRE_H */
