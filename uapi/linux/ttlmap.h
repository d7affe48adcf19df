/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * ttlmap: shared, bounded, expiring maps in the kernel
 *
 * A map is a file descriptor. /dev/ttlmap creates maps and opens named ones;
 * all other work is done by ioctls on the descriptor of the map.
 */
#ifndef _UAPI_LINUX_TTLMAP_H
#define _UAPI_LINUX_TTLMAP_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General rules
 *
 * How structures grow: the size of a structure is part of its ioctl number
 * (_IOC_SIZE), and the kernel dispatches by _IOC_NR alone. A program built
 * against an older header passes a shorter structure: what it does not know
 * reads as zero, and zero always means the older behaviour. A program built
 * against a newer header than the kernel's may pass a longer structure, as
 * long as everything the kernel does not know is zero; otherwise the call
 * fails with E2BIG (what is only returned is not looked at). Structures never
 * shrink, and a structure shorter than its first version fails with EINVAL.
 * Arrays (struct ttlmap_op in a batch, struct ttlmap_list_item in a list) carry
 * the size of an element beside the pointer, under the same rule.
 *
 * Everything named __reserved must be zero. Pointers are __u64, lengths are
 * bytes, times and durations are nanoseconds of CLOCK_BOOTTIME, so that time
 * asleep counts.
 *
 * What an errno means, wherever no other meaning is given beside the command:
 *
 * ========= ===============================================================
 * EINVAL    A flag, operation or value that this kernel does not know, a
 *           contradiction between flags, something __reserved that is not
 *           zero, a structure shorter than its first version, an empty key, or
 *           a name that is not well formed.
 * E2BIG     A structure longer than this kernel's with a tail that is not
 *           zero; a key or value longer than the map allows; more operations
 *           in a batch than TTLMAP_BATCH_MAX.
 * EFAULT    A pointer to memory that cannot be read or written.
 * ENOTTY    Not a command of this kind of descriptor.
 * ENOENT    There is no such key, or no map of that name.
 * EEXIST    The key, or a map of that name, is there already.
 * ENOSPC    The map is full and does not evict, or the entry alone is larger
 *           than the whole map may be.
 * EMSGSIZE  The buffer is too small; the length that is needed is returned.
 * ERANGE    A time to live outside of what the map allows, or beyond
 *           TTLMAP_TTL_MAX.
 * ENOMEM    The kernel, or the caller's memory cgroup, has no memory left.
 * EDQUOT    A limit over all maps is reached: maps a user, maps in all, or
 *           bytes in all (see the module's parameters).
 * EACCES    The map's mode does not permit it to this user.
 * EPERM     Only the owner of a name, or a process with CAP_FOWNER, removes it.
 * EBADF     The descriptor was not opened for reading or writing, as needed.
 * EINTR     A signal arrived before anything was done.
 * ========= ===============================================================
 *
 * A call that fails has changed nothing.
 */

#define TTLMAP_IOC_MAGIC	0xDC

#define TTLMAP_NAME_SIZE	64		/* with the terminating NUL */
#define TTLMAP_KEY_MAX		512		/* bytes */
#define TTLMAP_VALUE_MAX	1048576		/* bytes */
#define TTLMAP_ENTRIES_MAX	2147483648ULL
#define TTLMAP_BATCH_MAX	65536		/* operations */
#define TTLMAP_TTL_MAX		0x4000000000000000ULL	/* ns, about 146 years */
#define TTLMAP_TTL_NEVER	(~0ULL)		/* the entry does not expire */

/* Flags of a map, for its whole life. */
#define TTLMAP_F_NO_EVICT	_BITUL(0)  /* a full map answers ENOSPC */
#define TTLMAP_F_REQUIRE_TTL	_BITUL(1)  /* TTLMAP_TTL_NEVER is refused */
#define TTLMAP_F_SIPHASH	_BITUL(2)  /* SipHash: keys chosen by strangers */

/**
 * struct ttlmap_create - make a map
 * @flags: TTLMAP_F_*
 * @key_max: longest key in bytes, 1 to TTLMAP_KEY_MAX
 * @value_max: longest value in bytes, 0 to TTLMAP_VALUE_MAX
 * @mode: permission bits (0 to 0777, r and w count) for those who open the map
 *	by its name; must be zero for an anonymous map
 * @max_entries: capacity in entries, 1 to TTLMAP_ENTRIES_MAX
 * @max_bytes: capacity in bytes of entries as allocated; 0 is no such limit
 * @default_ttl_ns: TTL of an entry written without one; 0 is "does not expire",
 *	which TTLMAP_F_REQUIRE_TTL refuses with ERANGE at each such write
 * @min_ttl_ns: a shorter TTL is refused with ERANGE; 0 is no such limit
 * @max_ttl_ns: a longer TTL is refused with ERANGE; 0 is no such limit.  What
 *	never expires is longer than any.
 * @name: 1 to 63 bytes of letters, digits and "._:@+-", not starting with '.'
 *	or '-', then zeros; or all zeros for an anonymous map
 *
 * A named map is seen in the caller's network namespace and lives until its
 * name is removed (or its namespace ends) and its last descriptor is closed; an
 * anonymous one until its last descriptor is closed.  It belongs to the
 * caller's effective user and group.
 *
 * Returns a descriptor of the map, close-on-exec, for reading and writing.
 * Errors: EEXIST, EDQUOT, EINVAL, ERANGE, ENOMEM, EMFILE.
 */
struct ttlmap_create {
	__u32 flags;
	__u32 key_max;
	__u32 value_max;
	__u32 mode;
	__u64 max_entries;
	__u64 max_bytes;
	__u64 default_ttl_ns;
	__u64 min_ttl_ns;
	__u64 max_ttl_ns;
	__u8 name[TTLMAP_NAME_SIZE];
};

#define TTLMAP_OPEN_READ	_BITUL(0)	/* lookup, scan, stat */
#define TTLMAP_OPEN_WRITE	_BITUL(1)	/* update, delete */

/**
 * struct ttlmap_open - open a map by its name
 * @flags: TTLMAP_OPEN_READ, TTLMAP_OPEN_WRITE or both
 * @__reserved: zero
 * @name: of the map, padded with zeros
 *
 * Returns a descriptor of the map, close-on-exec.
 * Errors: ENOENT, EACCES, EINVAL, ENOMEM, EMFILE.
 */
struct ttlmap_open {
	__u32 flags;
	__u32 __reserved;
	__u8 name[TTLMAP_NAME_SIZE];
};

/**
 * struct ttlmap_unlink - remove the name of a map
 * @flags: zero
 * @__reserved: zero
 * @name: of the map, padded with zeros
 *
 * The map itself goes when its last descriptor is closed.
 * Errors: ENOENT, EPERM, EINVAL.
 */
struct ttlmap_unlink {
	__u32 flags;
	__u32 __reserved;
	__u8 name[TTLMAP_NAME_SIZE];
};

/**
 * struct ttlmap_list_item - a named map
 * @id: number of the map, never used twice while the module is loaded
 * @entries: resident entries
 * @max_entries: its capacity
 * @uid: owner, in the caller's user namespace
 * @gid: group, in the caller's user namespace
 * @mode: permission bits
 * @flags: TTLMAP_F_*
 * @name: padded with zeros
 */
struct ttlmap_list_item {
	__u64 id;
	__u64 entries;
	__u64 max_entries;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 flags;
	__u8 name[TTLMAP_NAME_SIZE];
};

/**
 * struct ttlmap_list - the named maps of the caller's network namespace
 * @cursor: 0 to start; the kernel moves it on
 * @items: array of struct ttlmap_list_item to fill
 * @count: in: room in @items; out: how many were filled, 0 at the end
 * @item_size: sizeof(struct ttlmap_list_item) as the caller knows it
 *
 * Maps come in the order of their ids; one that exists throughout is returned
 * exactly once.
 * Errors: EINVAL (also for no room at all), EFAULT.
 */
struct ttlmap_list {
	__u64 cursor;
	__u64 items;
	__u32 count;
	__u32 item_size;
};

/* Operations on an entry. */
#define TTLMAP_OP_LOOKUP	1
#define TTLMAP_OP_UPDATE	2
#define TTLMAP_OP_DELETE	3

/* Flags of TTLMAP_OP_UPDATE. */
#define TTLMAP_NEW		_BITUL(0)  /* EEXIST if the key is there */
#define TTLMAP_EXISTING		_BITUL(1)  /* ENOENT if it is not */
#define TTLMAP_TTL_KEEP		_BITUL(2)  /* a replaced entry's expiry stays */
#define TTLMAP_TTL_EXTEND	_BITUL(3)  /* the later of both expiries counts */

/**
 * struct ttlmap_op - one operation on one entry
 * @op: TTLMAP_OP_*
 * @flags: as the operation knows them; zero for the others
 * @key: the key's address
 * @value: update: where the value is; lookup: where it goes
 * @key_len: bytes of the key, 1 to the map's key_max
 * @value_len: update: bytes of the value, 0 to the map's value_max; lookup:
 *	room at @value on the way in, the length of the value on the way out;
 *	delete: zero
 * @ttl_ns: update: TTL of the entry from now on, 0 for the map's default,
 *	TTLMAP_TTL_NEVER for an entry that does not expire; lookup: what is left
 *	of it is returned (TTLMAP_TTL_NEVER if it does not expire); delete: zero
 * @result: returned: 0 or a negative errno, the same as the call's own result
 *	when the operation is not part of a batch
 * @__reserved: zero
 *
 * ========== ==============================================================
 * LOOKUP     Copies the value out.  An expired entry is never returned, from
 *            the instant it expires.  Counts as a use (LRU).
 *            Errors: ENOENT; EMSGSIZE (value longer than the room: nothing is
 *            copied, @value_len and @ttl_ns are returned); EFAULT; E2BIG.
 * UPDATE     Inserts or replaces, atomically: readers see the old entry or the
 *            new one.  By default the TTL starts anew at each write.
 *            TTLMAP_TTL_KEEP and TTLMAP_TTL_EXTEND contradict each other, and
 *            so do TTLMAP_NEW and TTLMAP_EXISTING (EINVAL).
 *            Errors: EEXIST, ENOENT, ENOSPC, ENOMEM, EDQUOT, ERANGE, E2BIG,
 *            EFAULT.
 * DELETE     Errors: ENOENT, E2BIG, EFAULT.
 * ========== ==============================================================
 */
struct ttlmap_op {
	__u32 op;
	__u32 flags;
	__u64 key;
	__u64 value;
	__u32 key_len;
	__u32 value_len;
	__u64 ttl_ns;
	__s32 result;
	__u32 __reserved[5];
};

/**
 * struct ttlmap_batch - many operations in one call
 * @ops: array of struct ttlmap_op
 * @count: how many, at most TTLMAP_BATCH_MAX
 * @op_size: sizeof(struct ttlmap_op) as the caller knows it
 * @done: returned: how many were carried out, from the first on
 * @flags: zero
 *
 * Operations are carried out one after the other; each one's outcome is in its
 * own @result, and one that fails does not stop the others.  The call itself
 * returns 0 if anything was carried out: @done falls short of @count when a
 * signal arrived or @ops could not be read or written further.  A descriptor
 * not opened for what an operation needs gives that operation EBADF.
 * Errors: EINTR, EFAULT (nothing was carried out), E2BIG, EINVAL.
 */
struct ttlmap_batch {
	__u64 ops;
	__u32 count;
	__u32 op_size;
	__u32 done;
	__u32 flags;
};

/**
 * struct ttlmap_record - an entry as a scan returns it
 * @size: bytes from this record to the next, a multiple of 8
 * @key_len: bytes of the key, which follows this structure
 * @value_len: bytes of the value, which follows the key at the next multiple
 *	of 8; with TTLMAP_SCAN_KEYS the length is given but the value is not
 * @flags: zero
 * @ttl_ns: what is left of the TTL, or TTLMAP_TTL_NEVER
 */
struct ttlmap_record {
	__u32 size;
	__u32 key_len;
	__u32 value_len;
	__u32 flags;
	__u64 ttl_ns;
};

#define TTLMAP_SCAN_KEYS	_BITUL(0)	/* leave the values out */

/**
 * struct ttlmap_scan - read entries in the order of their hashes
 * @cursor: 0 to start; the kernel moves it on
 * @buf: where struct ttlmap_record go, aligned to 8
 * @buf_len: room at @buf in bytes
 * @flags: TTLMAP_SCAN_*
 * @count: returned: records written
 * @bytes: returned: bytes written; with EMSGSIZE, the room that is needed
 * @done: returned: 1 when nothing is left to scan
 * @__reserved: zero
 *
 * However the map grows, shrinks or changes meanwhile, an entry that is present
 * from the start of the scan to its end is returned exactly once; one that
 * comes or goes meanwhile at most once for each time that it came.  Scans are
 * no use (LRU).  Entries whose hashes are equal are returned in one call.
 *
 * A call returns what fits; @count may be 0 before the end.
 * Errors: EMSGSIZE (not even the next entry fits), EFAULT, EINVAL, EINTR.
 */
struct ttlmap_scan {
	__u64 cursor;
	__u64 buf;
	__u32 buf_len;
	__u32 flags;
	__u32 count;
	__u32 bytes;
	__u32 done;
	__u32 __reserved;
};

/**
 * struct ttlmap_stat - what a map is, holds and did
 * @id: number of the map
 * @flags: TTLMAP_F_*
 * @key_max: longest key
 * @value_max: longest value
 * @mode: permission bits of the name
 * @uid: owner, in the caller's user namespace
 * @gid: group, in the caller's user namespace
 * @max_entries: capacity in entries
 * @max_bytes: capacity in bytes of entries, 0 for none
 * @default_ttl_ns: as at creation
 * @min_ttl_ns: as at creation
 * @max_ttl_ns: as at creation
 * @name: padded with zeros; all zeros for an anonymous map, or one whose name
 *	was removed
 *
 * Memory, in bytes as allocated.  resident = live + stale + retired + table.
 *
 * @entries: resident entries, live and stale
 * @resident_bytes: all memory that is charged to the map
 * @live_bytes: entries that have not expired
 * @stale_entries: expired, not reclaimed yet
 * @stale_bytes: their memory
 * @oldest_stale_ns: how long the oldest of them has been stale
 * @retired_entries: unlinked, waiting for an RCU grace period
 * @retired_bytes: entries, segments and directories that wait for one
 * @table_bytes: segments, directory, and the map's own structures
 *
 * Counts since the map was made.
 *
 * @hits: lookups that found their key
 * @misses: lookups that did not
 * @inserts: updates of keys that were not there
 * @replaces: updates of keys that were
 * @deletes: deletes that found their key
 * @evicted: entries evicted because the map was full
 * @expired: expired entries reclaimed
 * @collision_evicted: entries evicted because too many hashes were alike
 * @refused: updates refused with ENOSPC
 * @no_memory: updates refused with ENOMEM or EDQUOT
 *
 * The table.
 *
 * @segments: how many
 * @directory_slots: pointers in the directory, a power of two
 * @splits: segments split
 * @merges: pairs of segments merged
 * @directory_resizes: times that the directory doubled or halved
 * @retire_waits: times that a writer waited because too much was retired
 * @expire_lag_max_ns: longest time from a deadline to the removal of its entry
 */
struct ttlmap_stat {
	__u64 id;
	__u32 flags;
	__u32 key_max;
	__u32 value_max;
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u64 max_entries;
	__u64 max_bytes;
	__u64 default_ttl_ns;
	__u64 min_ttl_ns;
	__u64 max_ttl_ns;
	__u8 name[TTLMAP_NAME_SIZE];
	__u64 entries;
	__u64 resident_bytes;
	__u64 live_bytes;
	__u64 stale_entries;
	__u64 stale_bytes;
	__u64 oldest_stale_ns;
	__u64 retired_entries;
	__u64 retired_bytes;
	__u64 table_bytes;
	__u64 hits;
	__u64 misses;
	__u64 inserts;
	__u64 replaces;
	__u64 deletes;
	__u64 evicted;
	__u64 expired;
	__u64 collision_evicted;
	__u64 refused;
	__u64 no_memory;
	__u64 segments;
	__u64 directory_slots;
	__u64 splits;
	__u64 merges;
	__u64 directory_resizes;
	__u64 retire_waits;
	__u64 expire_lag_max_ns;
};

/* On /dev/ttlmap. */
#define TTLMAP_IOC_CREATE	_IOW(TTLMAP_IOC_MAGIC, 0x00, struct ttlmap_create)
#define TTLMAP_IOC_OPEN		_IOW(TTLMAP_IOC_MAGIC, 0x01, struct ttlmap_open)
#define TTLMAP_IOC_UNLINK	_IOW(TTLMAP_IOC_MAGIC, 0x02, struct ttlmap_unlink)
#define TTLMAP_IOC_LIST		_IOWR(TTLMAP_IOC_MAGIC, 0x03, struct ttlmap_list)

/* On a map. LOOKUP, UPDATE and DELETE come as TTLMAP_IOC_OP or in a batch. */
#define TTLMAP_IOC_OP		_IOWR(TTLMAP_IOC_MAGIC, 0x20, struct ttlmap_op)
#define TTLMAP_IOC_BATCH	_IOWR(TTLMAP_IOC_MAGIC, 0x21, struct ttlmap_batch)
#define TTLMAP_IOC_SCAN		_IOWR(TTLMAP_IOC_MAGIC, 0x22, struct ttlmap_scan)
#define TTLMAP_IOC_STAT		_IOR(TTLMAP_IOC_MAGIC, 0x23, struct ttlmap_stat)

#endif /* _UAPI_LINUX_TTLMAP_H */
