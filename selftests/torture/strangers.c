// SPDX-License-Identifier: GPL-2.0
/*
 * Those who read the keys of keepers at the same time. They cannot know what is
 * there, but a value is whole, its key's, and never older than one seen before.
 */
#include <errno.h>

#include "torture.h"

#define SEEN		(KEEPERS_MAX * KEPT_KEYS)

static void read_one(struct self *self, struct arena *arena, u64 *seen)
{
	u64 value[VALUE_MAX / 8], i = kept_key(&self->rng), which, key;
	struct ttlmap_op op = op_lookup(&key, 8, value, VALUE_MAX);
	int rc;

	which = rng_below(&self->rng, arena->keepers);
	key = arena->kept[which] + i;
	/* A use would move what the keeper thinks of as its expiry. */
	if (arena->create.flags & TTLMAP_F_SLIDING)
		op.flags = TTLMAP_PEEK;
	else
		arena->looks++;
	rc = map_op(arena->map, &op);
	FIND_IF(self, rc && rc != -ENOENT && rc != -ENOMEM, "%s: a lookup: %s", arena->name,
		rc_name(rc));
	if (rc)
		return;
	FIND_IF(self, op.value_len < 16 || !value_whole(value, key, value[1], op.value_len),
		"%s, key %llx: a value of %u bytes that nobody wrote", arena->name, key,
		op.value_len);
	i += which * KEPT_KEYS;
	FIND_IF(self, value[1] < seen[i], "%s, key %llx: value %llu after %llu", arena->name, key,
		value[1], seen[i]);
	seen[i] = value[1];
}

void read_as_stranger(struct self *self)
{
	u64 seen[ARENAS][SEEN] = { };

	while (going(self)) {
		u64 which = rng_below(&self->rng, ARENAS);
		struct arena *arena = &self->w->arenas[which];

		for (int i = 0; i < 64 && going(self); i++)
			read_one(self, arena, seen[which]);
		self->part->rounds++;
	}
}
