// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The device
 *
 * Owns /dev/ttlmap, where maps are made, opened, listed and unlinked. Who may
 * open the device at all is for its permissions to say.
 *
 * A new map is published last: once it has a descriptor nothing can fail any
 * more.
 *
 * Locks: none of its own.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/stddef.h>
#include <linux/ttlmap.h>

#include "args.h"
#include "chardev.h"
#include "debugfs.h"
#include "mapfd.h"
#include "names.h"

/*
 * Give the map a descriptor, and a new one its place in the register. The
 * reference is consumed: on failure a new map is gone.
 */
static int publish(struct ttlmap *map, unsigned int flags, bool new)
{
	int fd = get_unused_fd_flags(O_CLOEXEC), err = 0;
	struct file *file = tm_mapfd(map, flags);

	if (IS_ERR(file)) {
		tm_names_put(map);
		err = PTR_ERR(file);
		goto err_fd;
	}
	if (fd < 0)
		err = fd;
	else if (new)
		err = tm_names_add(map);
	if (err) {
		fput(file);
		goto err_fd;
	}
	if (new)
		tm_debugfs_add(map);
	fd_install(fd, file);
	return fd;

err_fd:
	if (fd >= 0)
		put_unused_fd(fd);
	return err;
}

static long ioctl_create(void __user *arg, size_t size)
{
	struct ttlmap_params params = {};
	struct ttlmap *map;
	int err;

	err = tm_args_in(&params.limits, sizeof(params.limits), arg, size,
			 offsetofend(struct ttlmap_create, name));
	err = err ?: tm_names_check_limits(&params.limits);
	if (err)
		return err;
	map = tm_map_create(&params);
	if (IS_ERR(map))
		return PTR_ERR(map);
	return publish(map, O_RDWR, true);
}

static unsigned int open_mode(u32 flags)
{
	if (flags == TTLMAP_OPEN_READ)
		return O_RDONLY;
	return flags == TTLMAP_OPEN_WRITE ? O_WRONLY : O_RDWR;
}

static long ioctl_open(void __user *arg, size_t size)
{
	struct ttlmap_open open;
	struct ttlmap *map;
	int ret;

	ret = tm_args_in(&open, sizeof(open), arg, size, offsetofend(struct ttlmap_open, name));
	if (ret)
		return ret;
	if (!open.flags || open.flags & ~(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE) ||
	    open.__reserved || tm_names_check(open.name))
		return -EINVAL;
	map = tm_names_open(open.name, open.flags);
	if (IS_ERR(map))
		return PTR_ERR(map);
	return publish(map, open_mode(open.flags), false);
}

static long ioctl_unlink(void __user *arg, size_t size)
{
	struct ttlmap_unlink unlink;
	int err;

	err = tm_args_in(&unlink, sizeof(unlink), arg, size,
			 offsetofend(struct ttlmap_unlink, name));
	if (err)
		return err;
	if (unlink.flags || unlink.__reserved || tm_names_check(unlink.name))
		return -EINVAL;
	return tm_names_unlink(unlink.name);
}

/* Returns how many items were filled in. */
static int list_items(struct ttlmap_list *list)
{
	void __user *to = u64_to_user_ptr(list->items);
	struct ttlmap_list_item item;
	u64 next = list->cursor;
	u32 n;

	for (n = 0; n < list->count && tm_names_list(&next, &item); n++) {
		if (tm_args_out(to, list->item_size, &item, sizeof(item)))
			return n ?: -EFAULT;
		to += list->item_size;
		list->cursor = next;
	}
	return n;
}

static long ioctl_list(void __user *arg, size_t size)
{
	struct ttlmap_list list;
	int ret;

	ret = tm_args_in(&list, sizeof(list), arg, size,
			 offsetofend(struct ttlmap_list, item_size));
	if (ret)
		return ret;
	if (!list.count || list.item_size < offsetofend(struct ttlmap_list_item, name))
		return -EINVAL;
	if (list.item_size > PAGE_SIZE)
		return -E2BIG;
	ret = list_items(&list);
	if (ret < 0)
		return ret;
	list.count = ret;
	return tm_args_out(arg, size, &list, sizeof(list));
}

static long chardev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *to = (void __user *)arg;
	size_t size = _IOC_SIZE(cmd);

	if (_IOC_TYPE(cmd) != TTLMAP_IOC_MAGIC)
		return -ENOTTY;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(TTLMAP_IOC_CREATE):
		return ioctl_create(to, size);
	case _IOC_NR(TTLMAP_IOC_OPEN):
		return ioctl_open(to, size);
	case _IOC_NR(TTLMAP_IOC_UNLINK):
		return ioctl_unlink(to, size);
	case _IOC_NR(TTLMAP_IOC_LIST):
		return ioctl_list(to, size);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations chardev_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ttlmap",
	.fops = &chardev_ops,
	.mode = 0660,
};

int tm_chardev_init(void)
{
	return misc_register(&device);
}

void tm_chardev_exit(void)
{
	misc_deregister(&device);
}
