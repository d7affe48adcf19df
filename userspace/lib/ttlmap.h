/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libttlmap: shared, bounded, expiring maps in the kernel
 *
 * A map is a file descriptor: close(2) lets go of it, and it may be passed on
 * like any other.  All functions are safe to call from several threads; an
 * iterator belongs to one thread at a time.  Nothing is cached between calls.
 *
 * What fails returns -1 (NULL for the functions that return a pointer) and sets
 * errno; its values are explained in <linux/ttlmap.h>, and ENODEV means that
 * the kernel module is not loaded.
 */
#ifndef TTLMAP_H
#define TTLMAP_H

#include <stddef.h>
#include <stdint.h>

#include <linux/ttlmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ttlmap_map_create() - make a map
 * @create: its limits and, unless it is anonymous, its name
 *
 * Return: a descriptor of the map, close-on-exec, for reading and writing.
 */
int ttlmap_map_create(const struct ttlmap_create *create);

/**
 * ttlmap_map_open() - open a map by its name
 * @name: of the map
 * @flags: TTLMAP_OPEN_READ, TTLMAP_OPEN_WRITE or both
 *
 * Return: a descriptor of the map, close-on-exec.
 */
int ttlmap_map_open(const char *name, unsigned int flags);

/**
 * ttlmap_map_unlink() - remove the name of a map
 * @name: of the map
 *
 * The map itself goes when its last descriptor is closed.
 *
 * Return: 0.
 */
int ttlmap_map_unlink(const char *name);

/**
 * ttlmap_map_stat() - what a map is, holds and did
 * @fd: the map
 * @stat: filled in; what an older kernel does not know is zero
 *
 * Return: 0.
 */
int ttlmap_map_stat(int fd, struct ttlmap_stat *stat);

/**
 * ttlmap_map_tune() - change the limits of a live map
 * @fd: the map, open for writing
 * @tune: what to change: a bit in its what for each value that counts
 *
 * All of it or nothing.  Only the owner of the map, or a process with
 * CAP_FOWNER, may do it.
 *
 * Return: 0.
 */
int ttlmap_map_tune(int fd, const struct ttlmap_tune *tune);

/**
 * ttlmap_map_freeze() - fix the set of keys of a map for good
 * @fd: the map, open for writing
 *
 * From then on values and TTLs change, but no key comes or goes.  Only the owner
 * of the map, or a process with CAP_FOWNER, may do it.
 *
 * Return: 0.
 */
int ttlmap_map_freeze(int fd);

/**
 * ttlmap_map_clear() - remove all entries that are there
 * @fd: the map, open for writing
 *
 * Return: 0; -1 and EINTR if a signal arrived, when some are gone.
 */
int ttlmap_map_clear(int fd);

/**
 * ttlmap_map_listen() - be told of entries that go, and of alarms
 * @fd: the map, open for reading
 * @events: which, the bit 1 << TTLMAP_EVENT_* for each
 * @flags: 0 or TTLMAP_LISTEN_KEYS
 * @bytes: how much may wait to be read, 0 for 65536
 *
 * From then on read(2) of @fd returns struct ttlmap_event, and poll(2) says when.
 *
 * Return: 0; -1 and EBUSY if @fd listens already.
 */
int ttlmap_map_listen(int fd, uint32_t events, unsigned int flags, uint32_t bytes);

/**
 * ttlmap_map_batch() - carry out several operations in one call
 * @fd: the map
 * @ops: the operations; each one's outcome is in its own result
 * @count: how many
 * @done: how many were carried out, from the first on; short of @count if a
 *	signal arrived
 *
 * Return: 0 if anything was carried out, whether it succeeded or not.
 */
int ttlmap_map_batch(int fd, struct ttlmap_op *ops, uint32_t count,
		     uint32_t *done);

/**
 * ttlmap_lookup() - copy the value of a key
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 * @value: where the value goes
 * @value_len: room at @value on the way in, length of the value on the way out,
 *	also when EMSGSIZE says that the room was too small
 * @ttl_ns: unless NULL, what is left of the TTL (or TTLMAP_TTL_NEVER)
 * @version: unless NULL, the version of the entry, 0 in maps without versions
 *
 * Return: 0; -1 and ENOENT where there is no such key.
 */
int ttlmap_lookup(int fd, const void *key, size_t key_len,
		  void *value, size_t *value_len,
		  uint64_t *ttl_ns, uint64_t *version);

/**
 * ttlmap_peek() - copy the value of a key without using it
 *
 * As ttlmap_lookup(), but it is no use (LRU, sliding TTL), and neither a hit nor
 * a miss.
 */
int ttlmap_peek(int fd, const void *key, size_t key_len,
		void *value, size_t *value_len,
		uint64_t *ttl_ns, uint64_t *version);

/**
 * ttlmap_lookup_refresh() - copy the value of a key, whose TTL starts anew
 * @fd: the map, open for reading and writing
 * @key: the key
 * @key_len: its bytes
 * @value: as for ttlmap_lookup()
 * @value_len: as for ttlmap_lookup()
 * @ttl_ns: TTL from now on, 0 for the map's default, or TTLMAP_TTL_NEVER
 * @flags: 0, or TTLMAP_TTL_EXTEND: only if it gets longer thereby
 * @left_ns: unless NULL, what is left of the TTL then
 * @version: as for ttlmap_lookup()
 *
 * Return: 0; -1 and ENOENT where there is no such key.
 */
int ttlmap_lookup_refresh(int fd, const void *key, size_t key_len,
			  void *value, size_t *value_len,
			  uint64_t ttl_ns, unsigned int flags,
			  uint64_t *left_ns, uint64_t *version);

/**
 * ttlmap_pop() - copy the value of a key and delete it
 *
 * As ttlmap_lookup(), but of all who pop an entry exactly one gets it.  What does
 * not fit (EMSGSIZE) stays.  The map must be open for reading and writing.
 */
int ttlmap_pop(int fd, const void *key, size_t key_len,
	       void *value, size_t *value_len,
	       uint64_t *ttl_ns, uint64_t *version);

/**
 * ttlmap_update() - insert or replace an entry
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 * @value: the value
 * @value_len: its bytes
 * @ttl_ns: TTL from now on, 0 for the map's default, or TTLMAP_TTL_NEVER
 * @flags: TTLMAP_NEW, TTLMAP_EXISTING, TTLMAP_TTL_KEEP, TTLMAP_TTL_EXTEND;
 *	TTLMAP_OWNED: the entry goes when @fd and all its duplicates are closed
 * @version: unless NULL, the version that the entry has now, 0 in maps without
 *	versions
 *
 * Return: 0.
 */
int ttlmap_update(int fd, const void *key, size_t key_len,
		  const void *value, size_t value_len,
		  uint64_t ttl_ns, unsigned int flags, uint64_t *version);

/**
 * ttlmap_cas_value() - replace an entry if its value is the one expected
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 * @expected: the value that it must have
 * @expected_len: its bytes
 * @value: the new value
 * @value_len: its bytes
 * @ttl_ns: as for ttlmap_update()
 * @flags: as for ttlmap_update(), but not TTLMAP_NEW, nor TTLMAP_OWNED
 *	in maps of counters
 * @version: unless NULL, the version that the entry has then, whether it was
 *	replaced or not; 0 in maps without versions
 *
 * Return: 0; -1 and ENOENT where there is no such key, ECANCELED where the value
 * is another one.
 */
int ttlmap_cas_value(int fd, const void *key, size_t key_len,
		     const void *expected, size_t expected_len,
		     const void *value, size_t value_len,
		     uint64_t ttl_ns, unsigned int flags, uint64_t *version);

/**
 * ttlmap_cas_version() - replace an entry if its version is the one expected
 * @fd: the map, made with TTLMAP_F_VERSIONS
 * @key: the key
 * @key_len: its bytes
 * @version: the version that it must have on the way in, the one that it has
 *	then on the way out, whether it was replaced or not
 * @value: the new value
 * @value_len: its bytes
 * @ttl_ns: as for ttlmap_update()
 * @flags: as for ttlmap_update(), but not TTLMAP_NEW
 *
 * Return: 0; -1 and ENOENT where there is no such key, ECANCELED where the version
 * is another one.
 */
int ttlmap_cas_version(int fd, const void *key, size_t key_len,
		       uint64_t *version,
		       const void *value, size_t value_len,
		       uint64_t ttl_ns, unsigned int flags);

/**
 * ttlmap_add() - add to a counter
 * @fd: the map, made with TTLMAP_F_COUNTERS, open for reading and writing
 * @key: the key
 * @key_len: its bytes
 * @by: how much, modulo 2^64
 * @ttl_ns: TTL of a counter that is not there yet, as for ttlmap_update(); one
 *	that is keeps its expiry
 * @flags: TTLMAP_EXISTING: do not start a counter that is not there;
 *	TTLMAP_OWNED: as for ttlmap_update()
 * @sum: unless NULL, the value of the counter after that
 *
 * Return: 0; -1 and ENOENT with TTLMAP_EXISTING where there is no such key.
 */
int ttlmap_add(int fd, const void *key, size_t key_len, uint64_t by,
	       uint64_t ttl_ns, unsigned int flags, uint64_t *sum);

/**
 * ttlmap_touch() - give an entry a new TTL without reading it
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 * @ttl_ns: TTL from now on, 0 for the map's default, or TTLMAP_TTL_NEVER
 * @flags: 0, or TTLMAP_TTL_EXTEND: only if it gets longer thereby
 * @left_ns: unless NULL, what is left of the TTL then
 * @version: unless NULL, the version of the entry, 0 in maps without versions
 *
 * Return: 0; -1 and ENOENT where there is no such key.
 */
int ttlmap_touch(int fd, const void *key, size_t key_len,
		 uint64_t ttl_ns, unsigned int flags,
		 uint64_t *left_ns, uint64_t *version);

/**
 * ttlmap_delete() - remove an entry
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 *
 * Return: 0; -1 and ENOENT where there is no such key.
 */
int ttlmap_delete(int fd, const void *key, size_t key_len);

/**
 * ttlmap_delete_if_value() - remove an entry if its value is the one expected
 * @fd: the map, which must not be one of counters
 * @key: the key
 * @key_len: its bytes
 * @expected: the value that it must have
 * @expected_len: its bytes
 * @version: unless NULL, the version that it had, 0 in maps without versions
 *
 * Return: 0; -1 and ENOENT where there is no such key, ECANCELED where the value
 * is another one.
 */
int ttlmap_delete_if_value(int fd, const void *key, size_t key_len,
			   const void *expected, size_t expected_len,
			   uint64_t *version);

/**
 * ttlmap_delete_if_version() - remove an entry if its version is the one expected
 * @fd: the map, made with TTLMAP_F_VERSIONS
 * @key: the key
 * @key_len: its bytes
 * @version: the version that it must have on the way in, the one that it had on
 *	the way out
 *
 * Return: 0; -1 and ENOENT where there is no such key, ECANCELED where the version
 * is another one.
 */
int ttlmap_delete_if_version(int fd, const void *key, size_t key_len,
			     uint64_t *version);

/**
 * ttlmap_delete_if_expired() - remove an entry if it has expired
 * @fd: the map
 * @key: the key
 * @key_len: its bytes
 *
 * The kernel removes what has expired by itself; this is for those who must know
 * that an entry is gone and has not been refreshed meanwhile.
 *
 * Return: 0; -1 and ENOENT where there is no such key (any more), ECANCELED where
 * it has not expired.
 */
int ttlmap_delete_if_expired(int fd, const void *key, size_t key_len);

/**
 * struct ttlmap_entry - an entry as a scanner returns it
 * @key: the key, aligned to 8, valid until the scanner is used again
 * @key_len: its bytes
 * @value: the value, aligned to 8; NULL with TTLMAP_SCAN_KEYS
 * @value_len: its bytes, also with TTLMAP_SCAN_KEYS
 * @ttl_ns: what is left of the TTL, or TTLMAP_TTL_NEVER
 * @version: of the entry, 0 in maps without versions
 * @idle_ns: since it was last used, as struct ttlmap_record has it
 * @owner: who wrote it last, a number as in struct ttlmap_record
 * @flags: TTLMAP_RECORD_*
 */
struct ttlmap_entry {
	const void *key;
	size_t key_len;
	const void *value;
	size_t value_len;
	uint64_t ttl_ns;
	uint64_t version;
	uint64_t idle_ns;
	uint32_t owner;
	uint32_t flags;
};

struct ttlmap_scanner;

/**
 * ttlmap_scanner_new() - begin to read all entries of a map
 * @fd: the map, which must stay open as long as the scanner is used
 * @flags: 0 or TTLMAP_SCAN_KEYS
 *
 * An entry that is present from the start to the end of the scan is returned
 * exactly once, however the map changes meanwhile.
 *
 * Return: the scanner, for ttlmap_scanner_free().
 */
struct ttlmap_scanner *ttlmap_scanner_new(int fd, unsigned int flags);

/**
 * ttlmap_scanner_next() - the next entry
 * @scanner: the scanner, whose buffer grows as large entries need it
 * @entry: filled in
 *
 * After a failure the call may be repeated: the scan goes on where it stopped.
 *
 * Return: 1 with an entry, 0 at the end.
 */
int ttlmap_scanner_next(struct ttlmap_scanner *scanner,
			struct ttlmap_entry *entry);

/**
 * ttlmap_scanner_free() - end a scan
 * @scanner: the scanner, or NULL
 */
void ttlmap_scanner_free(struct ttlmap_scanner *scanner);

struct ttlmap_lister;

/**
 * ttlmap_lister_new() - begin to list the named maps of this network namespace
 *
 * Return: the lister, for ttlmap_lister_free().
 */
struct ttlmap_lister *ttlmap_lister_new(void);

/**
 * ttlmap_lister_next() - the next named map, in the order of their ids
 * @lister: the lister
 * @item: filled in
 *
 * Return: 1 with a map, 0 at the end.
 */
int ttlmap_lister_next(struct ttlmap_lister *lister,
		       struct ttlmap_list_item *item);

/**
 * ttlmap_lister_free() - end a list
 * @lister: the lister, or NULL
 */
void ttlmap_lister_free(struct ttlmap_lister *lister);

#ifdef __cplusplus
}
#endif

#endif /* TTLMAP_H */
