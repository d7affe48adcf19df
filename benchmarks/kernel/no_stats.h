/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read before each file of a build of ttlmap that counts nothing and does not note what
 * was read, to see what that costs: STAT and debugfs show zeros there.
 */
#include "../../kmod/account.h"
#include "../../kmod/stats.h"

static inline void no_stat_add(struct tm_stats __percpu *stats, enum tm_stat which, u64 n)
{
}

static inline void no_stat_inc(struct tm_stats __percpu *stats, enum tm_stat which)
{
}

static inline void no_account_read(struct ttlmap *map, struct tm_entry *entry)
{
}

static inline void no_account_hit(struct tm_account *account)
{
}

#define tm_stat_add	no_stat_add
#define tm_stat_inc	no_stat_inc
#define tm_account_read	no_account_read
#define tm_account_hit	no_account_hit
