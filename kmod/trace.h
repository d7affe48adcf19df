/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ttlmap

#if !defined(_TTLMAP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TTLMAP_TRACE_H

#include <linux/tracepoint.h>

#include "map.h"
#include "owner.h"

int tm_trace_lookups(void);
void tm_trace_no_lookups(void);

TRACE_EVENT(ttlmap_create,

	TP_PROTO(const struct ttlmap *map),

	TP_ARGS(map),

	TP_STRUCT__entry(
		__field(u64, map)
		__array(char, name, TTLMAP_NAME_SIZE)
		__field(u64, max_entries)
		__field(u32, flags)
	),

	TP_fast_assign(
		__entry->map = map->id;
		memcpy(__entry->name, map->limits.name, TTLMAP_NAME_SIZE);
		__entry->max_entries = map->limits.max_entries;
		__entry->flags = map->limits.flags;
	),

	TP_printk("map=%llu name=%s max_entries=%llu flags=0x%x", __entry->map, __entry->name,
		  __entry->max_entries, __entry->flags)
);

TRACE_EVENT(ttlmap_destroy,

	TP_PROTO(const struct ttlmap *map),

	TP_ARGS(map),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, entries)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->entries = atomic_long_read(&map->entries);
	),

	TP_printk("map=%llu entries=%llu", __entry->map, __entry->entries)
);

DECLARE_EVENT_CLASS(ttlmap_lookup,

	TP_PROTO(const struct ttlmap *map, u64 hash, u32 key_len),

	TP_ARGS(map, hash, key_len),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, hash)
		__field(u32, key_len)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->hash = hash;
		__entry->key_len = key_len;
	),

	TP_printk("map=%llu hash=%016llx key_len=%u", __entry->map, __entry->hash,
		  __entry->key_len)
);

DEFINE_EVENT_FN(ttlmap_lookup, ttlmap_hit,
	TP_PROTO(const struct ttlmap *map, u64 hash, u32 key_len),
	TP_ARGS(map, hash, key_len),
	tm_trace_lookups, tm_trace_no_lookups
);

DEFINE_EVENT_FN(ttlmap_lookup, ttlmap_miss,
	TP_PROTO(const struct ttlmap *map, u64 hash, u32 key_len),
	TP_ARGS(map, hash, key_len),
	tm_trace_lookups, tm_trace_no_lookups
);

TRACE_EVENT(ttlmap_insert,

	TP_PROTO(const struct ttlmap *map, const struct tm_entry *new, bool replaces),

	TP_ARGS(map, new, replaces),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, hash)
		__field(u64, expires)
		__field(u32, key_len)
		__field(u32, value_len)
		__field(u32, owner)
		__field(bool, replaces)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->hash = new->hash;
		__entry->expires = new->expires;
		__entry->key_len = new->key_len;
		__entry->value_len = new->value_len;
		__entry->owner = new->written_by & TM_WRITER_ID;
		__entry->replaces = replaces;
	),

	TP_printk("map=%llu hash=%016llx expires=%llu key_len=%u value_len=%u owner=%u replaces=%d",
		  __entry->map, __entry->hash, __entry->expires, __entry->key_len,
		  __entry->value_len, __entry->owner, __entry->replaces)
);

DECLARE_EVENT_CLASS(ttlmap_removal,

	TP_PROTO(const struct ttlmap *map, const struct tm_entry *gone, enum tm_stat why),

	TP_ARGS(map, gone, why),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, hash)
		__field(u64, expires)
		__field(u32, key_len)
		__field(u32, value_len)
		__field(u32, owner)
		__field(u32, why)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->hash = gone->hash;
		__entry->expires = READ_ONCE(gone->expires);
		__entry->key_len = gone->key_len;
		__entry->value_len = gone->value_len;
		__entry->owner = READ_ONCE(gone->written_by) & TM_WRITER_ID;
		__entry->why = why;
	),

	TP_printk("map=%llu hash=%016llx expires=%llu key_len=%u value_len=%u owner=%u why=%s",
		  __entry->map, __entry->hash, __entry->expires, __entry->key_len,
		  __entry->value_len, __entry->owner,
		  __print_symbolic(__entry->why,
				   { TM_REPLACES, "replaced" },
				   { TM_DELETES, "deleted" },
				   { TM_POPPED, "popped" },
				   { TM_CLEARED, "cleared" },
				   { TM_EVICTED, "evicted" },
				   { TM_RECLAIMED, "reclaimed" },
				   { TM_EXPIRED, "expired" },
				   { TM_OWNER_GONE, "owner_gone" },
				   { TM_COLLISION_EVICTED, "collision_evicted" }))
);

DEFINE_EVENT(ttlmap_removal, ttlmap_evict,
	TP_PROTO(const struct ttlmap *map, const struct tm_entry *gone, enum tm_stat why),
	TP_ARGS(map, gone, why)
);

DEFINE_EVENT(ttlmap_removal, ttlmap_expire,
	TP_PROTO(const struct ttlmap *map, const struct tm_entry *gone, enum tm_stat why),
	TP_ARGS(map, gone, why)
);

DEFINE_EVENT(ttlmap_removal, ttlmap_delete,
	TP_PROTO(const struct ttlmap *map, const struct tm_entry *gone, enum tm_stat why),
	TP_ARGS(map, gone, why)
);

TRACE_EVENT(ttlmap_retire,

	TP_PROTO(const struct ttlmap *map, size_t bytes),

	TP_ARGS(map, bytes),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, bytes)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->bytes = bytes;
	),

	TP_printk("map=%llu bytes=%llu", __entry->map, __entry->bytes)
);

DECLARE_EVENT_CLASS(ttlmap_segment,

	TP_PROTO(const struct tm_table *table, const struct tm_segment *seg),

	TP_ARGS(table, seg),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, prefix)
		__field(u32, depth)
		__field(u32, segments)
	),

	TP_fast_assign(
		__entry->map = container_of(table, struct ttlmap, table)->id;
		__entry->prefix = seg->prefix;
		__entry->depth = seg->depth;
		__entry->segments = READ_ONCE(table->segments);
	),

	TP_printk("map=%llu prefix=%016llx depth=%u segments=%u", __entry->map,
		  __entry->prefix, __entry->depth, __entry->segments)
);

DEFINE_EVENT(ttlmap_segment, ttlmap_split,
	TP_PROTO(const struct tm_table *table, const struct tm_segment *seg),
	TP_ARGS(table, seg)
);

DEFINE_EVENT(ttlmap_segment, ttlmap_merge,
	TP_PROTO(const struct tm_table *table, const struct tm_segment *seg),
	TP_ARGS(table, seg)
);

TRACE_EVENT(ttlmap_alarm,

	TP_PROTO(const struct ttlmap *map, const struct ttlmap_alarm *alarm),

	TP_ARGS(map, alarm),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, figure)
		__field(u64, threshold)
		__field(u32, rule)
		__field(u32, on)
		__field(u32, owner)
		__field(u32, pid)
		__field(u32, share)
	),

	TP_fast_assign(
		__entry->map = map->id;
		__entry->figure = alarm->figure;
		__entry->threshold = alarm->threshold;
		__entry->rule = alarm->rule;
		__entry->on = alarm->on;
		__entry->owner = alarm->owner_id;
		__entry->pid = alarm->owner_pid;
		__entry->share = alarm->owner_share;
	),

	TP_printk("map=%llu rule=%s on=%u figure=%llu threshold=%llu owner=%u pid=%u share=%u",
		  __entry->map,
		  __print_symbolic(__entry->rule,
				   { TTLMAP_ALARM_GROWTH, "growth" },
				   { TTLMAP_ALARM_UNREAD, "unread" },
				   { TTLMAP_ALARM_OWNER, "owner" },
				   { TTLMAP_ALARM_STALE, "stale" },
				   { TTLMAP_ALARM_OVERDUE, "overdue" },
				   { TTLMAP_ALARM_RETIRED, "retired" },
				   { TTLMAP_ALARM_COLLISIONS, "collisions" }),
		  __entry->on, __entry->figure, __entry->threshold, __entry->owner, __entry->pid,
		  __entry->share)
);

TRACE_EVENT(ttlmap_owner_gone,

	TP_PROTO(const struct tm_owner *owner),

	TP_ARGS(owner),

	TP_STRUCT__entry(
		__field(u64, map)
		__field(u64, entries)
		__field(u32, owner)
		__field(pid_t, pid)
	),

	TP_fast_assign(
		__entry->map = owner->map->id;
		__entry->entries = owner->entries;
		__entry->owner = owner->account->id;
		__entry->pid = owner->account->pid;
	),

	TP_printk("map=%llu owner=%u pid=%d entries=%llu", __entry->map, __entry->owner,
		  __entry->pid, __entry->entries)
);

#endif /* _TTLMAP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kmod
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
