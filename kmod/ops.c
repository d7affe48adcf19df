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
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ops.h"

/* Keys up to this length are copied to the stack, longer ones to the heap. */
#define STACK_KEY	256

static int check_key(const struct ttlmap *map, const struct ttlmap_op *op)
{
	if (!op->key_len)
		return -EINVAL;
	return op->key_len > map->limits.key_max ? -E2BIG : 0;
}

static void *copy_key(const struct ttlmap *map, const struct ttlmap_op *op, void *stack)
{
	int err = check_key(map, op);
	void *key = stack;

	if (err)
		return ERR_PTR(err);
	if (op->key_len > STACK_KEY)
		return memdup_user(u64_to_user_ptr(op->key), op->key_len);
	return copy_from_user(key, u64_to_user_ptr(op->key), op->key_len) ? ERR_PTR(-EFAULT) : key;
}

static void free_key(void *key, const void *stack)
{
	if (key != stack)
		kfree(key);
}

/* Fill in what a lookup returns beside the value. */
static int describe(const struct tm_entry *entry, struct ttlmap_op *op, u32 room, u64 now)
{
	op->value_len = entry->value_len;
	op->ttl_ns = entry->expires == TM_EXPIRES_NEVER ? TTLMAP_TTL_NEVER : entry->expires - now;
	return entry->value_len > room ? -EMSGSIZE : 0;
}

/* Returns -EFAULT if a page has to be brought in, which is no final word. */
static int lookup_direct(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
			 u32 room)
{
	struct tm_entry *entry;
	int ret = -ENOENT;
	u64 now = 0;

	rcu_read_lock();
	entry = tm_map_lookup(map, key, &now);
	if (entry)
		ret = describe(entry, op, room, now);
	if (!ret)
		ret = copy_to_user_nofault(u64_to_user_ptr(op->value), tm_entry_value(entry),
					   entry->value_len);
	rcu_read_unlock();
	return ret;
}

static int lookup_buffered(struct ttlmap *map, const struct tm_key *key, struct ttlmap_op *op,
			   u32 room)
{
	void *buffer = kvmalloc(min(room, map->limits.value_max), GFP_KERNEL_ACCOUNT);
	struct tm_entry *entry;
	int ret = -ENOENT;
	u64 now = 0;

	if (!buffer)
		return -ENOMEM;
	rcu_read_lock();
	entry = tm_map_lookup(map, key, &now);
	if (entry)
		ret = describe(entry, op, room, now);
	if (!ret)
		memcpy(buffer, tm_entry_value(entry), entry->value_len);
	rcu_read_unlock();
	if (!ret && copy_to_user(u64_to_user_ptr(op->value), buffer, op->value_len))
		ret = -EFAULT;
	kvfree(buffer);
	return ret;
}

static int op_lookup(struct ttlmap *map, struct ttlmap_op *op)
{
	u32 room = op->value_len;
	u8 stack[STACK_KEY];
	struct tm_key key;
	void *data;
	int ret;

	if (op->flags)
		return -EINVAL;
	data = copy_key(map, op, stack);
	if (IS_ERR(data))
		return PTR_ERR(data);
	tm_map_key(map, &key, data, op->key_len);
	ret = lookup_direct(map, &key, op, room);
	if (unlikely(ret == -EFAULT))
		ret = lookup_buffered(map, &key, op, room);
	free_key(data, stack);
	tm_stat_inc(map->stats, ret == -ENOENT ? TM_MISSES : TM_HITS);
	return ret;
}

static int check_update(const struct ttlmap *map, const struct ttlmap_op *op)
{
	const u32 known = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND;

	if (op->flags & ~known)
		return -EINVAL;
	if ((op->flags & TTLMAP_NEW) && (op->flags & TTLMAP_EXISTING))
		return -EINVAL;
	if ((op->flags & TTLMAP_TTL_KEEP) && (op->flags & TTLMAP_TTL_EXTEND))
		return -EINVAL;
	if (op->value_len > map->limits.value_max)
		return -E2BIG;
	return check_key(map, op);
}

static int fill_entry(struct tm_entry *entry, const struct ttlmap_op *op)
{
	/* What is left of the last word between key and value is copied out by scans. */
	memset(entry->data + ALIGN_DOWN(op->key_len, 8), 0,
	       ALIGN(op->key_len, 8) - ALIGN_DOWN(op->key_len, 8));
	if (copy_from_user(entry->data, u64_to_user_ptr(op->key), op->key_len))
		return -EFAULT;
	if (copy_from_user(tm_entry_value(entry), u64_to_user_ptr(op->value), op->value_len))
		return -EFAULT;
	return 0;
}

static int update(struct ttlmap *map, const struct ttlmap_op *op)
{
	struct tm_update update = { .ttl_ns = op->ttl_ns, .flags = op->flags };
	int ret;

	update.entry = tm_entry_alloc(op->key_len, op->value_len);
	if (IS_ERR(update.entry))
		return PTR_ERR(update.entry);
	ret = fill_entry(update.entry, op);
	if (!ret)
		ret = tm_map_update(map, &update);
	if (ret)
		tm_entry_free(update.entry);
	return ret;
}

static int op_update(struct ttlmap *map, struct ttlmap_op *op)
{
	int ret = check_update(map, op);

	if (ret)
		return ret;
	ret = update(map, op);
	if (ret == -ENOSPC)
		tm_stat_inc(map->stats, TM_REFUSED);
	else if (ret == -ENOMEM || ret == -EDQUOT)
		tm_stat_inc(map->stats, TM_NO_MEMORY);
	return ret;
}

static int op_delete(struct ttlmap *map, struct ttlmap_op *op)
{
	u8 stack[STACK_KEY];
	struct tm_key key;
	void *data;
	int ret;

	if (op->flags || op->value_len || op->ttl_ns)
		return -EINVAL;
	data = copy_key(map, op, stack);
	if (IS_ERR(data))
		return PTR_ERR(data);
	tm_map_key(map, &key, data, op->key_len);
	ret = tm_map_delete(map, &key);
	free_key(data, stack);
	return ret;
}

static const struct {
	int (*run)(struct ttlmap *map, struct ttlmap_op *op);
	fmode_t mode;
} operations[] = {
	[TTLMAP_OP_LOOKUP] = { op_lookup, FMODE_READ },
	[TTLMAP_OP_UPDATE] = { op_update, FMODE_WRITE },
	[TTLMAP_OP_DELETE] = { op_delete, FMODE_WRITE },
};

/**
 * tm_op() - carry out one operation
 * @map: the map
 * @op: as user space gave it; what it returns is filled in, but for the result
 * @mode: how the map's descriptor was opened
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno as documented at struct ttlmap_op.
 */
int tm_op(struct ttlmap *map, struct ttlmap_op *op, fmode_t mode)
{
	u32 which = op->op;

	if (which >= ARRAY_SIZE(operations))
		return -EINVAL;
	which = array_index_nospec(which, ARRAY_SIZE(operations));
	if (!operations[which].run)
		return -EINVAL;
	if (memchr_inv(op->__reserved, 0, sizeof(op->__reserved)))
		return -EINVAL;
	if (!(mode & operations[which].mode))
		return -EBADF;
	return operations[which].run(map, op);
}
