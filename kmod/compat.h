/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that ttlmap supports; nothing else may look
 * at the version.
 */
#ifndef _TTLMAP_COMPAT_H
#define _TTLMAP_COMPAT_H

#include <linux/anon_inodes.h>
#include <linux/hrtimer.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define VISIBLE_IF_KUNIT static
#else
#include <kunit/visibility.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

static inline int tm_shrinker_register(struct shrinker *shrinker, const char *name)
{
	return register_shrinker(shrinker, "%s", name);
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#else
static inline int tm_shrinker_register(struct shrinker *shrinker, const char *name)
{
	shrinker_register(shrinker);
	return 0;
}
#endif

/*
 * A file with an inode of its own, which security modules may label and look at. Before
 * there was a call for that, it is the inode that all such files share, of which they
 * take no notice.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
static inline struct file *anon_inode_create_getfile(const char *name,
						     const struct file_operations *fops, void *priv,
						     int flags, const struct inode *context)
{
	return anon_inode_getfile(name, fops, priv, flags);
}
#endif

/*
 * A cache of its own, which slabinfo shows. Before there was a flag for that, what
 * kept a cache from being merged was a part that may be copied to user space; one
 * byte is enough.
 */
static inline struct kmem_cache *tm_cache_create(const char *name, unsigned int size,
						 unsigned int align, slab_flags_t flags)
{
#ifdef SLAB_NO_MERGE
	return kmem_cache_create(name, size, align, flags | SLAB_NO_MERGE, NULL);
#else
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 1, NULL);
#endif
}

/* Before there was access to user memory that needs no barrier against speculation. */
#ifndef can_do_masked_user_access
#define can_do_masked_user_access()	0
#define masked_user_access_begin(ptr)	(ptr)
#endif

#endif /* _TTLMAP_COMPAT_H */
