/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map as simple as can be, which says what the real one has to answer, and what
 * must be in it afterwards. What it cannot know, which entry is evicted and when one
 * that has expired is removed, it learns by looking, and checks against the counts.
 */
#ifndef _MODEL_H
#define _MODEL_H

#include "core.h"

#define MODEL_KEYS	512
#define MODEL_OWNERS	2

/**
 * struct item - what the model knows of a key
 * @there: resident, expired or not
 * @fill: of which its value is made
 * @doomed: its owner has gone
 * @lapsed: it was expired and came back
 * @scanned: returned by the scan under way
 * @value_len: bytes of its value
 * @counter: its value in maps of counters
 * @expires: ns
 * @jitter: it may expire so much earlier, until it has been seen
 * @ttl: that a use starts anew
 * @version: as the map returned it
 * @used: the step of its last use
 * @came: the step of its insertion
 * @owner: to which it is bound, or NULL
 */
struct item {
	bool there;
	u8 fill;
	bool doomed;
	bool lapsed;
	bool scanned;
	u32 value_len;
	u64 counter;
	u64 expires;
	u64 jitter;
	u64 ttl;
	u64 version;
	u64 used;
	u64 came;
	struct tm_owner *owner;
};

/**
 * struct model - the model of a map
 * @map: the map
 * @owners: descriptors of it
 * @items: by number of the key
 * @seen: where the map has them, as last looked
 * @count: what the statistics must be, where the model can tell
 * @before: what they were when it last looked, where it cannot
 * @writes: inserts and replacements since it last looked
 * @step: number of the operation
 * @scan_began: step at which the scan under way began, or 0
 * @cursor: where that is
 * @tuned: limits were changed
 */
struct model {
	struct ttlmap *map;
	struct tm_owner *owners[MODEL_OWNERS];
	struct item items[MODEL_KEYS];
	struct tm_entry *seen[MODEL_KEYS];
	u64 count[TM_STATS];
	u64 before[TM_STATS];
	u64 writes;
	u64 step;
	u64 scan_began;
	u64 cursor;
	bool tuned;
};

/**
 * struct request - an operation on a key
 * @id: number of the key
 * @op: TTLMAP_OP_*
 * @flags: TTLMAP_*
 * @ttl: as in struct ttlmap_op
 * @fill: of which the value is made, or the one that is expected
 * @value_len: of the value, or room for it
 * @arg: what to add; or for conditions, whether to expect what is there
 * @owner: index of the descriptor
 */
struct request {
	unsigned int id;
	u32 op;
	u32 flags;
	u64 ttl;
	u8 fill;
	u32 value_len;
	u64 arg;
	unsigned int owner;
};

u32 model_key(const struct model *model, unsigned int id, u8 *key);
unsigned int model_id(const void *key);
void model_value(const struct model *model, unsigned int id, u8 fill, u8 *value, u32 len);
size_t model_bytes(const struct model *model, unsigned int id, u32 value_len);
bool model_live(const struct model *model, unsigned int id);
int model_expect(struct model *model, const struct request *request, u64 *sum);
void model_forget_all(struct model *model);
void model_look(struct model *model);

#endif /* _MODEL_H */
