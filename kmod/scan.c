// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Scans
 *
 * Owns the walk through a map in the order of hashes. Splits and merges never
 * change that order, so that a position in it, the next hash to return, stays
 * valid however the table changes, and an entry present throughout is returned
 * exactly once.
 *
 * One segment at a time is collected, sorted and copied out within one RCU
 * section, without a lock. Copying there takes no page faults: where it meets a
 * page that is not there the section ends, the page is brought in, and the scan
 * goes on from the first hash that was not returned yet. Entries whose hashes
 * are equal are returned together or not at all.
 *
 * The hash is computed anew from the key: that in the entry is not for those
 * who hold no lock.
 */
#include <linux/err.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>

#include "clock.h"
#include "evict.h"
#include "memory.h"
#include "scan.h"

struct item {
	u64 hash;
	struct tm_entry *entry;
	u8 used;
};

/**
 * struct scan - a scan under way
 * @map: what is scanned
 * @args: of the call; its results are kept up to date
 * @now: CLOCK_BOOTTIME ns
 * @items: live entries of one segment, by hash
 * @n: how many
 */
struct scan {
	struct ttlmap *map;
	struct ttlmap_scan *args;
	u64 now;
	struct item items[TM_SEGMENT_SLOTS];
	unsigned int n;
};

static int compare(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void collect_entry(struct scan *scan, struct tm_entry *entry, u8 used)
{
	u64 hash;

	if (!entry || tm_entry_expired(entry, scan->now))
		return;
	hash = tm_hash(&scan->map->hasher, entry->data, entry->key_len);
	if (hash < scan->args->cursor)
		return;
	scan->items[scan->n++] = (struct item){ .hash = hash, .entry = entry, .used = used };
}

static void collect(struct scan *scan, const struct tm_segment *seg)
{
	unsigned int i, slot;

	scan->n = 0;
	scan->now = tm_now();
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++)
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++)
			collect_entry(scan, tm_segment_entry(seg, i, slot),
				      READ_ONCE(seg->bucket[i].age[slot]));
	sort(scan->items, scan->n, sizeof(scan->items[0]), compare, NULL);
}

static u32 data_size(const struct scan *scan, const struct tm_entry *entry)
{
	if (scan->args->flags & TTLMAP_SCAN_KEYS)
		return entry->key_len;
	return ALIGN((u32)entry->key_len, 8) + entry->value_len;
}

static u32 record_size(const struct scan *scan, const struct tm_entry *entry)
{
	return sizeof(struct ttlmap_record) + ALIGN(data_size(scan, entry), 8);
}

static int copy_record(const struct scan *scan, const struct item *item, u32 offset)
{
	u8 __user *to = u64_to_user_ptr(scan->args->buf) + offset;
	struct tm_entry *entry = item->entry;
	unsigned int written_by = READ_ONCE(entry->written_by);
	struct ttlmap_record record = {
		.size = record_size(scan, entry),
		.key_len = entry->key_len,
		.value_len = entry->value_len,
		.flags = written_by & TM_WRITER_READ ? TTLMAP_RECORD_READ : 0,
		.version = tm_entry_version(&scan->map->kind, entry),
		.idle_ns = tm_lru_idle_ns(scan->map, item->used, scan->now),
		.owner = written_by & TM_WRITER_ID,
		.head = sizeof(record),
	};

	record.ttl_ns = tm_entry_left(entry, scan->now);
	return copy_to_user_nofault(to, &record, sizeof(record)) ?:
	       copy_to_user_nofault(to + sizeof(record), entry->data, data_size(scan, entry));
}

/* The items from @first on whose hashes are equal, and the room they need. */
static unsigned int group(const struct scan *scan, unsigned int first, u64 *size)
{
	unsigned int i = first;

	*size = 0;
	do {
		*size += record_size(scan, scan->items[i].entry);
		i++;
	} while (i < scan->n && scan->items[i].hash == scan->items[first].hash);
	return i - first;
}

/*
 * Copy a group out. Returns 0, -EMSGSIZE if it does not fit any more, or -EFAULT;
 * in both cases args->cursor is its hash, and @size the room it needs.
 */
static int copy_group(struct scan *scan, unsigned int first, unsigned int n, u64 size)
{
	struct ttlmap_scan *args = scan->args;
	u32 offset = args->bytes;
	unsigned int i;
	int err;

	args->cursor = scan->items[first].hash;
	if (size > args->buf_len - args->bytes)
		return -EMSGSIZE;
	for (i = first; i < first + n; i++) {
		err = copy_record(scan, &scan->items[i], offset);
		if (err)
			return err;
		offset += record_size(scan, scan->items[i].entry);
	}
	args->bytes = offset;
	args->count += n;
	return 0;
}

/* Copy one segment out and move on to the next. Returns as copy_group() does. */
static int scan_segment(struct scan *scan, u64 *size)
{
	struct ttlmap_scan *args = scan->args;
	struct tm_segment *seg;
	unsigned int i, n;
	int err = 0;

	rcu_read_lock();
	seg = tm_table_segment(&scan->map->table, args->cursor);
	collect(scan, seg);
	for (i = 0; i < scan->n && !err; i += n) {
		n = group(scan, i, size);
		err = copy_group(scan, i, n, *size);
	}
	if (!err) {
		args->cursor = tm_segment_end(seg);
		args->done = !args->cursor;
	}
	rcu_read_unlock();
	return err;
}

static int fault_in(const struct ttlmap_scan *args, u64 size)
{
	u8 __user *to = u64_to_user_ptr(args->buf) + args->bytes;

	return fault_in_safe_writeable(to, size) ? -EFAULT : 0;
}

static int run(struct scan *scan)
{
	struct ttlmap_scan *args = scan->args;
	u64 first = args->cursor, size;
	int err;

	while (!args->done) {
		/* Segments without entries are progress, too. */
		if (signal_pending(current))
			return args->cursor != first ? 0 : -ERESTARTSYS;
		err = scan_segment(scan, &size);
		if (err == -EFAULT)
			err = fault_in(args, size);
		if (err && args->count)
			return 0;
		if (err == -EMSGSIZE)
			args->bytes = min_t(u64, size, U32_MAX);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/**
 * tm_scan() - read entries in the order of their hashes
 * @map: the map
 * @args: as user space gave it; what it returns is filled in
 *
 * Context: Process, may sleep.
 * Return: 0, -EMSGSIZE, -EFAULT, -EINVAL, -ENOMEM or -ERESTARTSYS.
 */
int tm_scan(struct ttlmap *map, struct ttlmap_scan *args)
{
	struct scan *scan;
	int ret;

	if (args->flags & ~TTLMAP_SCAN_KEYS || args->__reserved || args->buf % 8)
		return -EINVAL;
	scan = kmalloc(sizeof(*scan), TM_GFP);
	if (!scan)
		return -ENOMEM;
	scan->map = map;
	scan->args = args;
	args->count = 0;
	args->bytes = 0;
	args->done = 0;
	if (!args->cursor)
		tm_lru_look(map);
	ret = run(scan);
	kfree(scan);
	return ret;
}
