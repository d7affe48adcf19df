/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_OCCUPANCY_H
#define TOOL_OCCUPANCY_H

#include <stdint.h>
#include <stdio.h>

struct json_object;

#define BUCKET_SLOTS 6
#define SEGMENT_TENS 10
#define PROBES 15

/**
 * struct occupancy - how the entries of a map lie in its table
 * @bucket_slots: buckets by used slots
 * @segment_entries: segments by entries, in tens
 * @probe_length: entries by the distance from their home bucket
 * @load_percent: used slots of all
 */
struct occupancy {
	uint64_t bucket_slots[BUCKET_SLOTS + 1];
	uint64_t segment_entries[SEGMENT_TENS];
	uint64_t probe_length[PROBES];
	double load_percent;
};

/*
 * Reads a map's file of this name in debugfs, where it has lines that are not
 * known here as well.  Returns -1 with errno, EPROTO for figures that no table
 * can have.
 */
int occupancy_read(FILE *file, struct occupancy *occupancy);

void occupancy_print(const struct occupancy *occupancy);
struct json_object *json_occupancy(const struct occupancy *occupancy);

#endif /* TOOL_OCCUPANCY_H */
