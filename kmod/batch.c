// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Batches
 *
 * Owns the way of many operations in one call. They are read some at a time;
 * the keys of lookups among them are hashed, and what they will touch is
 * prefetched, before the first of them is carried out. The misses of the cache,
 * which are most of the cost of a lookup in a large map, overlap that way.
 *
 * Lookups that follow each other without a pause go by one look at the clock: to the
 * caller, to whom all of the call is one moment, they are at the same time.
 *
 * Locks: none of its own.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "args.h"
#include "batch.h"
#include "lookup.h"
#include "map.h"
#include "memory.h"
#include "ops.h"
#include "usercopy.h"

#define AHEAD		16	/* operations */
#define AHEAD_KEY	64	/* longer keys are not looked at ahead */

/**
 * struct chunk - some operations of a batch
 * @n: how many
 * @err: why there are no more, or 0
 * @ops: as user space gave them
 * @errs: what is wrong with each
 * @key_at: index in @keys of those whose keys are there, or -1
 * @keys: hashed
 * @n_keys: how many
 * @ahead: the one of these whose turn it is
 * @data: of the keys
 */
struct chunk {
	unsigned int n;
	int err;
	struct ttlmap_op ops[AHEAD];
	int errs[AHEAD];
	s8 key_at[AHEAD];
	struct tm_key keys[AHEAD];
	unsigned int n_keys;
	struct tm_ahead ahead;
	u8 data[AHEAD][AHEAD_KEY];
};

static void __user *op_at(const struct ttlmap_batch *batch, u32 i)
{
	return u64_to_user_ptr(batch->ops) + (size_t)i * batch->op_size;
}

/* What does not go well here is left to the operation itself. */
static void read_key(struct ttlmap *map, struct chunk *chunk, unsigned int i)
{
	const struct ttlmap_op *op = &chunk->ops[i];
	u8 *data = chunk->data[chunk->n_keys];

	chunk->key_at[i] = -1;
	if (op->op != TTLMAP_OP_LOOKUP || !op->key_len || op->key_len > map->limits.key_max ||
	    op->key_len > AHEAD_KEY)
		return;
	if (tm_copy_in(data, u64_to_user_ptr(op->key), op->key_len))
		return;
	tm_map_key(map, &chunk->keys[chunk->n_keys], data, op->key_len);
	chunk->key_at[i] = chunk->n_keys++;
}

static void read_chunk(struct ttlmap *map, struct chunk *chunk, const struct ttlmap_batch *batch)
{
	u32 left = min_t(u32, batch->count - batch->done, AHEAD);
	int err;

	chunk->err = 0;
	chunk->n_keys = 0;
	chunk->ahead.now = 0;
	for (chunk->n = 0; chunk->n < left; chunk->n++) {
		err = tm_args_in(&chunk->ops[chunk->n], sizeof(struct ttlmap_op),
				 op_at(batch, batch->done + chunk->n), batch->op_size,
				 offsetofend(struct ttlmap_op, arg));
		if (err && err != -E2BIG) {
			chunk->err = err;
			return;
		}
		chunk->errs[chunk->n] = err;
		if (err)
			chunk->ops[chunk->n].op = 0;
		read_key(map, chunk, chunk->n);
	}
}

/* What is no lookup may take its time. */
static int run_op(struct tm_owner *owner, struct chunk *chunk, unsigned int i, fmode_t mode)
{
	if (chunk->key_at[i] < 0) {
		chunk->ahead.now = 0;
		return tm_op(owner, &chunk->ops[i], NULL, mode);
	}
	chunk->ahead.key = &chunk->keys[chunk->key_at[i]];
	return tm_op(owner, &chunk->ops[i], &chunk->ahead, mode);
}

/* One that asks for what this kernel does not know gets its own result. */
static int run_one(struct tm_owner *owner, struct chunk *chunk, unsigned int i,
		   struct ttlmap_batch *batch, fmode_t mode)
{
	struct ttlmap_op __user *to = op_at(batch, batch->done);
	struct ttlmap_op *op = &chunk->ops[i];

	batch->done++;
	if (chunk->errs[i])
		return put_user(chunk->errs[i], &to->result);
	op->result = run_op(owner, chunk, i, mode);
	return tm_args_out(to, batch->op_size, op, sizeof(*op));
}

static int run_chunk(struct tm_owner *owner, struct chunk *chunk, struct ttlmap_batch *batch,
		     fmode_t mode)
{
	unsigned int i;
	int err;

	read_chunk(owner->map, chunk, batch);
	rcu_read_lock();
	tm_map_prefetch(owner->map, chunk->keys, chunk->n_keys);
	rcu_read_unlock();
	for (i = 0; i < chunk->n; i++) {
		err = signal_pending(current) ? -ERESTARTSYS :
						run_one(owner, chunk, i, batch, mode);
		if (err)
			return err;
		if (cond_resched())
			chunk->ahead.now = 0;
	}
	return chunk->err;
}

/**
 * tm_batch() - carry out operations one after the other
 * @owner: the descriptor
 * @batch: as user space gave it, checked; how many were carried out is filled in
 * @mode: how the descriptor was opened
 *
 * Context: Process, may sleep.
 * Return: 0, or if nothing was carried out: -EFAULT, -ENOMEM, -ERESTARTSYS.
 */
int tm_batch(struct tm_owner *owner, struct ttlmap_batch *batch, fmode_t mode)
{
	struct chunk *chunk = kmalloc(sizeof(*chunk), TM_GFP);
	int err = 0;

	batch->done = 0;
	if (!chunk)
		return -ENOMEM;
	while (!err && batch->done < batch->count)
		err = run_chunk(owner, chunk, batch, mode);
	kfree(chunk);
	return batch->done ? 0 : err;
}
