/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test programs share: a map's operations as plain calls that return
 * 0 (or a descriptor) or a negative errno, random numbers that can be repeated,
 * and readers of what the kernel says about memory and maps.
 */
#ifndef TTLMAP_SELFTEST_COMMON_H
#define TTLMAP_SELFTEST_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <linux/ttlmap.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;	/* as in the ABI: unsigned long long */

#define DEVICE		"/dev/ttlmap"
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_SEC	1000000000ULL
#define HOUR_NS		(3600 * NSEC_PER_SEC)

/* A map of 8-byte keys and values, as most tests want it. */
#define MAP_8_8(capacity)						\
	((struct ttlmap_create){ .key_max = 8, .value_max = 8,		\
				 .max_entries = (capacity) })

/* Poll until it holds; false after a minute, so that a hang is a failure. */
#define eventually(condition) ({					\
	u64 until_ = boottime_ns() + slowness() * 60 * NSEC_PER_SEC;	\
	bool holds_;							\
									\
	while (!(holds_ = (condition)) && boottime_ns() < until_)	\
		sleep_ms(10);						\
	holds_;								\
})

#define for_each_record(record, buf, bytes)				\
	for (struct ttlmap_record *record = (void *)(buf);		\
	     (char *)record < (char *)(buf) + (bytes);			\
	     record = (void *)((char *)record + record->size))

#define for_each_event(event, buf, bytes)				\
	for (struct ttlmap_event *event = (void *)(buf);		\
	     (char *)event < (char *)(buf) + (bytes);			\
	     event = (void *)((char *)event + event->size))

/* names of results */
const char *rc_name(int rc);

/* time */
u64 boottime_ns(void);
void sleep_ms(unsigned int ms);
void sleep_until(u64 boottime);
bool long_run(void);
/* How many times as long things take here as on the kernels that people use. */
u64 slowness(void);
u64 effort(u64 usual, u64 in_a_long_run);

/* random numbers */
struct rng {
	u64 state;
};

u64 seed_from_env(u64 usual);
struct rng rng_make(u64 seed);
u64 rng_next(struct rng *rng);
u64 rng_below(struct rng *rng, u64 limit);
u64 mix64(u64 x);

/* the device */
int device_open(void);
int device_ioctl(unsigned long command, void *arg);
int map_create(const struct ttlmap_create *create);
int map_create_named(const char *name, u32 mode, u64 capacity);
int map_open(const char *name, u32 flags);
int map_unlink(const char *name);
int named_maps(void);

/* a map */
int map_ioctl(int map, unsigned long command, void *arg);
struct ttlmap_op op_lookup(const void *key, u32 key_len, void *room, u32 size);
struct ttlmap_op op_update(const void *key, u32 key_len,
			   const void *value, u32 value_len, u64 ttl_ns, u32 flags);
struct ttlmap_op op_delete(const void *key, u32 key_len);
struct ttlmap_op op_touch(const void *key, u32 key_len, u64 ttl_ns, u32 flags);
struct ttlmap_op op_pop(const void *key, u32 key_len, void *room, u32 size);
struct ttlmap_op op_add(const void *key, u32 key_len, u64 what, u64 ttl_ns, u32 flags);
int map_op(int map, struct ttlmap_op *op);
int map_batch(int map, struct ttlmap_op *ops, u32 count, u32 *done);
int map_stat(int map, struct ttlmap_stat *stat);
u64 map_entries(int map);
int map_tune(int map, struct ttlmap_tune tune);
int map_freeze(int map);
int map_clear(int map);
int map_scan(int map, struct ttlmap_scan *scan, void *buf, u32 len, u32 flags);

static inline const void *record_key(const struct ttlmap_record *record)
{
	return (const char *)record + record->head;
}

static inline const void *record_value(const struct ttlmap_record *record)
{
	return (const char *)record_key(record) + ((record->key_len + 7) & ~7U);
}

/* a map of 8-byte keys and values */
int u64_set(int map, u64 key, u64 value, u64 ttl_ns, u32 flags);
int u64_get(int map, u64 key, u64 *value);
int u64_delete(int map, u64 key);
bool u64_has(int map, u64 key);
int u64_touch(int map, u64 key, u64 ttl_ns, u32 flags);
int u64_pop(int map, u64 key, u64 *value);
int u64_add(int map, u64 key, u64 what, u64 *sum);
int u64_swap(int map, u64 key, u64 expected, u64 value);
int u64_fill(int map, u64 first, u64 count, u64 ttl_ns);
int u64_empty(int map, u64 first, u64 count);
u64 u64_count_present(int map, u64 first, u64 count);

/* a map's statistics, in words */
bool stat_adds_up(const struct ttlmap_stat *stat);
bool map_at_rest(int map, struct ttlmap_stat *stat);

/* other users: the result of @call there, which must be 0 or a negative errno */
int as_user(uid_t uid, gid_t gid, int (*call)(void *), void *arg);

/* the module */
int module_load(void);
int module_unload(void);
bool module_loaded(void);
bool module_idle(void);
int parameter_write(const char *name, u64 value);
u64 parameter_read(const char *name);

/* what the kernel says about memory, in bytes or objects */
u64 meminfo_bytes(const char *field);
u64 affordable(u64 wanted, u64 entry_bytes);
u64 slab_objects(const char *prefix);
u64 slab_object_bytes(const char *prefix);
int slab_shrink(const char *prefix);
u64 vmalloc_bytes(const char *owner);

/* debugfs */
#define DEBUGFS	"/sys/kernel/debug/ttlmap"
char *file_read(const char *path);
int file_write(const char *path, const char *text);
int file_write_patching(const char *path, const char *text);
char *map_text(int map, const char *file);
int live_maps(void);

#endif
