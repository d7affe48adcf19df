// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Descriptors of maps
 *
 * Owns the file behind a map's descriptor and the dispatch of its ioctls. The
 * file holds a reference to the map; how it was opened says which operations it
 * takes.
 *
 * Locks: none of its own. Any number of threads may use a descriptor at once.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/stddef.h>

#include "args.h"
#include "mapfd.h"
#include "names.h"
#include "ops.h"
#include "scan.h"
#include "survey.h"

static long ioctl_op(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_op op;
	int err;

	err = tm_args_in(&op, sizeof(op), arg, size, offsetofend(struct ttlmap_op, __reserved));
	if (err)
		return err;
	op.result = tm_op(file->private_data, &op, file->f_mode);
	return tm_args_out(arg, size, &op, sizeof(op)) ?: op.result;
}

/*
 * One operation of a batch. Fails only where it cannot be read or written; one
 * that asks for what this kernel does not know gets its own result.
 */
static int batch_one(struct file *file, struct ttlmap_batch *batch)
{
	void __user *at = u64_to_user_ptr(batch->ops) + (size_t)batch->done * batch->op_size;
	struct ttlmap_op __user *user = at;
	struct ttlmap_op op;
	int err;

	err = tm_args_in(&op, sizeof(op), at, batch->op_size,
			 offsetofend(struct ttlmap_op, __reserved));
	if (err && err != -E2BIG)
		return err;
	batch->done++;
	if (err)
		return put_user(err, &user->result);
	op.result = tm_op(file->private_data, &op, file->f_mode);
	return tm_args_out(at, batch->op_size, &op, sizeof(op));
}

static int run_batch(struct file *file, struct ttlmap_batch *batch)
{
	int err;

	batch->done = 0;
	while (batch->done < batch->count) {
		err = signal_pending(current) ? -ERESTARTSYS : batch_one(file, batch);
		if (err)
			return batch->done ? 0 : err;
		cond_resched();
	}
	return 0;
}

static long ioctl_batch(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_batch batch;
	int err;

	err = tm_args_in(&batch, sizeof(batch), arg, size,
			 offsetofend(struct ttlmap_batch, flags));
	if (err)
		return err;
	if (batch.flags)
		return -EINVAL;
	if (batch.op_size < offsetofend(struct ttlmap_op, __reserved))
		return -EINVAL;
	if (batch.count > TTLMAP_BATCH_MAX || batch.op_size > PAGE_SIZE)
		return -E2BIG;
	err = run_batch(file, &batch);
	return err ?: tm_args_out(arg, size, &batch, sizeof(batch));
}

static long ioctl_scan(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_scan scan;
	int err;

	err = tm_args_in(&scan, sizeof(scan), arg, size,
			 offsetofend(struct ttlmap_scan, __reserved));
	if (err)
		return err;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	err = tm_scan(file->private_data, &scan);
	if (err && err != -EMSGSIZE)
		return err;
	return tm_args_out(arg, size, &scan, sizeof(scan)) ?: err;
}

static long ioctl_stat(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_stat stat = {};

	if (size < offsetofend(struct ttlmap_stat, expire_lag_max_ns))
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	tm_survey_stat(file->private_data, &stat);
	return tm_args_out(arg, size, &stat, sizeof(stat));
}

static long mapfd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *to = (void __user *)arg;
	size_t size = _IOC_SIZE(cmd);

	if (_IOC_TYPE(cmd) != TTLMAP_IOC_MAGIC)
		return -ENOTTY;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(TTLMAP_IOC_OP):
		return ioctl_op(file, to, size);
	case _IOC_NR(TTLMAP_IOC_BATCH):
		return ioctl_batch(file, to, size);
	case _IOC_NR(TTLMAP_IOC_SCAN):
		return ioctl_scan(file, to, size);
	case _IOC_NR(TTLMAP_IOC_STAT):
		return ioctl_stat(file, to, size);
	default:
		return -ENOTTY;
	}
}

static int mapfd_release(struct inode *inode, struct file *file)
{
	tm_names_put(file->private_data);
	return 0;
}

static const struct file_operations mapfd_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = mapfd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = mapfd_release,
};

/**
 * tm_mapfd() - a file for a descriptor of a map
 * @map: a reference is handed over on success
 * @flags: O_RDONLY, O_WRONLY or O_RDWR
 *
 * Context: Process, may sleep.
 * Return: the file, or ERR_PTR: -ENFILE, -ENOMEM.
 */
struct file *tm_mapfd(struct ttlmap *map, unsigned int flags)
{
	return anon_inode_getfile("[ttlmap]", &mapfd_ops, map, flags);
}
