/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ttlmap for other modules: shared, bounded, expiring maps.
 */
#ifndef _LINUX_TTLMAP_H
#define _LINUX_TTLMAP_H

#include <linux/gfp_types.h>
#include <linux/types.h>
#include <uapi/linux/ttlmap.h>

struct tm_entry;
struct ttlmap;

/**
 * enum ttlmap_reason - why an entry went
 * @TTLMAP_MAP_GONE: its map was freed
 * @TTLMAP_EXPIRED: its time was over
 * @TTLMAP_EVICTED: for want of room
 * @TTLMAP_DELETED: deleted
 * @TTLMAP_REPLACED: by an update
 * @TTLMAP_POPPED: taken out by a reader
 * @TTLMAP_OWNER_GONE: the descriptor it was bound to was closed
 * @TTLMAP_CLEARED: with all others
 */
enum ttlmap_reason {
	TTLMAP_MAP_GONE,
	TTLMAP_EXPIRED,
	TTLMAP_EVICTED,
	TTLMAP_DELETED,
	TTLMAP_REPLACED,
	TTLMAP_POPPED,
	TTLMAP_OWNER_GONE,
	TTLMAP_CLEARED,
};

/**
 * struct ttlmap_params - a map for a module
 * @limits: as for programs. A map with a name can be opened by programs, too; the
 *	name goes with ttlmap_put().
 * @removed: called once for each entry that has gone, when no reader and no
 *	reference is left: in process context, where it may sleep, though other
 *	removals wait for it. Not after ttlmap_put() has returned. May be NULL, and
 *	has to be for a map with a name, which programs may keep for longer.
 * @arg: handed to @removed
 */
struct ttlmap_params {
	struct ttlmap_create limits;
	void (*removed)(void *arg, struct tm_entry *entry, enum ttlmap_reason reason);
	void *arg;
};

/**
 * struct ttlmap_buf - some bytes
 * @data: where they are
 * @len: how many
 */
struct ttlmap_buf {
	const void *data;
	u32 len;
};

struct ttlmap *__ttlmap_create(const struct ttlmap_params *params, const char *module);

/**
 * ttlmap_create() - make a map
 * @params: const struct ttlmap_params *, what it shall be
 *
 * In debugfs the name of the calling module stands for what it writes.
 *
 * Context: Process, may sleep.
 * Return: the map, which is the caller's until ttlmap_put(), or ERR_PTR with an
 * errno as documented at struct ttlmap_create; -EINVAL for a map with both a name
 * and a callback.
 */
#define ttlmap_create(params)	__ttlmap_create(params, KBUILD_MODNAME)

void ttlmap_put(struct ttlmap *map);

struct tm_entry *ttlmap_lookup(struct ttlmap *map, const void *key, u32 key_len);
void ttlmap_lookup_many(struct ttlmap *map, const struct ttlmap_buf *keys,
			struct tm_entry **entries, unsigned int n);
struct ttlmap_buf ttlmap_entry_key(struct tm_entry *entry);
struct ttlmap_buf ttlmap_entry_value(struct tm_entry *entry);
bool ttlmap_entry_get(struct tm_entry *entry);
void ttlmap_entry_put(struct ttlmap *map, struct tm_entry *entry);

int ttlmap_update(struct ttlmap *map, struct ttlmap_buf key, struct ttlmap_buf value,
		  u64 ttl_ns, u32 flags, gfp_t gfp);
int ttlmap_add(struct ttlmap *map, struct ttlmap_buf key, s64 *value, u64 ttl_ns, gfp_t gfp);
int ttlmap_delete(struct ttlmap *map, const void *key, u32 key_len);
int ttlmap_for_each(struct ttlmap *map,
		    int (*fn)(void *arg, struct tm_entry *entry), void *arg);

#endif /* _LINUX_TTLMAP_H */
