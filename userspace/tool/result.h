/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_RESULT_H
#define TOOL_RESULT_H

#include <stdbool.h>

#include "ttlmap.h"
#include "worker.h"

/**
 * struct result - what came out of a replay
 * @plan: what was to be done
 * @processes: by how many
 * @elapsed_ns: how long it took
 * @requests: lookups
 * @hits: that found their key
 * @refused: values that the map had no room for
 * @lru_hits: hits of an exact LRU of the same capacity
 * @lookups: times of lookups
 * @updates: times of insertions
 * @before: figures of the map at the start
 * @after: and at the end
 */
struct result {
	const struct plan *plan;
	unsigned int processes;
	uint64_t elapsed_ns;
	uint64_t requests;
	uint64_t hits;
	uint64_t refused;
	uint64_t lru_hits;
	struct histogram lookups;
	struct histogram updates;
	struct ttlmap_stat before;
	struct ttlmap_stat after;
};

void result_print(const struct result *result);
void result_print_json(const struct result *result);

#endif /* TOOL_RESULT_H */
