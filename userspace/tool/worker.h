/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_WORKER_H
#define TOOL_WORKER_H

#include <stdatomic.h>
#include <stdint.h>

#include "histogram.h"
#include "stream.h"

/**
 * struct plan - what the processes of a replay are to do
 * @map: name of the map
 * @stream: the requests
 * @repeat: how often to go through them
 * @ttl_ns: TTL of what is inserted, unless a request has its own; 0 for the
 *	map's default
 * @value_size: bytes of a value, unless a request has its own
 * @value_room: bytes of the longest value
 * @request_sizes: sizes of requests count
 * @fetch_ns: how long the slow source takes
 */
struct plan {
	const char *map;
	const struct stream *stream;
	uint64_t repeat;
	uint64_t ttl_ns;
	uint32_t value_size;
	uint32_t value_room;
	_Bool request_sizes;
	uint64_t fetch_ns;
};

/**
 * struct tally - what a process has done; written by it alone
 * @requests: lookups
 * @hits: that found their key
 * @refused: values that the map had no room for (it does not evict)
 * @lookups: time of each lookup
 * @updates: time of each insertion
 */
struct tally {
	_Atomic uint64_t requests;
	_Atomic uint64_t hits;
	_Atomic uint64_t refused;
	struct histogram lookups;
	struct histogram updates;
};

/**
 * struct shared - memory that all processes of a replay share
 * @next: request to take next
 * @processes: how many there are
 * @tally: one for each
 */
struct shared {
	_Atomic uint64_t next;
	unsigned int processes;
	struct tally tally[];
};

/* Returns NULL and errno where there is no memory. */
struct shared *shared_new(unsigned int processes);
void shared_free(struct shared *shared);

/* Takes requests until there are none; returns what the process exits with. */
int worker_run(const struct plan *plan, struct shared *shared, struct tally *tally);

#endif /* TOOL_WORKER_H */
