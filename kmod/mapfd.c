// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Descriptors of maps
 *
 * Owns the file behind a map's descriptor and the dispatch of its ioctls. The
 * file holds the map as an owner, to which entries may be bound; how it was
 * opened says which operations it takes. Each has an inode of its own, by which a
 * security module knows it.
 *
 * Locks: none of its own. Any number of threads may use a descriptor at once.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/stddef.h>

#include "args.h"
#include "batch.h"
#include "compat.h"
#include "listen.h"
#include "mapfd.h"
#include "names.h"
#include "ops.h"
#include "orphans.h"
#include "owner.h"
#include "scan.h"
#include "survey.h"
#include "tune.h"

static struct ttlmap *map_of(const struct file *file)
{
	const struct tm_owner *owner = file->private_data;

	return owner->map;
}

static long ioctl_op(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_op op;
	int err;

	err = tm_args_in(&op, sizeof(op), arg, size, offsetofend(struct ttlmap_op, arg));
	/* What changes something and cannot be answered is not begun. */
	if (!err && (op.op != TTLMAP_OP_LOOKUP || op.flags & TTLMAP_TTL_REFRESH))
		err = tm_args_out(arg, size, &op, sizeof(op));
	if (err)
		return err;
	op.result = tm_op(file->private_data, &op, NULL, file->f_mode);
	return tm_args_out(arg, size, &op, sizeof(op)) ?: op.result;
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
	if (batch.op_size < offsetofend(struct ttlmap_op, arg))
		return -EINVAL;
	if (batch.count > TTLMAP_BATCH_MAX || batch.op_size > PAGE_SIZE)
		return -E2BIG;
	/* What cannot be answered is not begun. */
	err = tm_args_out(arg, size, &batch, sizeof(batch));
	err = err ?: tm_batch(file->private_data, &batch, file->f_mode);
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
	err = tm_scan(map_of(file), &scan);
	if (err && err != -EMSGSIZE)
		return err;
	return tm_args_out(arg, size, &scan, sizeof(scan)) ?: err;
}

static long ioctl_stat(struct file *file, void __user *arg, size_t size)
{
	struct tm_owner *owner = file->private_data;
	struct ttlmap_stat stat = {};

	if (size < offsetofend(struct ttlmap_stat, expire_lag_max_ns))
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	tm_survey_stat(owner->map, &stat);
	stat.my_entries = READ_ONCE(owner->entries);
	stat.my_bytes = READ_ONCE(owner->bytes);
	return tm_args_out(arg, size, &stat, sizeof(stat));
}

/* Who may change what the map is, beside what it holds. */
static int may_change(const struct file *file)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	return tm_names_owned(map_of(file)) ? 0 : -EPERM;
}

static long ioctl_tune(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_tune tune;
	int err;

	err = tm_args_in(&tune, sizeof(tune), arg, size,
			 offsetofend(struct ttlmap_tune, jitter_ns));
	err = err ?: may_change(file);
	return err ?: tm_tune(map_of(file), &tune);
}

static long ioctl_freeze(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_freeze freeze;
	int err;

	err = tm_args_in(&freeze, sizeof(freeze), arg, size,
			 offsetofend(struct ttlmap_freeze, __reserved));
	if (!err && (freeze.flags || freeze.__reserved))
		err = -EINVAL;
	err = err ?: may_change(file);
	if (!err)
		tm_freeze(map_of(file));
	return err;
}

static long ioctl_listen(struct file *file, void __user *arg, size_t size)
{
	struct ttlmap_listen listen;
	int err;

	err = tm_args_in(&listen, sizeof(listen), arg, size,
			 offsetofend(struct ttlmap_listen, __reserved));
	if (!err && !(file->f_mode & FMODE_READ))
		err = -EBADF;
	return err ?: tm_listen(file->private_data, &listen);
}

static ssize_t mapfd_read(struct file *file, char __user *to, size_t len, loff_t *unused)
{
	return tm_listen_read(file->private_data, to, len, !(file->f_flags & O_NONBLOCK));
}

static __poll_t mapfd_poll(struct file *file, poll_table *table)
{
	return tm_listen_poll(file->private_data, file, table);
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
	case _IOC_NR(TTLMAP_IOC_TUNE):
		return ioctl_tune(file, to, size);
	case _IOC_NR(TTLMAP_IOC_FREEZE):
		return ioctl_freeze(file, to, size);
	case _IOC_NR(TTLMAP_IOC_LISTEN):
		return ioctl_listen(file, to, size);
	default:
		return -ENOTTY;
	}
}

static int mapfd_release(struct inode *inode, struct file *file)
{
	tm_listen_end(file->private_data);
	tm_orphans_leave(file->private_data);
	return 0;
}

static const struct file_operations mapfd_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = mapfd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = mapfd_read,
	.poll = mapfd_poll,
	.release = mapfd_release,
};

/**
 * tm_mapfd() - a file for a descriptor of a map
 * @map: a reference is handed over on success
 * @flags: O_RDONLY, O_WRONLY or O_RDWR
 *
 * Context: Process, may sleep.
 * Return: the file, or ERR_PTR: -ENFILE, -ENOMEM, or what a security module says.
 */
struct file *tm_mapfd(struct ttlmap *map, unsigned int flags)
{
	struct tm_owner *owner = tm_orphans_owner(map);
	struct file *file;

	if (!owner)
		return ERR_PTR(-ENOMEM);
	file = anon_inode_create_getfile("[ttlmap]", &mapfd_ops, owner, flags, NULL);
	if (IS_ERR(file))
		tm_orphans_discard(owner);
	return file;
}
