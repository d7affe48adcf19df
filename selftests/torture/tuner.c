// SPDX-License-Identifier: GPL-2.0
/* Those who change limits under everybody's feet, and see that they then hold. */
#include <errno.h>

#include "torture.h"

/* Down to what was asked for, and never above it again. */
static void expect_limits(struct self *self, const struct arena *arena, u64 entries, u64 bytes)
{
	struct ttlmap_stat stat = { .entries = ~0ULL };

	FIND_IF(self, !eventually(!map_stat(arena->map, &stat) && stat.entries <= entries &&
				  stat.live_bytes + stat.stale_bytes <= bytes),
		"%s: tuned to %llu entries and %llu bytes, and holds %llu and %llu", arena->name,
		entries, bytes, stat.entries, stat.live_bytes + stat.stale_bytes);
	for (int i = 0; i < 20 && going(self); i++) {
		map_stat(arena->map, &stat);
		FIND_IF(self, stat.entries > entries || stat.live_bytes + stat.stale_bytes > bytes,
			"%s: tuned to %llu entries and %llu bytes, and holds %llu and %llu again",
			arena->name, entries, bytes, stat.entries,
			stat.live_bytes + stat.stale_bytes);
	}
}

/* Up and down, by entries and by bytes; and TTLs, which refuses some of them. */
void tune_cache(struct self *self)
{
	struct arena *arena = &self->w->arenas[self->part->arg];

	while (going(self)) {
		struct ttlmap_tune tune = {
			.what = TTLMAP_TUNE_ENTRIES | TTLMAP_TUNE_BYTES | TTLMAP_TUNE_MIN_TTL |
				TTLMAP_TUNE_MAX_TTL,
			.max_entries = 50 + rng_below(&self->rng, arena->cap_max - 50),
			.max_bytes = 8192 + rng_below(&self->rng, arena->bytes_max - 8192),
			.min_ttl_ns = rng_below(&self->rng, 100) * NSEC_PER_MSEC,
		};
		int rc;

		if (!rng_below(&self->rng, 4))
			tune.max_ttl_ns = NSEC_PER_SEC;
		rc = map_tune(arena->map, tune);
		FIND_IF(self, rc, "%s: TUNE: %s", arena->name, rc_name(rc));
		expect_limits(self, arena, tune.max_entries, tune.max_bytes);
		self->part->rounds++;
		nap(self, 50);
	}
}

/*
 * As near to what the map holds as can be: it is refused where it holds more, and
 * no entry goes where it is not.
 */
void tune_solid(struct self *self)
{
	struct arena *arena = &self->w->arenas[self->part->arg];
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES };
	struct ttlmap_stat stat;
	int rc;

	while (going(self)) {
		tune.max_entries = map_entries(arena->map) + rng_below(&self->rng, 200);
		if (tune.max_entries > arena->cap_max)
			continue;
		rc = map_tune(arena->map, tune);
		FIND_IF(self, rc && rc != -ENOSPC, "%s: TUNE: %s", arena->name, rc_name(rc));
		map_stat(arena->map, &stat);
		FIND_IF(self, !rc && stat.entries > tune.max_entries,
			"%s: tuned to %llu entries, and holds %llu", arena->name, tune.max_entries,
			stat.entries);
		FIND_IF(self, stat.evicted, "%s does not evict, and evicted", arena->name);
		nap(self, 5);
		tune.max_entries = arena->cap_max;
		rc = map_tune(arena->map, tune);
		FIND_IF(self, rc, "%s: TUNE: %s", arena->name, rc_name(rc));
		self->part->rounds++;
		nap(self, 50);
	}
}

/* Moments in which all maps together hold too much. */
void tune_quota(struct self *self)
{
	u64 usual = parameter_read("max_bytes");

	while (going(self)) {
		nap(self, 400);
		FIND_IF(self, parameter_write("max_bytes", 1 + rng_below(&self->rng, 1 << 20)),
			"max_bytes cannot be written");
		nap(self, 30);
		FIND_IF(self, parameter_write("max_bytes", usual), "max_bytes cannot be written");
		self->part->rounds++;
	}
}
