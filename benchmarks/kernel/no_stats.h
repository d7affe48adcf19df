/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read before each file of a build of ttlmap that counts nothing, to see what counting
 * costs: STAT and debugfs show zeros there.
 */
#include "../../kmod/stats.h"

static inline void no_stat_add(struct tm_stats __percpu *stats, enum tm_stat which, u64 n)
{
}

static inline void no_stat_inc(struct tm_stats __percpu *stats, enum tm_stat which)
{
}

#define tm_stat_add	no_stat_add
#define tm_stat_inc	no_stat_inc
