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
 * the size of an element beside the pointer, under the same rule. What the kernel
 * writes one after the other (struct ttlmap_record, struct ttlmap_event) says by
 * itself how long it is.
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
 * ECANCELED The condition of the operation (TTLMAP_IF_*) does not hold.
 * EROFS     The map is frozen.
 * EMSGSIZE  The buffer is too small; the length that is needed is returned.
 * ERANGE    A time to live outside of what the map allows, or beyond
 *           TTLMAP_TTL_MAX.
 * ENOMEM    The kernel, or the caller's memory cgroup, has no memory left.
 * EDQUOT    A limit over all maps is reached: maps a user, maps in all, or
 *           bytes in all (see the module's parameters).
 * EACCES    The map's mode does not permit it to this user.
 * EPERM     Only the owner of a map, or a process with CAP_FOWNER, removes its
 *           name, tunes it or freezes it.
 * EBADF     The descriptor was not opened for reading or writing, as needed.
 * EBUSY     The descriptor listens already.
 * EAGAIN    There is nothing to read, and the descriptor does not wait.
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

/* Flags of a map. TTLMAP_IOC_TUNE changes some of them later. */
#define TTLMAP_F_NO_EVICT	_BITUL(0)  /* a full map answers ENOSPC */
#define TTLMAP_F_REQUIRE_TTL	_BITUL(1)  /* TTLMAP_TTL_NEVER is refused */
#define TTLMAP_F_SIPHASH	_BITUL(2)  /* SipHash: keys chosen by strangers */
#define TTLMAP_F_SLIDING	_BITUL(3)  /* a use starts the TTL anew */
#define TTLMAP_F_COUNTERS	_BITUL(4)  /* every value is a __u64, see TTLMAP_OP_ADD */
#define TTLMAP_F_VERSIONS	_BITUL(5)  /* every entry has a version */
#define TTLMAP_F_OWNERS		_BITUL(6)  /* entries may be bound to a descriptor */
#define TTLMAP_F_RECLAIM	_BITUL(7)  /* the kernel may evict when short of memory */
#define TTLMAP_F_PREALLOC	_BITUL(8)  /* memory for all entries taken at creation */
#define TTLMAP_F_PRIVATE	_BITUL(9)  /* keys and values in no text interface */

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
 * @jitter_ns: each TTL is shortened by a random time up to this, but by no more
 *	than half, so that what was written together does not expire together
 * @name: 1 to 63 bytes of letters, digits, dots, underscores, colons, at signs,
 *	plus and minus signs, not starting with a dot or minus, then zeros; or all
 *	zeros for an anonymous map
 *
 * A named map is seen in the caller's network namespace and lives until its
 * name is removed (or its namespace ends) and its last descriptor is closed; an
 * anonymous one until its last descriptor is closed.  It belongs to the
 * caller's effective user and group.
 *
 * What the flags ask for: TTLMAP_F_COUNTERS a @value_max of 8 and no versions;
 * TTLMAP_F_RECLAIM a map that evicts; TTLMAP_F_PREALLOC room for @max_entries
 * entries of @key_max and @value_max bytes, taken at once, whatever is inserted.
 * TTLMAP_F_VERSIONS and TTLMAP_F_SLIDING cost 8 bytes an entry, TTLMAP_F_OWNERS
 * 32.
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
	__u64 jitter_ns;
	__u8 name[TTLMAP_NAME_SIZE];
};

#define TTLMAP_OPEN_READ	_BITUL(0)	/* lookup, scan, stat */
#define TTLMAP_OPEN_WRITE	_BITUL(1)	/* whatever changes something */

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

/* Operations. */
#define TTLMAP_OP_LOOKUP	1
#define TTLMAP_OP_UPDATE	2
#define TTLMAP_OP_DELETE	3
#define TTLMAP_OP_TOUCH		4
#define TTLMAP_OP_POP		5
#define TTLMAP_OP_ADD		6
#define TTLMAP_OP_CLEAR		7

/* Flags of operations; struct ttlmap_op says which takes which. */
#define TTLMAP_NEW		_BITUL(0)  /* EEXIST if the key is there */
#define TTLMAP_EXISTING		_BITUL(1)  /* ENOENT if it is not */
#define TTLMAP_TTL_KEEP		_BITUL(2)  /* the expiry that the entry has stays */
#define TTLMAP_TTL_EXTEND	_BITUL(3)  /* the later of both expiries counts */
#define TTLMAP_TTL_REFRESH	_BITUL(4)  /* LOOKUP: the TTL starts anew */
#define TTLMAP_IF_VALUE		_BITUL(5)  /* only if the value is @arg */
#define TTLMAP_IF_VERSION	_BITUL(6)  /* only if the version is @version */
#define TTLMAP_IF_EXPIRED	_BITUL(7)  /* only if it has expired */
#define TTLMAP_OWNED		_BITUL(8)  /* goes when the descriptor is closed */
#define TTLMAP_PEEK		_BITUL(9)  /* LOOKUP: is no use and is not counted */

/**
 * struct ttlmap_op - one operation
 * @op: TTLMAP_OP_*
 * @flags: as the operation knows them
 * @key: the key's address
 * @value: the value's address: where it is (UPDATE) or goes (LOOKUP, POP)
 * @key_len: bytes of the key, 1 to the map's key_max
 * @value_len: UPDATE: bytes of the value, 0 to the map's value_max; LOOKUP, POP:
 *	room at @value on the way in, the length of the value on the way out
 * @ttl_ns: TTL from now on, 0 for the map's default, TTLMAP_TTL_NEVER for an
 *	entry that does not expire; LOOKUP, POP, TOUCH: what is left of it is
 *	returned (TTLMAP_TTL_NEVER if it does not expire)
 * @result: returned: 0 or a negative errno, the same as the call's own result
 *	when the operation is not part of a batch
 * @arg_len: with TTLMAP_IF_VALUE: bytes at @arg
 * @version: with TTLMAP_IF_VERSION: the version that is expected; returned in
 *	maps with TTLMAP_F_VERSIONS: the entry's version
 * @arg: with TTLMAP_IF_VALUE: address of the value that is expected; ADD: what
 *	to add on the way in, the sum on the way out
 *
 * What an operation has no use for must be zero, but for what it returns. An
 * expired entry is as good as gone for all of them, from the instant it expires.
 *
 * LOOKUP
 *	Copies the value out. Counts as a use (LRU, TTLMAP_F_SLIDING). With
 *	TTLMAP_TTL_REFRESH the TTL starts anew (needs write permission), with
 *	TTLMAP_TTL_EXTEND beside it only if it gets longer thereby; an entry that
 *	goes between the two is returned with what it had left. With TTLMAP_PEEK,
 *	which goes with no other flag, it is no use, and counts neither as hit nor
 *	as miss.
 *	Errors: ENOENT; EMSGSIZE (the value is longer than the room: nothing is
 *	copied, @value_len and @ttl_ns are returned); ERANGE.
 * UPDATE
 *	Inserts or replaces, atomically: readers see the old entry or the new
 *	one. By default the TTL starts anew at each write. TTLMAP_NEW and
 *	TTLMAP_EXISTING contradict each other; so do TTLMAP_TTL_KEEP and
 *	TTLMAP_TTL_EXTEND. With TTLMAP_IF_VALUE or TTLMAP_IF_VERSION it is a
 *	compare-and-swap, which never inserts; that of a counter changes it where
 *	it is and does not go with TTLMAP_OWNED. TTLMAP_OWNED binds the entry to
 *	this descriptor (maps with TTLMAP_F_OWNERS); when the last duplicate of
 *	the descriptor is closed, however that happens, the entry goes.
 *	Errors: EEXIST, ENOENT, ECANCELED (@version is returned), ENOSPC,
 *	ENOMEM, EDQUOT, ERANGE, EROFS.
 * DELETE
 *	Takes TTLMAP_IF_VALUE, TTLMAP_IF_VERSION and TTLMAP_IF_EXPIRED; the
 *	latter removes what has expired and answers ECANCELED for what has not.
 *	A counter may change while it is removed: no TTLMAP_IF_VALUE for those.
 *	Errors: ENOENT, ECANCELED, EROFS.
 * TOUCH
 *	Gives an entry a new TTL without reading it; counts as a use. Takes
 *	TTLMAP_TTL_EXTEND.
 *	Errors: ENOENT, ERANGE.
 * POP
 *	Looks up and deletes: of all who pop an entry exactly one gets it. That
 *	of a counter waits for an RCU grace period, so that it misses no addition;
 *	one whose @value is unmapped meanwhile is gone, and EFAULT the answer.
 *	Needs read and write permission.
 *	Errors: as LOOKUP; EROFS.
 * ADD
 *	Adds @arg to a counter, modulo 2^64, and returns the sum. A counter that
 *	is not there starts at zero with @ttl_ns; one that is keeps its expiry
 *	and is changed without a lock. Only in maps with TTLMAP_F_COUNTERS.
 *	Takes TTLMAP_EXISTING and TTLMAP_OWNED. Needs read and write permission.
 *	Errors: ENOENT, ENOSPC, ENOMEM, EDQUOT, ERANGE, EROFS.
 * CLEAR
 *	Removes all entries that are there when it begins, in small steps. Takes
 *	no key.
 *	Errors: EROFS; EINTR (some are gone).
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
	__u32 arg_len;
	__u64 version;
	__u64 arg;
};

/**
 * struct ttlmap_batch - many operations in one call
 * @ops: array of struct ttlmap_op
 * @count: how many, at most TTLMAP_BATCH_MAX
 * @op_size: sizeof(struct ttlmap_op) as the caller knows it
 * @done: returned: how many were carried out, from the first on
 * @flags: zero
 *
 * Operations are carried out one after the other, though they and their keys may
 * be read up to 16 operations ahead; each one's outcome is in its own @result, and
 * one that fails does not stop the others.  The call itself returns 0 if anything
 * was carried out: @done falls short of @count when a signal arrived or @ops could
 * not be read or written further.  A descriptor not opened for what an operation
 * needs gives that operation EBADF.
 * Errors: EINTR, EFAULT (nothing was carried out), E2BIG, EINVAL, ENOMEM.
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
 * @key_len: bytes of the key, which is at @head
 * @value_len: bytes of the value, which follows the key at the next multiple
 *	of 8; with TTLMAP_SCAN_KEYS the length is given but the value is not
 * @flags: TTLMAP_RECORD_*
 * @ttl_ns: what is left of the TTL, or TTLMAP_TTL_NEVER
 * @version: of the entry, in maps with TTLMAP_F_VERSIONS; else 0
 * @idle_ns: since it was last used, as the LRU knows it: see "ages" in
 *	Documentation/ABI/testing/debugfs-ttlmap
 * @owner: who wrote it last, by the number that debugfs lists in "owners"
 * @head: bytes of this structure as the kernel knows it, a multiple of 8; what
 *	the caller knows beyond them is not there
 */
struct ttlmap_record {
	__u32 size;
	__u32 key_len;
	__u32 value_len;
	__u32 flags;
	__u64 ttl_ns;
	__u64 version;
	__u64 idle_ns;
	__u32 owner;
	__u32 head;
};

#define TTLMAP_RECORD_READ	_BITUL(0)	/* was looked up since it was written */

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

/* What TTLMAP_IOC_TUNE changes. */
#define TTLMAP_TUNE_ENTRIES	_BITUL(0)	/* max_entries */
#define TTLMAP_TUNE_BYTES	_BITUL(1)	/* max_bytes */
#define TTLMAP_TUNE_TTL		_BITUL(2)	/* default_ttl_ns */
#define TTLMAP_TUNE_MIN_TTL	_BITUL(3)	/* min_ttl_ns */
#define TTLMAP_TUNE_MAX_TTL	_BITUL(4)	/* max_ttl_ns */
#define TTLMAP_TUNE_JITTER	_BITUL(5)	/* jitter_ns */
#define TTLMAP_TUNE_FLAGS	_BITUL(6)	/* flags */
#define TTLMAP_TUNE_ALARMS	_BITUL(7)	/* alarms */

/* Signs of a leak, of which a map gives alarm. */
#define TTLMAP_ALARM_GROWTH	0
#define TTLMAP_ALARM_UNREAD	1
#define TTLMAP_ALARM_OWNER	2
#define TTLMAP_ALARM_STALE	3
#define TTLMAP_ALARM_OVERDUE	4
#define TTLMAP_ALARM_RETIRED	5
#define TTLMAP_ALARM_COLLISIONS	6
#define TTLMAP_ALARMS		7

#define TTLMAP_ALARM_NEVER	(~0ULL)		/* a threshold that is not reached */

/**
 * struct ttlmap_alarms - the thresholds from which a map gives alarm
 * @hits_percent: below this share of hits among lookups growth is a leak (1)
 * @window_ns: over which growth is measured (100 s at the usual rate of samples);
 *	0 is the default
 * @threshold: by TTLMAP_ALARM_*, in the unit of the rule; 0 is the default, in
 *	parentheses.  Last, as there may be more rules one day.
 *
 * Maps are sampled every 10 s (the module's parameter sample_ms). A rule that
 * holds for three samples in a row raises its alarm; the alarm ends when its
 * figure has been below three quarters of the threshold for three samples. What
 * is counted in bytes needs 1 MiB of them.
 *
 * GROWTH
 *	percent by which the bytes of entries grew in the window, and in the one
 *	before (10): while they still grow, the share of hits is under
 *	@hits_percent, in the window and since the map was made, and what is removed
 *	is less than half of what is inserted. Of a map that inserts only what was
 *	missed, a thousand lookups are looked at first.
 * UNREAD
 *	percent of the bytes that were not read since they were written, all over
 *	the window (90): while they became more in it and in the one before, still
 *	do, and an eighth more is inserted than lookups have missed.
 * OWNER
 *	percent of the bytes that one descriptor wrote, of three or more that write
 *	(50): if three quarters of them were not read since, and these become more
 *	from sample to sample.
 * STALE
 *	percent of the bytes that have expired and are not reclaimed (25).
 * OVERDUE
 *	ns for which the oldest of them has been stale (10 s).
 * RETIRED
 *	percent of resident bytes that wait for an RCU grace period (50).
 * COLLISIONS
 *	entries evicted between two samples because their hashes collide (100).
 */
struct ttlmap_alarms {
	__u64 hits_percent;
	__u64 window_ns;
	__u64 threshold[TTLMAP_ALARMS];
};

/**
 * struct ttlmap_tune - change the limits of a live map
 * @what: TTLMAP_TUNE_*: which of the following count; the others must be zero
 * @flags: TTLMAP_F_NO_EVICT and TTLMAP_F_REQUIRE_TTL as they shall be from now
 *	on; the others as they are
 * @max_entries: as in struct ttlmap_create
 * @max_bytes: as in struct ttlmap_create
 * @default_ttl_ns: as in struct ttlmap_create
 * @min_ttl_ns: as in struct ttlmap_create
 * @max_ttl_ns: as in struct ttlmap_create
 * @jitter_ns: as in struct ttlmap_create
 * @alarms: when the map gives alarm; last, as it may grow
 *
 * All of it or nothing. TTLs of entries that are there stay. @alarms replaces all
 * thresholds at once, also those of a frozen map. A map that holds
 * more than its new capacity is evicted down to it in the background, in small
 * steps; inserts meanwhile evict for themselves. If it does not evict: ENOSPC. A
 * TTLMAP_F_PREALLOC map does not grow beyond what it was made for (EINVAL).
 *
 * Needs write permission and the owner of the map, or CAP_FOWNER.
 * Errors: EINVAL, ERANGE, ENOSPC, EROFS, EPERM, EBADF.
 */
struct ttlmap_tune {
	__u32 what;
	__u32 flags;
	__u64 max_entries;
	__u64 max_bytes;
	__u64 default_ttl_ns;
	__u64 min_ttl_ns;
	__u64 max_ttl_ns;
	__u64 jitter_ns;
	struct ttlmap_alarms alarms;
};

/**
 * struct ttlmap_freeze - fix the set of keys for good
 * @flags: zero
 * @__reserved: zero
 *
 * From then on values change (UPDATE, ADD) and so do TTLs, but no key comes or
 * goes: what would make one come or go answers EROFS. An entry that expires
 * becomes unreadable, but a new value or TTL brings it back; it is not removed
 * and counts as stale. The end of an owner does not remove its entries any more.
 *
 * Needs write permission and the owner of the map, or CAP_FOWNER.
 * Errors: EINVAL, EPERM, EBADF.
 */
struct ttlmap_freeze {
	__u32 flags;
	__u32 __reserved;
};

/* What is told to those who listen. */
#define TTLMAP_EVENT_EXPIRED	1	/* its time was over */
#define TTLMAP_EVENT_EVICTED	2	/* for want of room */
#define TTLMAP_EVENT_DELETED	3	/* by DELETE */
#define TTLMAP_EVENT_REPLACED	4	/* by an UPDATE; the value is the old one */
#define TTLMAP_EVENT_POPPED	5	/* by POP */
#define TTLMAP_EVENT_OWNER_GONE	6	/* the descriptor it was bound to was closed */
#define TTLMAP_EVENT_CLEARED	7	/* by CLEAR */
#define TTLMAP_EVENT_ALARM	8	/* the value is a struct ttlmap_alarm */

#define TTLMAP_EVENT_VALUE_MAX	4096	/* bytes; longer values are left out */
#define TTLMAP_LISTEN_BYTES_MAX	16777216

#define TTLMAP_LISTEN_KEYS	_BITUL(0)	/* leave the values out */

/**
 * struct ttlmap_listen - be told of entries that go, and of alarms
 * @events: which, the bit 1 << TTLMAP_EVENT_* for each
 * @flags: TTLMAP_LISTEN_*
 * @bytes: how much may wait to be read, up to TTLMAP_LISTEN_BYTES_MAX; rounded up
 *	to a power of two from 8192 on; 0 for 65536
 * @__reserved: zero
 *
 * From then on read() of this descriptor returns struct ttlmap_event, as many as
 * fit and at least one; it waits for the first unless O_NONBLOCK is set. poll()
 * says EPOLLIN, and EPOLLPRI if an alarm is among them. What goes while there is
 * no room is not told of but counted. The events of a key come in the order in
 * which they happened. Listening ends with the last duplicate of the descriptor;
 * it cannot be changed.
 *
 * The memory is part of the map's table_bytes. Needs read permission.
 * Errors: EINVAL, E2BIG, EBUSY (listens already), ENOMEM, EBADF. Those of read():
 * EINVAL (does not listen), EMSGSIZE (not even the next event fits), EAGAIN,
 * EFAULT, EINTR.
 */
struct ttlmap_listen {
	__u32 events;
	__u32 flags;
	__u32 bytes;
	__u32 __reserved;
};

#define TTLMAP_EVENT_NO_VALUE	_BITUL(0)	/* the value is left out */

/**
 * struct ttlmap_event - what happened, as read() of a descriptor that listens
 * @size: bytes from this event to the next, a multiple of 8
 * @event: TTLMAP_EVENT_*
 * @key_len: bytes of the key, which is at @head
 * @value_len: bytes of the value, which follows the key at the next multiple of
 *	8, unless @flags say that it is left out
 * @flags: TTLMAP_EVENT_NO_VALUE
 * @head: bytes of this structure as the kernel knows it, a multiple of 8; what
 *	the reader knows beyond them is not there
 * @at_ns: when, CLOCK_BOOTTIME
 * @idle_ns: how long the entry had not been used
 * @dropped: events before this one for which there was no room
 *
 * The value of a counter is what it was when it was unlinked; additions that were
 * under way may be missing.
 */
struct ttlmap_event {
	__u32 size;
	__u32 event;
	__u32 key_len;
	__u32 value_len;
	__u32 flags;
	__u32 head;
	__u64 at_ns;
	__u64 idle_ns;
	__u64 dropped;
};

/**
 * struct ttlmap_alarm - the value of a TTLMAP_EVENT_ALARM, which has no key
 * @rule: TTLMAP_ALARM_*
 * @on: 1 when it is raised, 0 when it ends
 * @figure: what was measured, in the unit of the rule
 * @threshold: that it had to reach
 * @owner_share: percent of the bytes of entries that were written by the
 *	descriptor that wrote most
 * @owner_id: its number in the map; 0 if there is none
 * @owner_pid: of the process that opened it, in the init namespace; 0 for a module
 * @__reserved: zero
 * @owner_command: the process's or module's name, padded with zeros
 */
struct ttlmap_alarm {
	__u32 rule;
	__u32 on;
	__u64 figure;
	__u64 threshold;
	__u32 owner_share;
	__u32 owner_id;
	__u32 owner_pid;
	__u32 __reserved;
	__u8 owner_command[32];
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
 * @jitter_ns: as at creation
 * @frozen: 1 if it is frozen
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
 * @table_bytes: segments, directory, and the map's own structures; in maps
 *	with TTLMAP_F_PREALLOC also the memory for entries that is not in use
 * @owned_entries: bound to some descriptor
 * @my_entries: bound to the descriptor that asks
 * @my_bytes: their memory
 *
 * Counts since the map was made.
 *
 * @hits: LOOKUP and POP that found their key
 * @misses: LOOKUP and POP that did not
 * @inserts: updates of keys that were not there
 * @replaces: updates of keys that were
 * @deletes: entries removed by DELETE
 * @popped: entries removed by POP
 * @cleared: entries removed by CLEAR
 * @evicted: entries evicted because the map was full, or tuned down
 * @reclaimed: entries evicted because the kernel was short of memory
 * @expired: expired entries removed
 * @owner_gone: entries removed because their descriptor was closed
 * @collision_evicted: entries evicted because too many hashes were alike
 * @touches: TTLs changed by TOUCH or LOOKUP
 * @adds: additions to counters that were there
 * @canceled: operations whose condition did not hold
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
 *
 * Use.
 *
 * @unread_bytes: entries that no LOOKUP or ADD has found since they were written
 *
 * Alarms.
 *
 * @alarms: how many alarms are on
 * @alarms_raised: how many have been raised since the map was made
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
	__u64 jitter_ns;
	__u64 frozen;
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
	__u64 owned_entries;
	__u64 my_entries;
	__u64 my_bytes;
	__u64 hits;
	__u64 misses;
	__u64 inserts;
	__u64 replaces;
	__u64 deletes;
	__u64 popped;
	__u64 cleared;
	__u64 evicted;
	__u64 reclaimed;
	__u64 expired;
	__u64 owner_gone;
	__u64 collision_evicted;
	__u64 touches;
	__u64 adds;
	__u64 canceled;
	__u64 refused;
	__u64 no_memory;
	__u64 segments;
	__u64 directory_slots;
	__u64 splits;
	__u64 merges;
	__u64 directory_resizes;
	__u64 retire_waits;
	__u64 expire_lag_max_ns;
	__u64 unread_bytes;
	__u64 alarms;
	__u64 alarms_raised;
};

/* On /dev/ttlmap. */
#define TTLMAP_IOC_CREATE	_IOW(TTLMAP_IOC_MAGIC, 0x00, struct ttlmap_create)
#define TTLMAP_IOC_OPEN		_IOW(TTLMAP_IOC_MAGIC, 0x01, struct ttlmap_open)
#define TTLMAP_IOC_UNLINK	_IOW(TTLMAP_IOC_MAGIC, 0x02, struct ttlmap_unlink)
#define TTLMAP_IOC_LIST		_IOWR(TTLMAP_IOC_MAGIC, 0x03, struct ttlmap_list)

/* On a map. Operations come as TTLMAP_IOC_OP or in a batch. */
#define TTLMAP_IOC_OP		_IOWR(TTLMAP_IOC_MAGIC, 0x20, struct ttlmap_op)
#define TTLMAP_IOC_BATCH	_IOWR(TTLMAP_IOC_MAGIC, 0x21, struct ttlmap_batch)
#define TTLMAP_IOC_SCAN		_IOWR(TTLMAP_IOC_MAGIC, 0x22, struct ttlmap_scan)
#define TTLMAP_IOC_STAT		_IOR(TTLMAP_IOC_MAGIC, 0x23, struct ttlmap_stat)
#define TTLMAP_IOC_TUNE		_IOW(TTLMAP_IOC_MAGIC, 0x24, struct ttlmap_tune)
#define TTLMAP_IOC_FREEZE	_IOW(TTLMAP_IOC_MAGIC, 0x25, struct ttlmap_freeze)
#define TTLMAP_IOC_LISTEN	_IOW(TTLMAP_IOC_MAGIC, 0x26, struct ttlmap_listen)

#endif /* _UAPI_LINUX_TTLMAP_H */
