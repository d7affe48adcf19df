// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* All entries of a map, a buffer at a time. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "device.h"
#include "op.h"
#include "ttlmap.h"

#define FIRST_ROOM (64 << 10)

struct ttlmap_scanner {
	int fd;
	__u32 flags;
	bool done;
	__u64 cursor;
	__u32 count;		/* records that are left at next */
	const char *next;
	char *buf;
	__u32 room;
};

static int resize(struct ttlmap_scanner *scanner, __u32 room)
{
	char *buf = realloc(scanner->buf, room);

	if (!buf)
		return -1;
	scanner->buf = buf;
	scanner->room = room;
	return 0;
}

TTLMAP_API struct ttlmap_scanner *ttlmap_scanner_new(int fd, unsigned int flags)
{
	struct ttlmap_scanner *scanner = calloc(1, sizeof(*scanner));

	if (!scanner)
		return NULL;
	scanner->fd = fd;
	scanner->flags = flags;
	if (resize(scanner, FIRST_ROOM)) {
		free(scanner);
		return NULL;
	}
	return scanner;
}

static int fill(struct ttlmap_scanner *scanner)
{
	struct ttlmap_scan scan = {
		.cursor = scanner->cursor,
		.buf = ttlmap_address(scanner->buf),
		.buf_len = scanner->room,
		.flags = scanner->flags,
	};

	if (ioctl(scanner->fd, TTLMAP_IOC_SCAN, &scan)) {
		/* The entry in the way may be gone by now, or another be larger. */
		if (errno == EMSGSIZE && scan.bytes > scanner->room)
			return resize(scanner, scan.bytes);
		return -1;
	}
	scanner->cursor = scan.cursor;
	scanner->count = scan.count;
	scanner->done = scan.done;
	scanner->next = scanner->buf;
	return 0;
}

static size_t align8(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

static void take(struct ttlmap_scanner *scanner, struct ttlmap_entry *entry)
{
	const struct ttlmap_record *record = (const void *)scanner->next;
	const char *key = (const char *)record + record->head;

	entry->key = key;
	entry->key_len = record->key_len;
	entry->value = scanner->flags & TTLMAP_SCAN_KEYS ?
		       NULL : key + align8(record->key_len);
	entry->value_len = record->value_len;
	entry->ttl_ns = record->ttl_ns;
	entry->version = record->version;
	entry->idle_ns = record->idle_ns;
	entry->owner = record->owner;
	entry->flags = record->flags;
	scanner->next += record->size;
	scanner->count--;
}

TTLMAP_API int ttlmap_scanner_next(struct ttlmap_scanner *scanner,
				   struct ttlmap_entry *entry)
{
	while (!scanner->count) {
		if (scanner->done)
			return 0;
		if (fill(scanner))
			return -1;
	}
	take(scanner, entry);
	return 1;
}

TTLMAP_API void ttlmap_scanner_free(struct ttlmap_scanner *scanner)
{
	if (!scanner)
		return;
	free(scanner->buf);
	free(scanner);
}
