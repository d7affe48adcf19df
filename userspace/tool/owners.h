/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_OWNERS_H
#define TOOL_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct owner - a descriptor, or a kernel module, that wrote what is resident
 * @id: number within the map, 0 for all that are not told apart
 * @pid: of the process that opened it, 0 for a kernel module
 * @uid: its user
 * @gone: it is closed, and entries of it remain
 * @entries: resident, written last by it
 * @bytes: of these
 * @read_bytes: of these, what has been read since it was written
 * @unexpiring_entries: entries that never expire
 * @hits: lookups through it that found their key
 * @inserts: updates through it
 * @command: of the process, or the module's name, printable
 */
struct owner {
	uint64_t id;
	uint64_t pid;
	uint64_t uid;
	bool gone;
	uint64_t entries;
	uint64_t bytes;
	uint64_t read_bytes;
	uint64_t unexpiring_entries;
	uint64_t hits;
	uint64_t inserts;
	char command[72];
};

/**
 * struct owners - all of them
 * @owner: the one with the most bytes first
 * @count: how many
 */
struct owners {
	struct owner *owner;
	size_t count;
};

/* Reads a map's file of this name in debugfs.  Returns -1 with errno. */
int owners_read(FILE *file, struct owners *owners);
void owners_free(struct owners *owners);

/* Bytes of all of them. */
uint64_t owners_bytes(const struct owners *owners);

#endif /* TOOL_OWNERS_H */
