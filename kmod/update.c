// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Updates
 *
 * Owns how entries come into a map and change: insert, replace, compare-and-swap,
 * counters, new TTLs.
 *
 * An update that finds its segment crowded, or the map full, lets the lock go,
 * splits or evicts, and starts again. It splits at most one segment and evicts
 * as many entries as its own needs room for: one, where capacity counts entries.
 *
 * Conditions are looked at before the segment is locked, since a value may be
 * long; entries do not change, so that it is enough to see under the lock that
 * the entry is still the same one. Counters are different: they change without
 * the lock, and their compare-and-swap is one of the counter itself.
 *
 * Locks: one segment's at a time.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/ttlmap.h>

#include "capacity.h"
#include "clock.h"
#include "evict.h"
#include "expire.h"
#include "latency.h"
#include "limits.h"
#include "listen.h"
#include "lookup.h"
#include "owner.h"
#include "sampler.h"
#include "trace.h"
#include "update.h"

/* How often an update waits for others to make room in its segment. */
#define CROWDED_MAX	16

/* An empty pool is waited for so often, each time for a grace period or a jiffy. */
#define POOL_WAITS	32

/* What an attempt asks for. */
enum {
	MAP_FULL = 1,		/* evict, then try again */
	SEGMENT_CROWDED,	/* split, then try again */
	RACED,			/* try again */
};

enum crowd {
	MAY_SPLIT,		/* insist on a segment that is not crowded */
	HAS_SPLIT,		/* any place will do */
	COLLIDES,		/* evict from the segment where there is none */
};

/**
 * struct attempt - an update under way
 * @map: the map
 * @update: what is asked for
 * @key: of the entry
 * @bytes: of the entry
 * @now: when it began, CLOCK_BOOTTIME ns
 * @place: of what was evicted for it
 * @crowd: what may be done about a crowded segment
 * @split_err: how the split went
 * @splits: how many
 */
struct attempt {
	struct ttlmap *map;
	struct tm_update *update;
	const struct tm_key *key;
	size_t bytes;
	u64 now;
	struct tm_place *place;
	enum crowd crowd;
	int split_err;
	unsigned int splits;
};

/*
 * Around changes to deadlines: a segment that had none counts from now, and the
 * wheel is told if the first one due has changed.
 */
static u64 due_before(struct tm_segment *seg, u64 now)
{
	if (seg->due == TM_TICK_NEVER)
		seg->base = tm_tick(now);
	return seg->due;
}

static void due_after(struct ttlmap *map, struct tm_segment *seg, u64 before, u64 now)
{
	if (seg->due < before)
		tm_wheel_add(&map->wheel, seg, tm_tick(now));
}

/* Unique in the map, whatever comes and goes. */
static u64 next_version(struct ttlmap *map)
{
	return this_cpu_inc_return(map->lru->versions) * nr_cpu_ids + raw_smp_processor_id();
}

static u64 effective_ttl(const struct ttlmap *map, u64 ttl)
{
	return ttl ?: READ_ONCE(map->limits.default_ttl_ns) ?: TTLMAP_TTL_NEVER;
}

static void fill_tail(struct ttlmap *map, struct tm_entry *entry, const struct tm_update *update)
{
	u64 *tail = tm_entry_tail(entry);

	if (map->kind.owned)
		*tm_entry_owned(entry) = (struct tm_owned){
			.entry = entry,
			.owner = update->owner,
		};
	if (map->kind.ttl_at >= 0)
		tail[map->kind.ttl_at] = effective_ttl(map, update->ttl_ns);
	if (map->kind.version_at >= 0)
		tail[map->kind.version_at] = next_version(map);
}

/* Link or swap in the entry. */
static void put(const struct attempt *at, struct tm_segment *seg, const struct tm_pos *pos,
		bool replace)
{
	struct tm_bucket *bucket = &seg->bucket[pos->bucket];
	struct tm_entry *entry = at->update->entry;
	u64 due = due_before(seg, at->now);
	struct ttlmap *map = at->map;

	if (replace)
		tm_lru_used(map);
	else
		tm_lru_inserted(map);
	tm_bucket_clamp_ages(bucket, tm_tags_used(bucket->tags), READ_ONCE(map->epoch));
	fill_tail(map, entry, at->update);
	at->update->condition.version = tm_entry_version(&map->kind, entry);
	tm_account_enter(map, entry, at->bytes);
	trace_ttlmap_insert(map, entry, replace);
	if (replace)
		tm_segment_replace(seg, pos, entry, READ_ONCE(map->epoch));
	else
		tm_segment_place(seg, pos, entry, READ_ONCE(map->epoch));
	tm_owner_link(map, entry);
	due_after(map, seg, due, at->now);
	tm_sampler_wake();
}

static void keep_expiry(struct ttlmap *map, struct tm_update *update, struct tm_entry *old)
{
	u64 expires = READ_ONCE(old->expires);

	if (update->flags & TTLMAP_TTL_EXTEND) {
		update->entry->expires = max(update->entry->expires, expires);
	} else if (update->flags & TTLMAP_TTL_KEEP) {
		update->entry->expires = expires;
		if (map->kind.ttl_at >= 0)
			update->ttl_ns = tm_entry_tail(old)[map->kind.ttl_at];
	}
}

static int replace(const struct attempt *at, struct tm_segment *seg, const struct tm_pos *pos,
		   struct tm_entry *old)
{
	struct ttlmap *map = at->map;
	size_t old_bytes = tm_entry_bytes(&map->kind, old);

	tm_capacity_release(map, at->place);
	if (!tm_capacity_resize(map, (long)at->bytes - (long)old_bytes))
		return MAP_FULL;
	if (!tm_entry_expired(old, at->now))
		keep_expiry(map, at->update, old);
	tm_listen_removed(map, seg, pos, TTLMAP_EVENT_REPLACED);
	put(at, seg, pos, true);
	tm_capacity_retire(map, old, old_bytes, TM_REPLACES);
	return 0;
}

/* A place for one more entry in the segment, or why there is none. */
static int find_room(const struct attempt *at, struct tm_segment *seg, struct tm_pos *pos)
{
	bool room = tm_segment_room(seg, at->key->hash, pos);

	if (at->crowd == MAY_SPLIT &&
	    (!room || pos->probes >= TM_SPLIT_PROBES || seg->count >= TM_SPLIT_COUNT))
		return SEGMENT_CROWDED;
	if (room)
		return 0;
	if (at->crowd != COLLIDES)
		return SEGMENT_CROWDED;
	if (tm_map_is(at->map, TTLMAP_F_NO_EVICT))
		return -ENOSPC;
	tm_evict_from(at->map, seg);
	tm_segment_room(seg, at->key->hash, pos);
	return 0;
}

static int insert(const struct attempt *at, struct tm_segment *seg)
{
	struct ttlmap *map = at->map;
	struct tm_pos pos;
	int ret;

	if (at->update->flags & (TTLMAP_EXISTING | TM_IF))
		return -ENOENT;
	if (READ_ONCE(map->frozen))
		return -EROFS;
	ret = find_room(at, seg, &pos);
	if (ret)
		return ret;
	if (!tm_capacity_reserve(map, at->place, at->bytes))
		return MAP_FULL;
	put(at, seg, &pos, false);
	if (seg->count == TM_SPLIT_AHEAD && at->crowd == MAY_SPLIT)
		tm_table_want(&map->table, seg);
	tm_stat_inc(map->stats, TM_INSERTS);
	return 0;
}

/* One attempt at an update. Context: the segment's lock. */
static int try_update(const struct attempt *at, struct tm_segment *seg,
		      const struct tm_entry *expected)
{
	struct ttlmap *map = at->map;
	struct tm_entry *old;
	struct tm_pos pos;
	bool expired;

	old = tm_segment_find(seg, at->key, &pos);
	if (expected && old != expected)
		return RACED;
	expired = old && tm_entry_expired(old, at->now);
	if (expired && !READ_ONCE(map->frozen)) {
		tm_stat_lag(map->stats, at->now - READ_ONCE(old->expires));
		tm_capacity_unlink(map, seg, &pos, TM_EXPIRED);
		old = NULL;
	}
	if (!old)
		return insert(at, seg);
	if ((at->update->flags & TTLMAP_NEW) && !expired)
		return -EEXIST;
	return replace(at, seg, &pos, old);
}

/* Make room in the map. What has expired goes first. */
static int make_room(const struct attempt *at)
{
	struct ttlmap *map = at->map;
	bool may_sleep = gfpflags_allow_blocking(at->update->gfp);

	if (READ_ONCE(map->frozen))
		return -ENOSPC;
	if (READ_ONCE(map->wheel.armed) <= tm_tick(at->now) &&
	    tm_expire_step(map))
		return 0;
	if (tm_map_is(map, TTLMAP_F_NO_EVICT))
		return -ENOSPC;
	if (may_sleep && fatal_signal_pending(current))
		return -EINTR;
	tm_evict_for(map, TM_EVICTED, at->place);
	if (may_sleep)
		cond_resched();
	return 0;
}

/* Split the segment of a hash, with a larger directory where that is needed. */
static int split(const struct attempt *at)
{
	struct tm_table *table = &at->map->table;
	int err = tm_table_split(table, at->key->hash, at->update->gfp);

	if (err != -EAGAIN)
		return err;
	if (!gfpflags_allow_blocking(at->update->gfp))
		return -ENOMEM;
	err = tm_table_grow(table);
	return err ?: tm_table_split(table, at->key->hash, at->update->gfp);
}

/*
 * Make room in the segment. One split an operation: what else is needed is the
 * worker's, for which only those wait who may sleep.
 */
static int make_place(struct attempt *at)
{
	struct tm_table *table = &at->map->table;

	if (at->crowd != MAY_SPLIT &&
	    (at->split_err == -ENOMEM || !gfpflags_allow_blocking(at->update->gfp)))
		return -ENOMEM;
	if (at->crowd == MAY_SPLIT) {
		at->split_err = split(at);
		at->splits += !at->split_err;
	} else {
		flush_delayed_work(&table->work);
	}
	at->crowd = tm_table_deepest(table, at->key->hash) ? COLLIDES : HAS_SPLIT;
	return 0;
}

static int attempt(const struct attempt *at)
{
	struct tm_entry *expected = NULL;
	struct tm_segment *seg;
	int ret;

	rcu_read_lock();
	if (at->update->flags & TM_IF)
		expected = tm_condition_find(at->map, at->key, &at->update->condition, at->now);
	if (IS_ERR(expected)) {
		rcu_read_unlock();
		return PTR_ERR(expected);
	}
	seg = tm_table_lock(&at->map->table, at->key->hash);
	ret = try_update(at, seg, expected);
	if (ret == SEGMENT_CROWDED && at->crowd == HAS_SPLIT)
		tm_table_want(&at->map->table, seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	return ret;
}

static int insert_or_replace(struct attempt *at)
{
	unsigned int crowded = 0;
	int ret;

	for (;;) {
		ret = attempt(at);
		if (ret == RACED)
			ret = 0;
		else if (ret == MAP_FULL)
			ret = make_room(at);
		else if (ret == SEGMENT_CROWDED && crowded++ < CROWDED_MAX)
			ret = make_place(at);
		else
			return ret == SEGMENT_CROWDED ? -ENOMEM : ret;
		if (ret)
			return ret;
	}
}

/* What a sliding map starts anew at each use. Goes before the expiry. */
static void set_ttl(const struct ttlmap *map, struct tm_entry *entry, u64 ttl)
{
	if (map->kind.ttl_at >= 0)
		WRITE_ONCE(tm_entry_tail(entry)[map->kind.ttl_at], ttl);
}

/* Uses of the entry may move its expiry at the same time. Returns what it is then. */
static u64 set_expires(struct ttlmap *map, struct tm_entry *entry, u64 expires,
		       bool never_earlier)
{
	u64 old = READ_ONCE(entry->expires), new;

	/* Pairs with the acquire in slide(): who sees the expiry sees its TTL. */
	do {
		new = never_earlier ? max(expires, old) : expires;
	} while (!try_cmpxchg(&entry->expires, &old, new));
	if (old != new && max(old, new) == TM_EXPIRES_NEVER)
		tm_account_unexpiring(map, entry, new == TM_EXPIRES_NEVER ? 1 : -1);
	return new;
}

/* An entry has got another expiry where it is. Context: the segment's lock. */
static void retimed(struct ttlmap *map, struct tm_segment *seg, const struct tm_pos *pos,
		    u64 expires, u64 now)
{
	u64 due = due_before(seg, now);

	tm_segment_due(seg, pos, expires);
	due_after(map, seg, due, now);
	tm_lru_used(map);
	tm_bucket_touch(&seg->bucket[pos->bucket], pos->slot, READ_ONCE(map->epoch));
}

static struct tm_account *writer(const struct ttlmap *map, const struct tm_update *update)
{
	return update->account ?: map->account;
}

/* The compare-and-swap of a counter. Context: the segment's lock. */
static int swap_counter(const struct attempt *at, struct tm_segment *seg)
{
	struct tm_update *update = at->update;
	struct tm_entry *old;
	struct tm_pos pos;
	s64 expected, new;
	u64 expires;

	old = tm_segment_find(seg, at->key, &pos);
	if (!old || tm_entry_expired(old, at->now))
		return -ENOENT;
	if (update->condition.len != sizeof(expected)) {
		tm_stat_inc(at->map->stats, TM_CANCELED);
		return -ECANCELED;
	}
	memcpy(&expected, update->condition.value, sizeof(expected));
	memcpy(&new, tm_entry_value(update->entry), sizeof(new));
	if (atomic64_cmpxchg(tm_entry_counter(old), expected, new) != expected) {
		tm_stat_inc(at->map->stats, TM_CANCELED);
		return -ECANCELED;
	}
	keep_expiry(at->map, update, old);
	set_ttl(at->map, old, effective_ttl(at->map, update->ttl_ns));
	expires = set_expires(at->map, old, update->entry->expires,
			      update->flags & (TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND));
	retimed(at->map, seg, &pos, expires, at->now);
	this_cpu_inc(writer(at->map, update)->sums->inserts);
	tm_stat_inc(at->map->stats, TM_REPLACES);
	return 0;
}

static int compare_and_swap_counter(const struct attempt *at)
{
	struct tm_segment *seg;
	int ret;

	rcu_read_lock();
	seg = tm_table_lock(&at->map->table, at->key->hash);
	ret = swap_counter(at, seg);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	return ret;
}

static bool swaps_counter(const struct ttlmap *map, const struct tm_update *update)
{
	return tm_map_is(map, TTLMAP_F_COUNTERS) && (update->flags & TTLMAP_IF_VALUE);
}

static int run_update(struct ttlmap *map, struct tm_update *update)
{
	struct tm_entry *entry = update->entry;
	struct tm_place place = {};
	struct attempt at = {
		.map = map,
		.update = update,
		.key = &update->key,
		.bytes = tm_entry_bytes(&map->kind, entry),
		.now = tm_now(),
		.place = &place,
		.crowd = tm_map_is(map, TTLMAP_F_PREALLOC) ? COLLIDES : MAY_SPLIT,
	};
	u64 max_bytes = READ_ONCE(map->limits.max_bytes);
	int err;

	err = tm_limits_expiry(&map->limits, update->ttl_ns, at.now, &entry->expires);
	if (err)
		return err;
	if (max_bytes && at.bytes > max_bytes)
		return -ENOSPC;
	entry->hash = update->key.hash;
	entry->written_by = writer(map, update)->id;
	if (swaps_counter(map, update))
		return compare_and_swap_counter(&at);
	err = insert_or_replace(&at);
	if (unlikely(at.splits))
		tm_stat_worst(map->stats, TM_WORST_SPLITS, at.splits);
	tm_capacity_release(map, &place);
	return err;
}

/**
 * tm_map_flags_ok() - are flags of an operation free of contradictions?
 * @map: the map
 * @flags: TTLMAP_NEW and so on, known to the operation
 *
 * Return: false if two contradict each other, or the map has no use for one.
 */
bool tm_map_flags_ok(const struct ttlmap *map, u32 flags)
{
	const u32 keys = TTLMAP_NEW | TTLMAP_EXISTING, ttls = TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND;

	if ((flags & keys) == keys || (flags & ttls) == ttls)
		return false;
	if ((flags & TM_IF) && (flags & (TTLMAP_NEW | TTLMAP_IF_EXPIRED)))
		return false;
	if ((flags & TTLMAP_OWNED) && !map->kind.owned)
		return false;
	/* A counter's compare-and-swap changes it where it is. */
	if ((flags & TTLMAP_OWNED) && (flags & TM_IF) && tm_map_is(map, TTLMAP_F_COUNTERS))
		return false;
	return !(flags & TTLMAP_IF_VERSION) || map->kind.version_at >= 0;
}

/**
 * tm_map_check_update() - could there be such an entry?
 * @map: the map
 * @flags: of the update
 * @key_len: bytes of its key
 * @value_len: bytes of its value
 *
 * Return: 0, -EINVAL or -E2BIG.
 */
int tm_map_check_update(const struct ttlmap *map, u32 flags, u32 key_len, u32 value_len)
{
	if (!key_len || !tm_map_flags_ok(map, flags))
		return -EINVAL;
	if (key_len > map->limits.key_max || value_len > map->limits.value_max)
		return -E2BIG;
	return tm_map_is(map, TTLMAP_F_COUNTERS) && value_len != sizeof(u64) ? -EINVAL : 0;
}

/**
 * tm_map_entry() - a new entry for a map
 * @map: the map
 * @key_len: bytes of its key
 * @value_len: bytes of its value
 * @gfp: what may be done for memory
 *
 * Where all that was allocated beforehand is in use it waits for what is retired.
 *
 * Context: As @gfp says.
 * Return: the entry, or ERR_PTR: -ENOMEM, -EDQUOT.
 */
struct tm_entry *tm_map_entry(struct ttlmap *map, u32 key_len, u32 value_len, gfp_t gfp)
{
	unsigned int waits = map->kind.pool && gfpflags_allow_blocking(gfp) ? POOL_WAITS : 0;
	struct tm_entry *entry;

	entry = tm_entry_alloc(&map->kind, key_len, value_len, gfp);
	while (IS_ERR(entry) && waits--) {
		/* What is neither here nor retired is in the hands of other writers. */
		if (!tm_retire_flush(map->retirer))
			schedule_timeout_uninterruptible(1);
		entry = tm_entry_alloc(&map->kind, key_len, value_len, gfp);
	}
	if (IS_ERR(entry))
		tm_stat_inc(map->stats, TM_NO_MEMORY);
	return entry;
}

/**
 * tm_map_update() - insert or replace an entry
 * @map: the map
 * @update: what is asked for; its entry is consumed
 *
 * Context: As @update->gfp says.
 * Return: 0, -EEXIST, -ENOENT, -ECANCELED, -ENOSPC, -ERANGE, -EROFS, -EINTR or
 * -ENOMEM.
 */
int tm_map_update(struct ttlmap *map, struct tm_update *update)
{
	u64 began = tm_latency_begin();
	int ret = run_update(map, update);

	if (ret || swaps_counter(map, update))
		tm_entry_free(&map->kind, update->entry);
	if (ret == -ENOSPC)
		tm_stat_inc(map->stats, TM_REFUSED);
	else if (ret == -ENOMEM)
		tm_stat_inc(map->stats, TM_NO_MEMORY);
	tm_latency_end(map, TM_LATENCY_UPDATE, began);
	if (gfpflags_allow_blocking(update->gfp))
		tm_capacity_throttle(map);
	return ret;
}

static bool add_to_counter(struct ttlmap *map, struct tm_add *add)
{
	struct tm_entry *entry;
	u64 now = 0;

	rcu_read_lock();
	entry = tm_map_lookup(map, &add->key, true, &now);
	if (entry)
		add->value = atomic64_add_return(add->value, tm_entry_counter(entry));
	rcu_read_unlock();
	return entry;
}

static int start_counter(struct ttlmap *map, const struct tm_add *add)
{
	struct tm_update update = {
		.key = add->key,
		.ttl_ns = add->ttl_ns,
		.flags = TTLMAP_NEW,
		.account = add->account,
		.owner = add->owner,
		.gfp = add->gfp,
	};

	update.entry = tm_map_entry(map, add->key.len, sizeof(u64), add->gfp);
	if (IS_ERR(update.entry))
		return PTR_ERR(update.entry);
	tm_entry_set_key(update.entry, add->key.data);
	atomic64_set(tm_entry_counter(update.entry), add->value);
	return tm_map_update(map, &update);
}

/**
 * tm_map_add() - add to a counter, or start it
 * @map: with TTLMAP_F_COUNTERS
 * @add: what to add to which
 *
 * One that is there is added to under RCU alone. An addition that runs while the
 * counter is removed or replaced comes before that.
 *
 * Context: As @add->gfp says.
 * Return: 0, -ENOENT, -ENOSPC, -ENOMEM, -EDQUOT, -ERANGE, -EROFS or -EINTR.
 */
int tm_map_add(struct ttlmap *map, struct tm_add *add)
{
	int ret;

	do {
		if (add_to_counter(map, add)) {
			tm_stat_inc(map->stats, TM_ADDS);
			return 0;
		}
		if (add->flags & TTLMAP_EXISTING)
			return -ENOENT;
		ret = start_counter(map, add);
	} while (ret == -EEXIST);
	return ret;
}

static u64 ttl_left(u64 expires, u64 now)
{
	return expires == TM_EXPIRES_NEVER ? TTLMAP_TTL_NEVER : expires - now;
}

static int touch_entry(struct ttlmap *map, struct tm_segment *seg, const struct tm_key *key,
		       struct ttlmap_op *op, u64 expires, u64 now)
{
	bool extend = op->flags & TTLMAP_TTL_EXTEND;
	struct tm_entry *entry;
	struct tm_pos pos;

	entry = tm_segment_find(seg, key, &pos);
	if (!entry || (tm_entry_expired(entry, now) && !READ_ONCE(map->frozen)))
		return -ENOENT;
	if (extend)
		expires = max(expires, READ_ONCE(entry->expires));
	set_ttl(map, entry, ttl_left(expires, now));
	expires = set_expires(map, entry, expires, extend);
	retimed(map, seg, &pos, expires, now);
	op->ttl_ns = ttl_left(expires, now);
	op->version = tm_entry_version(&map->kind, entry);
	return 0;
}

/**
 * tm_map_touch() - give an entry a new TTL
 * @map: the map
 * @key: of the entry
 * @op: the TTL and TTLMAP_TTL_EXTEND; what is left of it is filled in
 *
 * Context: Any.
 * Return: 0, -ENOENT or -ERANGE.
 */
int tm_map_touch(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op)
{
	u64 now = tm_now(), expires;
	struct tm_segment *seg;
	int ret;

	ret = tm_limits_expiry(&map->limits, op->ttl_ns, now, &expires);
	if (ret)
		return ret;
	rcu_read_lock();
	seg = tm_table_lock(&map->table, key->hash);
	ret = touch_entry(map, seg, key, op, expires, now);
	spin_unlock_bh(&seg->lock);
	rcu_read_unlock();
	if (!ret)
		tm_stat_inc(map->stats, TM_TOUCHES);
	return ret;
}
