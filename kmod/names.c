// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Names
 *
 * Owns the register of all maps: their numbers, their names and who may open
 * them, how many there may be, and the end of each. A name is seen in the
 * network namespace in which the map was made. It holds a reference to the map
 * and to the module, and goes when it is unlinked or its namespace ends.
 *
 * Permissions are those of a file: owner, group, others; read is for lookups,
 * scans and statistics, write for updates and deletes. CAP_DAC_OVERRIDE opens and
 * CAP_FOWNER unlinks what belongs to others. As with files, those of a user
 * namespace reach no further than its mapping: root of a container has no power
 * over a map of somebody who does not exist there, even if it is in the container's
 * network namespace.
 *
 * Locks: one mutex over the register; the outermost. The last reference is
 * dropped with it held, so that whoever finds a map in the register can take one.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "memory.h"
#include "names.h"
#include "trace.h"

VISIBLE_IF_KUNIT unsigned int tm_names_max = 1024;
module_param_named(max_maps, tm_names_max, uint, 0644);
MODULE_PARM_DESC(max_maps, "limit of the number of maps (default: 1024)");

VISIBLE_IF_KUNIT unsigned int tm_names_max_per_user = 128;
module_param_named(max_maps_per_user, tm_names_max_per_user, uint, 0644);
MODULE_PARM_DESC(max_maps_per_user,
		 "limit of the number of maps a user makes; does not bind CAP_SYS_RESOURCE (default: 128)");

static DEFINE_MUTEX(lock);
static DEFINE_XARRAY(maps);
static u64 last_id;

static struct net *here(void)
{
	return current->nsproxy->net_ns;
}

/**
 * tm_names_check() - is a name well formed?
 * @name: TTLMAP_NAME_SIZE bytes
 *
 * Return: 0, or -EINVAL; the empty name is none.
 */
int tm_names_check(const u8 *name)
{
	size_t i, len = strnlen(name, TTLMAP_NAME_SIZE);

	if (!len || len == TTLMAP_NAME_SIZE || name[0] == '.' || name[0] == '-')
		return -EINVAL;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) || (!isalnum(name[i]) && !strchr("._:@+-", name[i])))
			return -EINVAL;
	return memchr_inv(name + len, 0, TTLMAP_NAME_SIZE - len) ? -EINVAL : 0;
}

/* A map without a name has no mode either. Return: 0 or -EINVAL. */
int tm_names_check_limits(const struct ttlmap_create *limits)
{
	if (memchr_inv(limits->name, 0, sizeof(limits->name)))
		return limits->mode & ~0777 ? -EINVAL : tm_names_check(limits->name);
	return limits->mode ? -EINVAL : 0;
}

static struct ttlmap *find(const u8 *name)
{
	struct ttlmap *map;
	unsigned long id;

	lockdep_assert_held(&lock);
	xa_for_each(&maps, id, map)
		if (map->net == here() && !strcmp(map->limits.name, name))
			return map;
	return NULL;
}

static bool over_limit(kuid_t user)
{
	unsigned int all = 0, own = 0;
	struct ttlmap *map;
	unsigned long id;

	xa_for_each(&maps, id, map) {
		all++;
		own += uid_eq(map->user, user);
	}
	return all >= tm_names_max || (own >= tm_names_max_per_user && !capable(CAP_SYS_RESOURCE));
}

static int add(struct ttlmap *map, bool named)
{
	int err;

	if (named && find(map->limits.name))
		return -EEXIST;
	if (over_limit(map->user))
		return -EDQUOT;
	err = xa_insert(&maps, last_id + 1, map, TM_GFP);
	if (err)
		return err;
	map->id = ++last_id;
	if (!named)
		return 0;
	map->net = here();
	kref_get(&map->refs);
	__module_get(THIS_MODULE);
	return 0;
}

/**
 * tm_names_add() - register a map, under its name if it has one
 * @map: new; the name has been checked
 *
 * Context: Process, may sleep.
 * Return: 0, -EEXIST, -EDQUOT or -ENOMEM.
 */
int tm_names_add(struct ttlmap *map)
{
	int err;

	map->uid = current_fsuid();
	map->gid = current_fsgid();
	mutex_lock(&lock);
	err = add(map, map->limits.name[0]);
	mutex_unlock(&lock);
	if (!err)
		trace_ttlmap_create(map);
	return err;
}

/* Has the caller a capability over the owner of the map? */
static bool capable_over(const struct ttlmap *map, int capability)
{
	struct user_namespace *ns = current_user_ns();

	return kuid_has_mapping(ns, map->uid) && ns_capable(ns, capability);
}

static bool permitted(const struct ttlmap *map, u32 flags)
{
	u32 want = (flags & TTLMAP_OPEN_READ ? 4 : 0) | (flags & TTLMAP_OPEN_WRITE ? 2 : 0);
	u32 mode = map->limits.mode;

	if (uid_eq(map->uid, current_fsuid()))
		mode >>= 6;
	else if (in_group_p(map->gid))
		mode >>= 3;
	if (!(want & ~mode))
		return true;
	return kgid_has_mapping(current_user_ns(), map->gid) && capable_over(map, CAP_DAC_OVERRIDE);
}

/**
 * tm_names_open() - find a map by its name
 * @name: well formed
 * @flags: TTLMAP_OPEN_*
 *
 * Context: Process, may sleep.
 * Return: the map with a reference, or ERR_PTR: -ENOENT, -EACCES.
 */
struct ttlmap *tm_names_open(const u8 *name, u32 flags)
{
	struct ttlmap *map;

	mutex_lock(&lock);
	map = find(name);
	if (!map)
		map = ERR_PTR(-ENOENT);
	else if (!permitted(map, flags))
		map = ERR_PTR(-EACCES);
	else
		kref_get(&map->refs);
	mutex_unlock(&lock);
	return map;
}

/* Does the map belong to the caller, or does a capability make up for it? */
bool tm_names_owned(const struct ttlmap *map)
{
	return uid_eq(map->uid, current_fsuid()) || capable_over(map, CAP_FOWNER);
}

/* Context: the mutex. The caller puts what the name held. */
static void remove_name(struct ttlmap *map)
{
	lockdep_assert_held(&lock);
	WRITE_ONCE(map->net, NULL);
}

/* What a name held; the module stays until the map is gone. */
static void put_name(struct ttlmap *map)
{
	tm_names_put(map);
	module_put(THIS_MODULE);
}

/**
 * tm_names_unlink() - remove a name
 * @name: well formed
 *
 * Context: Process, may sleep, frees the map if nothing else holds it.
 * Return: 0, -ENOENT or -EPERM.
 */
int tm_names_unlink(const u8 *name)
{
	struct ttlmap *map;
	int err = 0;

	mutex_lock(&lock);
	map = find(name);
	if (!map)
		err = -ENOENT;
	else if (!tm_names_owned(map))
		err = -EPERM;
	else
		remove_name(map);
	mutex_unlock(&lock);
	if (!err)
		put_name(map);
	return err;
}

/* Remove the name of a map if it still has one. Context: Process, may sleep. */
void tm_names_forget(struct ttlmap *map)
{
	bool named;

	mutex_lock(&lock);
	named = map->net;
	if (named)
		remove_name(map);
	mutex_unlock(&lock);
	if (named)
		put_name(map);
}

static void fill_item(const struct ttlmap *map, struct ttlmap_list_item *item)
{
	struct user_namespace *ns = current_user_ns();

	item->id = map->id;
	item->entries = atomic_long_read(&map->entries);
	item->max_entries = map->limits.max_entries;
	item->uid = from_kuid_munged(ns, map->uid);
	item->gid = from_kgid_munged(ns, map->gid);
	item->mode = map->limits.mode;
	item->flags = map->limits.flags;
	memcpy(item->name, map->limits.name, sizeof(item->name));
}

/**
 * tm_names_list() - the next named map of the caller's namespace
 * @cursor: number of the last one, 0 to start; moved on
 * @item: filled in
 *
 * Context: Process, may sleep.
 * Return: false at the end.
 */
bool tm_names_list(u64 *cursor, struct ttlmap_list_item *item)
{
	struct ttlmap *map;
	unsigned long id;
	bool found = false;

	mutex_lock(&lock);
	xa_for_each_start(&maps, id, map, *cursor + 1) {
		if (map->net != here())
			continue;
		fill_item(map, item);
		*cursor = id;
		found = true;
		break;
	}
	mutex_unlock(&lock);
	return found;
}

/**
 * tm_names_next() - the next of all maps, named or not, of all namespaces
 * @cursor: number of the last one, 0 to start; moved on
 *
 * Context: Process, may sleep.
 * Return: the map with a reference, or NULL at the end.
 */
struct ttlmap *tm_names_next(u64 *cursor)
{
	unsigned long id = *cursor;
	struct ttlmap *map;

	mutex_lock(&lock);
	map = xa_find_after(&maps, &id, ULONG_MAX, XA_PRESENT);
	if (map) {
		*cursor = id;
		kref_get(&map->refs);
	}
	mutex_unlock(&lock);
	return map;
}

static void release(struct kref *refs)
{
	struct ttlmap *map = container_of(refs, struct ttlmap, refs);

	xa_erase(&maps, map->id);
	mutex_unlock(&lock);
	/* Waits for those who read there, who may wait for the mutex. */
	debugfs_remove(map->dir);
	tm_map_destroy(map);
}

/**
 * tm_names_put() - drop a reference to a map
 * @map: gone if it was the last one, from the register too if it came that far
 *
 * Context: Process, sleeps.
 */
void tm_names_put(struct ttlmap *map)
{
	kref_put_mutex(&map->refs, release, &lock);
}

static struct ttlmap *remove_one_of(const struct net *net)
{
	struct ttlmap *map;
	unsigned long id;

	mutex_lock(&lock);
	xa_for_each(&maps, id, map) {
		if (map->net == net) {
			remove_name(map);
			break;
		}
	}
	mutex_unlock(&lock);
	return map;
}

static void __net_exit net_exit(struct net *net)
{
	struct ttlmap *map;

	while ((map = remove_one_of(net)))
		put_name(map);
}

static struct pernet_operations net_ops = {
	.exit = net_exit,
};

int tm_names_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void tm_names_exit(void)
{
	unregister_pernet_subsys(&net_ops);
	xa_destroy(&maps);
}
