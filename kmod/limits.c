// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Limits
 *
 * Owns what a map may be: which limits are sound, and when an entry expires that
 * is written under them. Those of a live map change under its tune mutex and are
 * read without it, one by one.
 *
 * Locks: none.
 */
#include <linux/errno.h>
#include <linux/minmax.h>

#include "entry.h"
#include "limits.h"
#include "random.h"

#define FLAGS		(TTLMAP_F_NO_EVICT | TTLMAP_F_REQUIRE_TTL | TTLMAP_F_SIPHASH | \
			 TTLMAP_F_SLIDING | TTLMAP_F_COUNTERS | TTLMAP_F_VERSIONS | \
			 TTLMAP_F_OWNERS | TTLMAP_F_RECLAIM | TTLMAP_F_PREALLOC | \
			 TTLMAP_F_PRIVATE)

static bool ttl_ok(const struct ttlmap_create *limits, u64 ttl)
{
	u64 max_ttl = READ_ONCE(limits->max_ttl_ns);

	if (ttl == TTLMAP_TTL_NEVER)
		return !max_ttl && !(READ_ONCE(limits->flags) & TTLMAP_F_REQUIRE_TTL);
	if (max_ttl && ttl > max_ttl)
		return false;
	return ttl >= READ_ONCE(limits->min_ttl_ns) && ttl <= TTLMAP_TTL_MAX;
}

static int check_ttls(const struct ttlmap_create *limits)
{
	if (limits->max_ttl_ns > TTLMAP_TTL_MAX || limits->min_ttl_ns > TTLMAP_TTL_MAX ||
	    limits->jitter_ns > TTLMAP_TTL_MAX)
		return -ERANGE;
	if (limits->max_ttl_ns && limits->min_ttl_ns > limits->max_ttl_ns)
		return -ERANGE;
	return limits->default_ttl_ns && !ttl_ok(limits, limits->default_ttl_ns) ? -ERANGE : 0;
}

static bool flags_ok(const struct ttlmap_create *limits)
{
	u32 flags = limits->flags;

	if (flags & ~FLAGS)
		return false;
	if ((flags & TTLMAP_F_COUNTERS) &&
	    (limits->value_max != sizeof(u64) || (flags & TTLMAP_F_VERSIONS)))
		return false;
	return !(flags & TTLMAP_F_RECLAIM) || !(flags & TTLMAP_F_NO_EVICT);
}

/**
 * tm_limits_check() - are these limits sound?
 * @limits: of a map, but for the name
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int tm_limits_check(const struct ttlmap_create *limits)
{
	if (!flags_ok(limits))
		return -EINVAL;
	if (!limits->key_max || limits->key_max > TTLMAP_KEY_MAX)
		return -EINVAL;
	if (limits->value_max > TTLMAP_VALUE_MAX)
		return -EINVAL;
	if (!limits->max_entries || limits->max_entries > TTLMAP_ENTRIES_MAX)
		return -EINVAL;
	if (limits->max_bytes > LONG_MAX)
		return -EINVAL;
	return check_ttls(limits);
}

/**
 * tm_limits_expiry() - when an entry expires that is written now
 * @limits: of the map, which may be tuned at the same time
 * @ttl: as in struct ttlmap_op
 * @now: CLOCK_BOOTTIME ns
 * @expires: filled in
 *
 * Return: 0 or -ERANGE.
 */
int tm_limits_expiry(const struct ttlmap_create *limits, u64 ttl, u64 now, u64 *expires)
{
	u64 jitter = READ_ONCE(limits->jitter_ns);

	ttl = ttl ?: READ_ONCE(limits->default_ttl_ns) ?: TTLMAP_TTL_NEVER;
	if (!ttl_ok(limits, ttl))
		return -ERANGE;
	*expires = TM_EXPIRES_NEVER;
	if (ttl == TTLMAP_TTL_NEVER)
		return 0;
	if (jitter)
		ttl -= tm_random() % (min(jitter, ttl / 2) + 1);
	*expires = now + ttl;
	return 0;
}
