// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Operations from user space
 *
 * Owns the way of one struct ttlmap_op: its checks, and its keys and values
 * between user memory and entries, each copied once. An update's key and value
 * go straight into the new entry; a lookup's value goes straight out of the
 * entry, inside the RCU section and thus without taking page faults. Only where
 * that meets a page that is not there the value takes the long way, through a
 * buffer and out of the section.
 *
 * Locks: none of its own.
 */
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "capacity.h"
#include "condition.h"
#include "limits.h"
#include "lookup.h"
#include "map.h"
#include "memory.h"
#include "ops.h"
#include "remove.h"
#include "update.h"
#include "usercopy.h"

/* Keys up to this length are copied to the stack, longer ones to the heap. */
#define STACK_KEY	256

/**
 * struct key_buffer - a key out of user memory
 * @key: hashed
 * @stack: where it is if it is not too long
 *
 * Too large to be cleared for each operation.
 */
struct key_buffer {
	struct tm_key key;
	u8 stack[STACK_KEY];
};

static int check_key(const struct ttlmap *map, const struct ttlmap_op *op)
{
	if (!op->key_len)
		return -EINVAL;
	return op->key_len > map->limits.key_max ? -E2BIG : 0;
}

static int get_key(const struct ttlmap *map, const struct ttlmap_op *op, struct key_buffer *buf)
{
	void *data = buf->stack;
	int err = check_key(map, op);

	if (err)
		return err;
	if (op->key_len > STACK_KEY) {
		data = memdup_user(u64_to_user_ptr(op->key), op->key_len);
		if (IS_ERR(data))
			return PTR_ERR(data);
	} else if (tm_copy_in(data, u64_to_user_ptr(op->key), op->key_len)) {
		return -EFAULT;
	}
	tm_map_key(map, &buf->key, data, op->key_len);
	return 0;
}

static void put_key(const struct key_buffer *buf)
{
	if (buf->key.len > STACK_KEY)
		kfree(buf->key.data);
}

/* Fill in what a lookup returns beside the value. */
static int describe(const struct ttlmap *map, struct tm_entry *entry, struct ttlmap_op *op,
		    u32 room, u64 *now)
{
	op->value_len = entry->value_len;
	if (!*now && READ_ONCE(entry->expires) != TM_EXPIRES_NEVER)
		*now = tm_now();
	op->ttl_ns = tm_entry_left(entry, *now);
	op->version = tm_entry_version(&map->kind, entry);
	return entry->value_len > room ? -EMSGSIZE : 0;
}

/* A counter is copied as it is at one moment. */
static int copy_value(const struct ttlmap *map, struct tm_entry *entry, void __user *to)
{
	u64 counter;

	if (!tm_map_is(map, TTLMAP_F_COUNTERS))
		return tm_copy_out_nofault(to, tm_entry_value(entry), entry->value_len);
	counter = atomic64_read(tm_entry_counter(entry));
	return tm_copy_out_nofault(to, &counter, sizeof(counter));
}

/* Returns -EFAULT if a page has to be brought in, which is no final word. */
static int lookup_direct(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
			 u32 room, u64 *now)
{
	struct tm_entry *entry;
	int ret = -ENOENT;

	rcu_read_lock();
	entry = tm_map_lookup(map, key, !(op->flags & TTLMAP_PEEK), now);
	if (entry)
		ret = describe(map, entry, op, room, now);
	if (!ret)
		ret = copy_value(map, entry, u64_to_user_ptr(op->value));
	rcu_read_unlock();
	return ret;
}

static int lookup_buffered(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
			   u32 room)
{
	void *buffer = kvmalloc(min(room, map->limits.value_max), TM_GFP);
	struct tm_entry *entry;
	int ret = -ENOENT;
	u64 now = 0;

	if (!buffer)
		return -ENOMEM;
	rcu_read_lock();
	entry = tm_map_lookup(map, key, !(op->flags & TTLMAP_PEEK), &now);
	if (entry)
		ret = describe(map, entry, op, room, &now);
	if (!ret)
		memcpy(buffer, tm_entry_value(entry), entry->value_len);
	rcu_read_unlock();
	if (!ret && copy_to_user(u64_to_user_ptr(op->value), buffer, op->value_len))
		ret = -EFAULT;
	kvfree(buffer);
	return ret;
}

/* An entry that has gone since it was read keeps no TTL, but was read all the same. */
static int refresh(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op, u64 ttl)
{
	u64 left = op->ttl_ns;
	int ret;

	op->ttl_ns = ttl;
	ret = tm_map_touch(map, key, op);
	if (ret)
		op->ttl_ns = left;
	return ret == -ENOENT ? 0 : ret;
}

/* What the statistics say of a LOOKUP or a POP. */
static void count_lookup(struct tm_owner *owner, int ret)
{
	if (ret == -ENOENT) {
		tm_stat_inc(owner->map->stats, TM_MISSES);
		return;
	}
	tm_stat_inc(owner->map->stats, TM_DESCRIPTOR_HITS);
	/* Pairs with the barrier in module_hits(). */
	smp_wmb();
	tm_stat_inc(owner->map->stats, TM_HITS);
	tm_account_hit(owner->account);
}

static int lookup(struct tm_owner *owner, const struct tm_key *key, struct ttlmap_op *op,
		  u64 *now)
{
	struct ttlmap *map = owner->map;
	u32 room = op->value_len;
	u64 ttl = op->ttl_ns;
	int ret;

	ret = lookup_direct(map, key, op, room, now);
	if (unlikely(ret == -EFAULT))
		ret = lookup_buffered(map, key, op, room);
	if (!(op->flags & TTLMAP_PEEK))
		count_lookup(owner, ret);
	if (!ret && (op->flags & TTLMAP_TTL_REFRESH)) {
		ret = refresh(map, key, op, ttl);
		/* What is left of the new TTL counts from later on. */
		*now = 0;
	}
	return ret;
}

static int check_refresh(const struct ttlmap *map, const struct ttlmap_op *op)
{
	u64 unused;

	if (!(op->flags & TTLMAP_TTL_REFRESH))
		return op->flags & ~(u32)TTLMAP_PEEK ? -EINVAL : 0;
	if (op->flags & ~(TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND))
		return -EINVAL;
	return tm_limits_expiry(&map->limits, op->ttl_ns, 0, &unused);
}

static int op_lookup(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *ahead)
{
	struct key_buffer buf __uninitialized;
	u64 now = 0;
	int ret;

	if (op->arg || op->arg_len)
		return -EINVAL;
	ret = check_refresh(owner->map, op);
	if (ret)
		return ret;
	if (ahead)
		return lookup(owner, ahead->key, op, &ahead->now);
	ret = get_key(owner->map, op, &buf);
	if (ret)
		return ret;
	ret = lookup(owner, &buf.key, op, &now);
	put_key(&buf);
	return ret;
}

static int get_condition(const struct ttlmap *map, const struct ttlmap_op *op,
			 struct tm_condition *condition)
{
	void *value;

	condition->flags = op->flags & TM_IF;
	condition->version = op->version;
	condition->len = op->arg_len;
	condition->value = NULL;
	if (!(op->flags & TTLMAP_IF_VALUE))
		return op->arg || op->arg_len ? -EINVAL : 0;
	if (op->arg_len > map->limits.value_max)
		return -E2BIG;
	value = vmemdup_user(u64_to_user_ptr(op->arg), op->arg_len);
	if (IS_ERR(value))
		return PTR_ERR(value);
	condition->value = value;
	return 0;
}

static void put_condition(const struct tm_condition *condition)
{
	if (condition->flags & TTLMAP_IF_VALUE)
		kvfree(condition->value);
}

static int check_update(const struct ttlmap *map, const struct ttlmap_op *op)
{
	const u32 known = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND |
			  TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_OWNED;

	if (op->flags & ~known)
		return -EINVAL;
	return tm_map_check_update(map, op->flags, op->key_len, op->value_len);
}

static int fill_entry(struct tm_entry *entry, const struct ttlmap_op *op)
{
	tm_entry_pad_key(entry);
	return tm_copy_in(entry->data, u64_to_user_ptr(op->key), op->key_len) ?:
	       tm_copy_in(tm_entry_value(entry), u64_to_user_ptr(op->value), op->value_len);
}

static struct tm_entry *new_entry(struct ttlmap *map, const struct ttlmap_op *op)
{
	struct tm_entry *entry;
	int err;

	entry = tm_map_entry(map, op->key_len, op->value_len, TM_GFP);
	if (IS_ERR(entry))
		return entry;
	err = fill_entry(entry, op);
	if (!err)
		return entry;
	tm_entry_free(&map->kind, entry);
	return ERR_PTR(err);
}

static int update(struct tm_owner *owner, struct ttlmap_op *op, struct tm_update *update)
{
	int ret;

	update->entry = new_entry(owner->map, op);
	if (IS_ERR(update->entry))
		return PTR_ERR(update->entry);
	tm_map_key(owner->map, &update->key, update->entry->data, op->key_len);
	tm_table_prefetch(&owner->map->table, update->key.hash);
	ret = tm_map_update(owner->map, update);
	op->version = update->condition.version;
	return ret;
}

static int op_update(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	struct tm_update request = {
		.ttl_ns = op->ttl_ns,
		.flags = op->flags,
		.account = owner->account,
		.owner = op->flags & TTLMAP_OWNED ? owner : NULL,
		.gfp = TM_GFP,
	};
	int ret;

	ret = check_update(owner->map, op);
	if (ret)
		return ret;
	ret = get_condition(owner->map, op, &request.condition);
	if (ret)
		return ret;
	ret = update(owner, op, &request);
	put_condition(&request.condition);
	return ret;
}

static int check_delete(const struct ttlmap *map, const struct ttlmap_op *op)
{
	if (op->flags & ~(TM_IF | TTLMAP_IF_EXPIRED) || !tm_map_flags_ok(map, op->flags))
		return -EINVAL;
	if (op->value || op->value_len || op->ttl_ns)
		return -EINVAL;
	/* A counter may change between the comparison and the removal. */
	return tm_map_is(map, TTLMAP_F_COUNTERS) && (op->flags & TTLMAP_IF_VALUE) ? -EINVAL : 0;
}

static int op_delete(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	struct tm_condition condition;
	struct key_buffer buf __uninitialized;
	int ret;

	ret = check_delete(owner->map, op);
	ret = ret ?: get_key(owner->map, op, &buf);
	if (ret)
		return ret;
	ret = get_condition(owner->map, op, &condition);
	if (!ret) {
		ret = tm_map_delete(owner->map, &buf.key, op->flags, &condition);
		op->version = condition.version;
		put_condition(&condition);
	}
	put_key(&buf);
	tm_capacity_throttle(owner->map);
	return ret;
}

static int op_touch(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	struct key_buffer buf __uninitialized;
	int ret;

	if (op->flags & ~(u32)TTLMAP_TTL_EXTEND || op->value || op->value_len || op->arg ||
	    op->arg_len)
		return -EINVAL;
	ret = get_key(owner->map, op, &buf);
	if (ret)
		return ret;
	ret = tm_map_touch(owner->map, &buf.key, op);
	put_key(&buf);
	return ret;
}

/*
 * The value is copied first; it is this caller's if the entry is still there to
 * be taken. Returns -EFAULT if a page has to be brought in.
 */
static int pop_direct(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
		      u32 room)
{
	struct tm_entry *entry;
	int ret = -ENOENT;
	u64 now = 0;

	rcu_read_lock();
	entry = tm_map_lookup(map, key, true, &now);
	if (entry)
		ret = describe(map, entry, op, room, &now);
	if (!ret)
		ret = copy_value(map, entry, u64_to_user_ptr(op->value));
	if (!ret && !tm_map_take(map, key, entry, TM_POPPED))
		ret = READ_ONCE(map->frozen) ? -EROFS : -EAGAIN;
	rcu_read_unlock();
	return ret;
}

/*
 * Additions under way still reach a counter that is gone, until a grace period
 * has passed; only then its value is final. A reference keeps it that long. That
 * there is room for it is seen by writing what the counter is before it is taken.
 */
static int take_counter(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
			u32 room, struct tm_entry **counter)
{
	struct tm_entry *entry;
	int ret = -ENOENT;
	u64 now = 0;

	rcu_read_lock();
	entry = tm_map_lookup(map, key, true, &now);
	if (entry)
		ret = describe(map, entry, op, room, &now);
	if (!ret)
		ret = copy_value(map, entry, u64_to_user_ptr(op->value));
	if (!ret && !tm_entry_pin(entry))
		ret = -EAGAIN;
	if (!ret && !tm_map_take(map, key, entry, TM_POPPED)) {
		ret = READ_ONCE(map->frozen) ? -EROFS : -EAGAIN;
		tm_retire_unpin(map->retirer, entry);
	}
	rcu_read_unlock();
	if (!ret)
		*counter = entry;
	return ret;
}

/* What is taken is gone, and is not tried again if its place has gone meanwhile. */
static int finish_counter(struct ttlmap *map, struct ttlmap_op *op, struct tm_entry *counter)
{
	u64 sum;

	synchronize_rcu();
	sum = atomic64_read(tm_entry_counter(counter));
	tm_retire_unpin(map->retirer, counter);
	return copy_to_user(u64_to_user_ptr(op->value), &sum, sizeof(sum)) ? -EFAULT : 0;
}

static int pop(struct tm_owner *owner, const struct tm_key *key, struct ttlmap_op *op)
{
	struct ttlmap *map = owner->map;
	void __user *to = u64_to_user_ptr(op->value);
	struct tm_entry *counter = NULL;
	u32 room = op->value_len;
	int ret;

	do {
		if (tm_map_is(map, TTLMAP_F_COUNTERS))
			ret = take_counter(map, key, op, room, &counter);
		else
			ret = pop_direct(map, key, op, room);
		if (ret == -EFAULT && !fault_in_safe_writeable(to, op->value_len))
			ret = -EAGAIN;
	} while (ret == -EAGAIN);
	count_lookup(owner, ret);
	return counter ? finish_counter(map, op, counter) : ret;
}

static int op_pop(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	struct key_buffer buf __uninitialized;
	int ret;

	if (op->flags || op->arg || op->arg_len)
		return -EINVAL;
	if (READ_ONCE(owner->map->frozen))
		return -EROFS;
	ret = get_key(owner->map, op, &buf);
	if (ret)
		return ret;
	ret = pop(owner, &buf.key, op);
	put_key(&buf);
	tm_capacity_throttle(owner->map);
	return ret;
}

static int op_add(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	struct tm_add add = {
		.ttl_ns = op->ttl_ns,
		.flags = op->flags,
		.value = op->arg,
		.account = owner->account,
		.owner = op->flags & TTLMAP_OWNED ? owner : NULL,
		.gfp = TM_GFP,
	};
	struct key_buffer buf __uninitialized;
	int ret;

	if (op->flags & ~(TTLMAP_EXISTING | TTLMAP_OWNED) ||
	    !tm_map_flags_ok(owner->map, op->flags) || op->value || op->value_len ||
	    op->arg_len || !tm_map_is(owner->map, TTLMAP_F_COUNTERS))
		return -EINVAL;
	ret = get_key(owner->map, op, &buf);
	if (ret)
		return ret;
	add.key = buf.key;
	ret = tm_map_add(owner->map, &add);
	put_key(&buf);
	if (!ret)
		op->arg = add.value;
	return ret;
}

static int op_clear(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *unused)
{
	if (op->flags || op->key || op->key_len || op->value || op->value_len || op->ttl_ns ||
	    op->arg || op->arg_len || op->version)
		return -EINVAL;
	return tm_map_clear(owner->map);
}

static const struct {
	int (*run)(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *ahead);
	fmode_t mode;
} operations[] = {
	[TTLMAP_OP_LOOKUP] = { op_lookup, FMODE_READ },
	[TTLMAP_OP_UPDATE] = { op_update, FMODE_WRITE },
	[TTLMAP_OP_DELETE] = { op_delete, FMODE_WRITE },
	[TTLMAP_OP_TOUCH] = { op_touch, FMODE_WRITE },
	[TTLMAP_OP_POP] = { op_pop, FMODE_READ | FMODE_WRITE },
	[TTLMAP_OP_ADD] = { op_add, FMODE_READ | FMODE_WRITE },
	[TTLMAP_OP_CLEAR] = { op_clear, FMODE_WRITE },
};

/**
 * tm_op() - carry out one operation
 * @owner: the descriptor
 * @op: as user space gave it; what it returns is filled in, but for the result
 * @ahead: of a lookup, if its key has been read already; else NULL
 * @mode: how the descriptor was opened
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno as documented at struct ttlmap_op.
 */
int tm_op(struct tm_owner *owner, struct ttlmap_op *op, struct tm_ahead *ahead, fmode_t mode)
{
	u32 which = op->op;
	fmode_t needed;

	if (which >= ARRAY_SIZE(operations))
		return -EINVAL;
	which = array_index_nospec(which, ARRAY_SIZE(operations));
	if (!operations[which].run)
		return -EINVAL;
	needed = operations[which].mode;
	if (op->flags & TTLMAP_TTL_REFRESH)
		needed |= FMODE_WRITE;
	if ((mode & needed) != needed)
		return -EBADF;
	return operations[which].run(owner, op, ahead);
}
