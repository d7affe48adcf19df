/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_HANDLE_H
#define TOOL_HANDLE_H

/**
 * struct handle - a map that is open
 * @name: of the map
 * @flags: TTLMAP_F_*, which say how keys and values are written and read
 * @fd: its descriptor
 */
struct handle {
	const char *name;
	unsigned int flags;
	int fd;
};

/* TTLMAP_OPEN_*.  Returns 0, or EXIT_TROUBLE with a message. */
int handle_open(struct handle *handle, const char *name, unsigned int how);
void handle_close(const struct handle *handle);

/*
 * Refuses what needs a kind of map that this one is not.  Returns 0, or
 * EXIT_TROUBLE with a message.
 */
int handle_needs(const struct handle *handle, unsigned int flag);

#endif /* TOOL_HANDLE_H */
