/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_SURVEY_H
#define _TTLMAP_SURVEY_H

#include "map.h"

#define TM_FILL_STEPS	10	/* ranges of ten entries a segment */

/**
 * struct tm_occupancy - how the entries lie in the table
 * @bucket_slots: buckets by used slots
 * @segment_entries: segments by tens of entries
 * @probe_length: entries by the buckets between their home and where they are
 * @entries: all of them
 * @segments: all of them
 */
struct tm_occupancy {
	u64 bucket_slots[TM_BUCKET_SLOTS + 1];
	u64 segment_entries[TM_FILL_STEPS];
	u64 probe_length[TM_SEGMENT_BUCKETS];
	u64 entries;
	u64 segments;
};

/**
 * struct tm_stale - what has expired and is still there
 * @entries: how many
 * @bytes: as allocated
 * @oldest_ns: since the first of them expired
 */
struct tm_stale {
	u64 entries;
	u64 bytes;
	u64 oldest_ns;
};

/**
 * struct tm_growth - how the table has become what it is
 * @directory_slots: pointers in the directory
 * @segments: how many
 * @splits: so far
 * @merges: so far
 * @resizes: directories replaced so far
 * @at_depth: segments of each depth
 */
struct tm_growth {
	u64 directory_slots;
	u64 segments;
	u64 splits;
	u64 merges;
	u64 resizes;
	u32 at_depth[TM_DIR_BITS_MAX + 1];
};

u64 tm_survey_unread(struct ttlmap *map);
void tm_survey_stale(struct ttlmap *map, struct tm_stale *stale);
void tm_survey_growth(struct tm_table *table, struct tm_growth *growth);
void tm_survey_stat(struct ttlmap *map, struct ttlmap_stat *stat);
void tm_survey_occupancy(struct ttlmap *map, struct tm_occupancy *occupancy);

#endif /* _TTLMAP_SURVEY_H */
