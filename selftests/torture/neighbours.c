// SPDX-License-Identifier: GPL-2.0
/* Those who fill and empty maps around the keys of others, so that tables move. */
#include <errno.h>

#include "torture.h"

#define CROWD		12000ULL
#define CHUNK		512U

/* Keys in a row, in a batch; what succeeded is counted. */
static void batch(struct self *self, struct arena *arena, u32 op, u64 first, u32 count)
{
	static __thread struct ttlmap_op ops[CHUNK];
	static __thread u64 keys[CHUNK];
	u32 done = 0;

	for (u32 i = 0; i < count; i++) {
		keys[i] = first + i;
		ops[i] = op == TTLMAP_OP_UPDATE ?
			 op_update(&keys[i], 8, &keys[i], 8, TTLMAP_TTL_NEVER, 0) :
			 op_delete(&keys[i], 8);
	}
	if (map_batch(arena->map, ops, count, &done))
		return;
	for (u32 i = 0; i < done; i++) {
		if (!ops[i].result && op == TTLMAP_OP_UPDATE)
			arena->updates++;
		else if (!ops[i].result)
			arena->deletes++;
		else
			FIND_IF(self, op == TTLMAP_OP_DELETE && ops[i].result != -ENOENT,
				"%s: a delete: %s", arena->name, rc_name(ops[i].result));
	}
}

void fill_and_empty(struct self *self)
{
	struct arena *arena = &self->w->arenas[self->part->arg];
	u64 first = self->number << 40;

	while (going(self)) {
		u64 count = 1 + rng_below(&self->rng, 1 + rng_below(&self->rng, CROWD));

		for (u64 at = 0; at < count && going(self); at += CHUNK)
			batch(self, arena, TTLMAP_OP_UPDATE, first + at, CHUNK);
		for (u64 at = 0; at < count && going(self); at += CHUNK)
			batch(self, arena, TTLMAP_OP_DELETE, first + at, CHUNK);
		self->part->rounds++;
	}
}

/* Keys without end, so that the map evicts, and none at all now and then. */
void clear_now_and_then(struct self *self)
{
	struct arena *arena = &self->w->arenas[self->part->arg];
	u64 next = self->number << 40;

	while (going(self)) {
		int rc;

		for (int i = rng_below(&self->rng, 16); i >= 0 && going(self); i--) {
			batch(self, arena, TTLMAP_OP_UPDATE, next, CHUNK);
			next += CHUNK;
		}
		rc = map_clear(arena->map);
		FIND_IF(self, rc && rc != -EINTR, "%s: clear: %s", arena->name, rc_name(rc));
		self->part->rounds++;
	}
}
