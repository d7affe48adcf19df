// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Conditions
 *
 * Owns the comparison of compare-and-swap and conditional delete. It needs no
 * lock: entries do not change, so that an operation which finds, under the
 * segment's lock and within the same RCU section, the entry that was looked at
 * here knows that what was said of it still holds.
 */
#include <linux/err.h>

#include "condition.h"

static bool holds(const struct ttlmap *map, struct tm_entry *entry,
		  const struct tm_condition *condition, u64 version)
{
	if ((condition->flags & TTLMAP_IF_VERSION) && condition->version != version)
		return false;
	if (!(condition->flags & TTLMAP_IF_VALUE))
		return true;
	return entry->value_len == condition->len &&
	       !memcmp(tm_entry_value(entry), condition->value, condition->len);
}

/**
 * tm_condition_find() - the entry of a key, if a condition holds for it
 * @map: the map
 * @key: of the entry
 * @condition: what it must be; its version is set to what was found
 * @now: CLOCK_BOOTTIME ns
 *
 * Context: RCU read section.
 * Return: the entry, or ERR_PTR: -ENOENT, -ECANCELED.
 */
struct tm_entry *tm_condition_find(struct ttlmap *map, const struct tm_key *key,
				   struct tm_condition *condition, u64 now)
{
	struct tm_entry *entry;
	struct tm_pos pos;
	u64 version;

	entry = tm_segment_find(tm_table_segment(&map->table, key->hash), key, &pos);
	if (!entry || tm_entry_expired(entry, now))
		return ERR_PTR(-ENOENT);
	version = tm_entry_version(&map->kind, entry);
	if (holds(map, entry, condition, version))
		return entry;
	condition->version = version;
	tm_stat_inc(map->stats, TM_CANCELED);
	return ERR_PTR(-ECANCELED);
}
